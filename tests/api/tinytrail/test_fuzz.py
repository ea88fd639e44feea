"""Whatever is sent to collect gets a documented answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.dialects.tinytrail.bodies import read_body
from core.errors import InvalidInput
from core.text import is_clean
from tests.api.world import BROWSER

if TYPE_CHECKING:
    from tests.api.world import World

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
FIELDS = ("event_type", "url", "path", "referrer", "screen_width", "properties", "utm_source", "website_id")
GOOD = {"website_id": "x", "event_type": "page_view", "url": "https://example.com/", "path": "/"}
CHANGED = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4).map(lambda change: {**GOOD, **change})
VALUES = CHANGED | st.lists(CHANGED | JSON, max_size=34) | JSON
TEXTS = VALUES.map(lambda value: json.dumps(value).encode())
CUT = st.tuples(TEXTS, st.integers(0, 100)).map(lambda cut: cut[0][: len(cut[0]) * cut[1] // 100])
BODIES = TEXTS | CUT | st.binary(max_size=200)
HEADERS = st.dictionaries(
    st.sampled_from(["User-Agent", "Origin", "X-Forwarded-For", "Content-Type", "Sec-GPC", "DNT", "Sec-Purpose"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60),
    max_size=5,
)


@given(BODIES)
@settings(max_examples=500, deadline=None)
def test_a_body_is_read_or_refused(body: bytes) -> None:
    """Reading raises nothing but InvalidInput, and what is read can be stored."""
    try:
        events = read_body(body)
    except InvalidInput as error:
        assert str(error)  # noqa: PT017 - the message is what the client gets
        return
    for _, raw in events:
        assert all(is_clean(text) for text in raw if isinstance(text, str))
        assert raw.properties == "" or isinstance(json.loads(raw.properties), dict)


@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_request_makes_an_error_of_ours(world: World, data: st.DataObject) -> None:
    """Any body under any headers is answered 202, 204 or 400; afterwards a view is accepted as ever."""
    headers = {name.encode(): value.encode("latin-1") for name, value in data.draw(HEADERS).items()}
    body = data.draw(
        BODIES | CHANGED.map(lambda change: json.dumps({**change, "website_id": str(world.site.uuid)}).encode())
    )
    response = await world.client.post("/api/v1/collect", content=body, headers=headers)
    assert response.status_code in {202, 204, 400}
    if response.status_code == 400:
        assert response.json()["error"]["code"] == "INVALID_PAYLOAD"
    good = await world.collect(world.view(), **{"User-Agent": BROWSER})
    assert good.status_code == 202
