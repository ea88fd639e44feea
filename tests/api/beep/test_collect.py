"""`/collect`: whose a view is, what of it is stored, and what is answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import pytest

from core.errors import Overloaded, Refused, Unavailable
from core.events import TrafficClass
from tests.api.world import BROWSER, CRAWLER, serving

if TYPE_CHECKING:
    import httpx

    from tests.api.world import World

VIEW = {"path": "/page-path", "referrer": "https://news.example/a?b=c", "screen": "1920x1080"}
ORIGIN = {"Origin": "https://example.com"}


async def collect(world: World, body: Any = None, **headers: str) -> httpx.Response:  # noqa: ANN401 - JSON, or bytes
    """Send a view, as a browser on example.com where no header says otherwise."""
    sent = {"User-Agent": BROWSER, **(headers if "Referer" in headers else ORIGIN | headers)}
    if isinstance(body, bytes):
        return await world.client.post("/collect", content=body, headers=sent)
    return await world.client.post("/collect", json=VIEW if body is None else body, headers=sent)


async def test_a_view_is_stored(world: World) -> None:
    """With its own page, referrer and screen; the answer is empty and may be read by the page."""
    response = await collect(world, {**VIEW, "origin": "https://elsewhere.test"})
    assert (response.status_code, response.content) == (204, b"")
    assert {name: response.headers.get(name) for name in ("access-control-allow-origin", "vary")} == {
        "access-control-allow-origin": "https://example.com",
        "vary": "Origin",
    }
    assert "access-control-allow-credentials" not in response.headers
    (event,) = world.log.events
    assert (event.site, event.type, event.path, event.hostname) == (
        world.site.id,
        "page_view",
        "/page-path",
        "example.com",
    )
    assert (event.referrer, event.screen, event.browser) == ("news.example/a", "1441+", "Firefox")
    assert (event.traffic, event.ip) == (TrafficClass.HUMAN, "")


async def test_preflight(world: World) -> None:
    """A page of any origin may post JSON."""
    response = await world.client.options("/collect", headers=ORIGIN | {"Access-Control-Request-Method": "POST"})
    assert (response.status_code, response.content) == (204, b"")
    asked = ("access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers")
    assert [response.headers[name] for name in asked] == ["https://example.com", "POST, OPTIONS", "Content-Type"]
    assert "access-control-allow-credentials" not in response.headers


async def test_other_methods(world: World) -> None:
    """They are answered 405 with those that there are."""
    for method in ("GET", "PUT", "DELETE"):
        response = await world.client.request(method, "/collect", headers=ORIGIN)
        assert (response.status_code, response.headers["allow"]) == (405, "POST, OPTIONS")
        assert response.json() == {"error": "this path takes POST and OPTIONS"}


#: Headers, and how many events come of them.
_WHOSE: Final = (
    ({"Origin": "https://EXAMPLE.com"}, 1),
    ({"Origin": "http://example.com:8080"}, 1),
    ({"Referer": "https://example.com/some/page?secret=1"}, 1),
    ({"Origin": "https://example.com", "Referer": "https://elsewhere.test/"}, 1),
    ({"Origin": "https://elsewhere.test", "Referer": "https://example.com/"}, 0),
    ({"Origin": "https://www.example.com"}, 0),
    ({"Origin": "null"}, 0),
    ({"Origin": "https://" + "a" * 3_000}, 0),
)
#: Headers that name no page, and what is said of them.
_NOWHERE: Final = (
    ({"Origin": ""}, "origin required"),
    ({"Origin": "", "Referer": ""}, "origin required"),
    ({"Origin": "https://"}, "invalid origin"),
    ({"Referer": "/a"}, "invalid origin"),
)


async def test_whose_a_view_is(world: World) -> None:
    """The origin says it, without one the referer; what belongs to nobody is left out without a word."""
    for headers, events in _WHOSE:
        world.log.appended.clear()
        assert (headers, (await collect(world, **headers)).status_code) == (headers, 204)
        assert (headers, events) == (headers, len(world.log.events))


async def test_nobody_s_page(world: World) -> None:
    """Without an origin nothing is looked at; the error can be read by the page."""
    for headers, says in _NOWHERE:
        response = await collect(world, b"{", **headers)
        assert (headers, response.status_code, response.json()) == (headers, 400, {"error": says})
        assert response.headers["content-type"] == "application/json"
        assert "access-control-allow-origin" in response.headers


async def test_the_site_comes_before_the_body(world: World) -> None:
    """What is wrong with a body is told to known sites only."""
    refused = await collect(world, b"{")
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid json"})
    assert (await collect(world, b"{", Origin="https://elsewhere.test")).status_code == 204
    assert (await collect(world, b'{"path": "' + b"a" * 70_000 + b'"}')).status_code == 413
    assert world.log.events == []


async def test_bots_are_stored_as_such(world: World) -> None:
    """They are told apart when somebody asks."""
    assert (await collect(world, **{"User-Agent": CRAWLER})).status_code == 204
    assert [event.traffic for event in world.log.events] == [TrafficClass.BOT]


async def test_what_the_owner_leaves_out(world: World) -> None:
    """The site's own exclusions hold here too."""
    assert (await collect(world, **{"Sec-GPC": "1"})).status_code == 204
    assert (await collect(world, **{"Sec-Purpose": "prefetch"})).status_code == 204
    assert world.log.events == []


async def test_addresses_are_kept_where_the_owner_wants_them(postgres_database: str) -> None:
    """Of views that came this way; of those of other APIs never."""
    async with serving(postgres_database) as world:
        world.execute("UPDATE sites SET keep_ips = true WHERE domain = 'example.com'")
        await collect(world)
        await world.collect(world.view())
        assert [event.ip for event in world.log.events] == ["198.51.100.7", ""]


@pytest.mark.parametrize(("trusted", "ip"), [((), "198.51.100.7"), (("198.51.100.7",), "203.0.113.5")])
async def test_whom_a_proxy_forwards_for(postgres_database: str, trusted: tuple[str, ...], ip: str) -> None:
    """A trusted proxy says whose a view is; from anybody else its header is only a claim."""
    async with serving(postgres_database, trusted=trusted) as world:
        world.execute("UPDATE sites SET keep_ips = true WHERE domain = 'example.com'")
        await collect(world, **{"X-Forwarded-For": "192.0.2.66, 203.0.113.5", "X-Real-IP": "192.0.2.77"})
        assert [event.ip for event in world.log.events] == [ip]


async def test_there_is_no_limit(postgres_database: str) -> None:
    """One address may send as often as it likes, also where TinyTrail's collector has a limit."""
    async with serving(postgres_database, rate_limits=True) as world:
        assert {(await collect(world)).status_code for _ in range(25)} == {204}
        assert len(world.log.events) == 25


async def test_what_is_not_stored_is_told(world: World) -> None:
    """So that the client comes again, or does not."""
    for failure, status, says in (
        (Unavailable("the log is away", 7), 503, "the log is away"),
        (Overloaded("too much is waiting", 7), 503, "too much is waiting"),
        (Refused("no store takes this"), 400, "no store takes this"),
        (RuntimeError("secret"), 500, "internal error"),
    ):
        world.log.failure = failure
        response = await collect(world)
        assert (response.status_code, response.json()) == (status, {"error": says})
        assert response.headers.get("retry-after") == ("7" if status == 503 else None)


async def test_of_sites_of_one_domain_the_one_that_was_made_for_it(world: World) -> None:
    """The oldest, until one is made through `/api/sites`."""
    await collect(world)
    world.execute(
        "INSERT INTO sites (account_id, domain, by_origin)"
        " SELECT id, 'example.com', true FROM accounts WHERE name = 'admins'"
    )
    async with asyncio.timeout(60):
        while world.log.events[-1].site == world.site.id:
            await asyncio.sleep(0.02)
            await collect(world)
    assert world.log.events[0].site == world.site.id
