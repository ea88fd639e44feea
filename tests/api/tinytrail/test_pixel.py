"""`/api/v1/pixel.gif`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from api.dialects.tinytrail.pixel import GIF
from core.errors import Overloaded, Refused, Unavailable
from core.events import TrafficClass
from tests.api.world import BROWSER, CRAWLER, serving

if TYPE_CHECKING:
    import httpx

    from tests.api.world import World

URL: Final = "/api/v1/pixel.gif"


async def load(world: World, query: str = "", *, method: str = "GET", **headers: str) -> httpx.Response:
    """Ask for the image as a browser would; a query of '' is the site's."""
    query = query or f"id={world.site.uuid}"
    return await world.client.request(method, f"{URL}?{query}", headers={"User-Agent": BROWSER, **headers})


def shown(response: httpx.Response) -> bool:
    """Whether it is the image, for any page, not to be kept."""
    wanted = {
        "content-type": "image/gif",
        "content-length": "43",
        "cache-control": "no-store",
        "cross-origin-resource-policy": "cross-origin",
    }
    return (
        response.status_code == 200
        and wanted.items() <= dict(response.headers).items()
        and "set-cookie" not in response.headers
    )


@pytest.mark.parametrize(
    ("referer", "path", "stored"),
    [
        ("https://example.com/", "", ("/", "example.com", "")),
        ("https://example.com", "", ("/", "example.com", "")),
        (
            "https://www.example.com/caf%C3%A9?token=1&utm_source=mail#x",
            "",
            ("/café", "www.example.com", "utm_source=mail"),
        ),
        ("https://example.com/", "/blog/post-1", ("/blog/post-1", "example.com", "")),
        ("https://example.com/", "%2Fcaf%C3%A9%3Ftoken%3D1", ("/café", "example.com", "")),
        ("https://example.com/a", "blog", ("/blog", "example.com", "")),
        ("", "", ("/", "", "")),
        ("", "/a", ("/a", "", "")),
        ("nonsense", "", ("/", "", "")),
    ],
)
async def test_a_view_without_javascript(world: World, referer: str, path: str, stored: tuple[str, str, str]) -> None:
    """The page is the Referer's, its path the query's if that names one; nobody knows where the visitor came from."""
    response = await load(world, f"id={world.site.uuid}&path={path}", Referer=referer)
    assert shown(response)
    assert response.content == GIF
    (event,) = world.log.events
    assert (event.path, event.hostname, event.query) == stored
    assert (event.type, event.referrer, event.screen, event.traffic) == ("page_view", "", "unknown", TrafficClass.HUMAN)
    assert (event.browser, event.device) == ("Firefox", "desktop")
    assert event.visitor != 0


async def test_the_visitor_is_the_one_of_the_script(world: World) -> None:
    """A view by the image and one by the script are of one person."""
    assert (await world.collect(world.view())).status_code == 202
    assert shown(await load(world))
    assert len({event.visitor for event in world.log.events}) == 1


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("id=550e8400-e29b-41d4-a716-446655440000", {}),
        ("id=nonsense", {}),
        ("id=%00&path=%ff", {}),
        ("x", {}),
        ("id={site}&path=a%00b", {}),
        ("", {"Sec-GPC": "1"}),
        ("", {"Sec-Purpose": "prefetch;prerender"}),
    ],
)
async def test_what_does_not_count_looks_the_same(world: World, query: str, headers: dict[str, str]) -> None:
    """Unknown sites, excluded traffic and paths that cannot be stored are answered with the image, and dropped."""
    assert shown(await load(world, query.format(site=world.site.uuid), **headers))
    assert world.log.events == []
    await world.client.get("/metrics", headers={"X-API-KEY": world.admin_key})
    assert world.measurements.counters["footfall_events_dropped_total"] == 1


async def test_bots(world: World) -> None:
    """A bot gets the image as well; its view is stored under its class."""
    assert shown(await load(world, **{"User-Agent": CRAWLER}))
    assert [event.traffic for event in world.log.events] == [TrafficClass.BOT]


async def test_head_counts_nothing(world: World) -> None:
    """The headers of the image, no body, no event."""
    response = await load(world, method="HEAD")
    assert shown(response)
    assert response.content == b""
    assert world.log.events == []


async def test_other_methods(world: World) -> None:
    """405 with the methods that are allowed."""
    response = await load(world, method="POST")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("failure", "status", "retry_after"),
    [
        (Overloaded("too much is waiting", retry_after=3), 503, "3"),
        (Unavailable("not durable"), 503, "1"),
        (Refused("the store refuses it"), 200, None),
        (RuntimeError("a bug"), 500, None),
    ],
)
async def test_failures_of_the_log(world: World, failure: Exception, status: int, retry_after: str | None) -> None:
    """What is not durable is not answered as if it were."""
    world.log.failure = failure
    response = await load(world)
    assert (response.status_code, response.headers.get("retry-after")) == (status, retry_after)
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    world.log.failure = None
    assert shown(await load(world))


async def test_it_shares_the_limit_of_collect(postgres_database: str) -> None:
    """An address may send ten requests in ten seconds, by whichever of the two; HEAD is none."""
    async with serving(postgres_database, rate_limits=True) as world:
        for _ in range(5):
            assert shown(await load(world))
            assert shown(await load(world, method="HEAD"))
            assert (await world.collect(world.view())).status_code == 202
        assert (await world.collect(world.view())).status_code == 429
        refused = await load(world)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 10
        assert len(world.log.events) == 10
