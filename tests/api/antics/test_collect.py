"""What `/api/event` makes of what it is sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.dialects.antics.bodies import read_body
from core.errors import InvalidInput, Unavailable
from tests.api.tinytrail.test_fuzz import JSON
from tests.api.world import BROWSER

if TYPE_CHECKING:
    import httpx

    from core.raw import RawEvent
    from tests.api.world import World

#: The example of the API's text.
EXAMPLE: Final[dict[str, Any]] = {
    "n": None,
    "u": "https://example.com/page",
    "r": "https://google.com",
    "w": 1920,
    "t": 5,
    "p": {"plan": "pro"},
}


async def post(world: World, body: object, **headers: str) -> httpx.Response:
    """POST an event, given as JSON value or bytes, as a browser would."""
    sent = {"User-Agent": BROWSER, **headers}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await world.client.post("/api/event", content=content, headers=sent)


def read(**fields: object) -> RawEvent:
    """What is read of the example with some other fields."""
    return read_body(json.dumps(EXAMPLE | fields).encode())


async def test_the_example_is_a_view(world: World) -> None:
    """Accepted without a body; pages of any origin may read the answer, without credentials."""
    answer = await post(world, EXAMPLE, Origin="https://example.com")
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["access-control-allow-origin"] == "https://example.com"
    assert "access-control-allow-credentials" not in answer.headers
    (event,) = world.log.events
    assert (event.site, event.type, event.name, event.path) == (world.site.id, "page_view", "", "/page")
    assert (event.referrer_host, event.screen, event.engaged_ms) == ("google.com", "1441+", 5_000)
    assert (event.hostname, json.loads(event.properties)) == ("example.com", {"plan": "pro"})

    answer = await world.client.get("/api/event")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


async def test_a_browser_may_ask_first(world: World) -> None:
    """As it does before it posts JSON."""
    answer = await world.client.options("/api/event", headers={"Origin": "https://a.example"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "https://a.example")
    assert answer.headers["access-control-allow-methods"] == "POST, OPTIONS"


#: An event's address and headers, and the domain of the site that it is counted for.
ORIGINS: Final[list[tuple[str, dict[str, str], str | None]]] = [
    ("https://elsewhere.example/", {"Origin": "https://example.com"}, "example.com"),
    ("https://elsewhere.example/", {"Origin": "https://EXAMPLE.com:8443"}, "example.com"),
    ("https://elsewhere.example/", {"Origin": "null", "Referer": "https://example.com/a?b"}, "example.com"),
    ("https://elsewhere.example/", {"Referer": "https://example.com"}, "example.com"),
    ("https://example.com/?x", {}, "example.com"),
    ("https://example.com/", {"Origin": "https://shown.example"}, "example.com"),
    ("https://example.com/", {"Origin": "https://other.example"}, "other.example"),
    ("/page", {"Origin": "https://example.com"}, "example.com"),
    ("https://elsewhere.example/", {}, None),
    ("https://www.example.com/", {"Origin": "https://www.example.com"}, None),
    ("/page", {}, None),
]


async def test_the_origin_says_whose_it_is(world: World) -> None:
    """Else the page before, else the event's own address; nobody learns that there is no such site."""
    domains = {world.site.id: "example.com", world.make_site("other.example").id: "other.example"}
    for address, headers, domain in ORIGINS:
        world.log.appended.clear()
        answer = await post(world, {"u": address}, **headers)
        assert (answer.status_code, answer.content) == (202, b"")
        counted = [domains[event.site] for event in world.log.events]
        assert counted == ([] if domain is None else [domain]), (address, headers)


@pytest.mark.parametrize(
    ("sent", "type_", "name"),
    [
        (None, "page_view", ""),
        ("", "page_view", ""),
        ("engagement", "engagement", ""),
        ("web_vitals", "web_vitals", ""),
        ("signup", "custom", "signup"),
        ("page_view", "custom", "page_view"),
    ],
)
def test_a_name_says_what_happened(sent: str | None, type_: str, name: str) -> None:
    """None is a view; what the tracker tells by itself opens no visit; all else is a custom event."""
    event = read(n=sent)
    assert (event.type, event.name) == (type_, name)


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ("https://example.com", "/"),
        ("https://example.com?a=/b", "/"),
        ("https://example.com/a/?b#c", "/a/"),
        ("/a", "/a"),
    ],
)
def test_an_address_has_a_path(sent: str, path: str) -> None:
    """Up to its query."""
    assert read(u=sent).path == path


def test_numbers_are_brought_within_their_bounds() -> None:
    """No visitor stays longer than a day."""
    assert [read(t=seconds).engaged_ms for seconds in (None, 0.25, -1, 1e300)] == [0, 250, 0, 86_400_000]
    assert [read(w=width).screen_width for width in (None, 320.5)] == [0, 320.5]


def test_what_a_link_hands_on_is_not_kept() -> None:
    """Only its address without the query."""
    event = read(n="outbound_link", p={"url": "https://a.example/b?token=secret"})
    assert json.loads(event.properties) == {"url": "https://a.example/b"}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "the body is not JSON: Input data was truncated"),
        (b"[]", "the body must be an event: Expected `object`, got `array`"),
        ({"n": "signup"}, "u is required: the address of the page"),
        ({"u": "page"}, "u must be the address of a page, such as https://example.com/page"),
        ({"u": "/", "n": "x" * 256}, "n must be at most 255 characters"),
        ({"u": "/\0"}, "u must not contain U+0000 or half a surrogate pair"),
        ({"u": "/", "p": []}, "p must be a JSON object"),
        ({"u": "/", "w": "wide"}, "the body must be an event: Expected `int | float | null`, got `str` - at `$.w`"),
    ],
)
def test_what_is_wrong_is_told(body: object, error: str) -> None:
    """With a sentence that says what to send."""
    with pytest.raises(InvalidInput) as raised:
        read_body(body if isinstance(body, bytes) else json.dumps(body).encode())
    assert error == str(raised.value)


async def test_what_is_wrong_is_not_taken(world: World) -> None:
    """Wherever it is from."""
    for origin in ("https://example.com", "https://elsewhere.example"):
        answer = await post(world, {"n": "signup"}, Origin=origin)
        assert (answer.status_code, answer.json()) == (400, {"error": "u is required: the address of the page"})
    world.log.failure = Unavailable("the log is away", retry_after=3)
    answer = await post(world, EXAMPLE, Origin="https://example.com")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
    assert world.log.events == []


FIELDS = st.dictionaries(st.sampled_from([*EXAMPLE]), JSON, max_size=4)
BODIES = FIELDS.map(lambda change: json.dumps(EXAMPLE | change).encode()) | st.binary(max_size=100)


@given(BODIES)
@settings(max_examples=100, deadline=None)
def test_a_body_is_read_or_refused(body: bytes) -> None:
    """Reading raises nothing but InvalidInput."""
    try:
        event = read_body(body)
    except InvalidInput as error:
        assert str(error)  # noqa: PT017 - the message is what the client gets
    else:
        assert event.path.startswith("/")


@given(body=BODIES, origin=st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f")))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_request_makes_an_error_of_ours(world: World, body: bytes, origin: str) -> None:
    """Any body from any origin is accepted or refused."""
    headers = {b"origin": origin.encode("latin-1"), b"user-agent": BROWSER.encode()}
    answer = await world.client.post("/api/event", content=body, headers=headers)
    assert answer.status_code in {202, 400}
