"""Whatever is sent, the answer is one of the documented ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    import httpx

    from tests.api.beep.conftest import Beep

_TEXTS: Final = st.sampled_from(
    ["example.org", "192.0.2.1", "10.0.0.0/8", "::", "24h", "7d", "2024-01-01", "true", "1", "9" * 25, "-1", "", "null"]
) | st.text(max_size=20)
_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_FIELDS: Final = ("path", "referrer", "screen", "origin", "domain", "name", "ip")
_BODIES: Final = (
    st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=4).map(lambda body: json.dumps(body).encode())
    | _JSON.map(lambda body: json.dumps(body).encode())
    | st.binary(max_size=60)
)
_ROUTES: Final = (
    ("POST", "/collect"),
    ("OPTIONS", "/collect"),
    ("GET", "/api/sites"),
    ("POST", "/api/sites"),
    ("DELETE", "/api/sites/{}"),
    ("GET", "/api/ignore"),
    ("POST", "/api/ignore"),
    ("DELETE", "/api/ignore/{}"),
    ("POST", "/api/tokens/generate"),
    ("GET", "/api/tokens"),
    ("DELETE", "/api/tokens/{}"),
    ("GET", "/api/stats"),
)
_QUERIES: Final = st.dictionaries(st.sampled_from(["site", "from", "to", "last", "verbose", "x"]), _TEXTS, max_size=5)
_ORIGINS: Final = st.sampled_from(["https://example.com", "http://example.com:1", "null", "", "x"]) | st.text(
    st.characters(min_codepoint=33, max_codepoint=126), max_size=30
)


def ask(beep: Beep, data: st.DataObject) -> httpx.Response:
    """Send something."""
    method, path = data.draw(st.sampled_from(_ROUTES))
    named, origin = data.draw(_TEXTS), data.draw(_ORIGINS)
    if named.isdigit():
        named = f"{named}000000"  # neither the site nor the token that all of this is asked with
    return beep.client.request(
        method,
        path.format("".join(f"%{byte:02X}" for byte in named.encode("utf-8", "replace"))),
        params=data.draw(_QUERIES) if path == "/api/stats" else None,
        content=data.draw(_BODIES) if method == "POST" else None,
        headers={"Authorization": f"Bearer {beep.token}", **({"Origin": origin} if origin else {})},
    )


@given(data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_request_makes_an_error_of_ours(beep: Beep, data: st.DataObject) -> None:
    """An answer is empty, JSON as documented, or an error that says what is wrong."""
    answer = ask(beep, data)
    assert answer.status_code in {200, 201, 204, 400, 404, 405, 409}
    if answer.status_code >= 400:
        assert list(answer.json()) == ["error"]
    elif answer.status_code != 200:
        assert answer.content == b""
