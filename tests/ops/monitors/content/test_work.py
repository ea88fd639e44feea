"""Runs through sites on loopback: what they find, where they stop, and how they go on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from core.content import AGAIN, EVERY, CrawlKind, IssueKind
from core.spans import DAY, HOUR, MINUTE
from ops.monitors.content.walk import Pace
from ops.outbound.answer import Bounds
from storage import content
from storage.sql import load
from tests.ops.monitors.content.stage import staged
from tests.outbound.answers import endless, redirect, silent
from tests.outbound.world import Page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.ops.monitors.content.stage import Stage


@pytest.fixture
async def stage(module_database: str) -> AsyncIterator[Stage]:
    """A site."""
    async with staged(module_database) as stage:
        yield stage


def links(*urls: str) -> str:
    """A page with links."""
    return "".join(f"<a href='{url}'>x</a>" for url in urls)


async def test_broken_links_are_found(stage: Stage) -> None:
    """On pages that are reached by links, within the site and outside, with status and words; and told once."""
    world = stage.world
    world.pages["shop.test"] = {
        "/": links("/one", "/gone", "mailto:a@b.test", "/file.pdf", "#top", world.url("blog.test", "/there"))
        + "<img src=/gone.png>",
        "/one": links("/", "two#part", "/gone", world.url("blog.test", "/lost"), world.down("blog.test")),
        "/two": links("/one", "http://nowhere.test/", "http://10.0.0.1/"),
        "/file.pdf": Page(type="application/pdf", body="%PDF"),
    }
    world.pages["blog.test"] = {"/there": links("/never-read")}
    assert stage.status().is_initial_check
    assert await stage.check() == AGAIN
    assert stage.broken() == {
        "/gone": (404, "Not Found"),
        "/gone.png": (404, "Not Found"),
        "http://blog.test/lost": (404, "Not Found"),
        "http://blog.test/": (None, "Connection refused"),
        "http://nowhere.test/": (None, "Name not found"),
    }
    assert stage.short(stage.issues()["/gone"].found_on) == "/"
    assert stage.short(stage.issues()["http://nowhere.test/"].found_on) == "/two"
    status = stage.status()
    assert (status.is_initial_check, status.is_rechecking, status.is_whole, status.problem) == (False, False, True, "")
    # Three pages, a file, and a page of another site; 10.0.0.1 may not be asked.
    assert (status.ok_count, status.broken, status.checked_at) == (5, 5, stage.clock.now)
    assert stage.asked()[0] == "GET /robots.txt"
    assert {"HEAD /file.pdf", "HEAD /gone.png", "GET /gone.png"} < set(stage.asked())
    assert stage.asked("blog.test") == ["HEAD /there", "HEAD /lost", "GET /lost"]
    (told,) = stage.told()
    assert (told.kind, told.title) == ("content_issues", "5 new broken links on shop.test")
    assert f"- {world.url('shop.test', '/gone')}: 404 Not Found\n  on {world.url('shop.test')}" in told.text


async def test_what_a_page_over_https_takes_in_over_http_is_found(stage: Stage) -> None:
    """Images and scripts, not links; whether it is there or not. Not where browsers ask over https all the same."""
    world = stage.world
    insecure = world.url("blog.test", "/a.png")
    world.pages["blog.test"] = {"/a.png": Page(type="image/png"), "/page": ""}
    world.pages["www.shop.test"] = {
        "/": f"<img src={insecure}>" + links(world.url("blog.test", "/page"), "/two", "/three"),
        "/two": f"<img srcset='{insecure} 2x'><script src={world.url('blog.test', '/lost.js')}></script>",
        "/three": Page(
            body=f"<script src={world.url('www.shop.test', '/s.js')}></script>",
            headers={"Content-Security-Policy": "upgrade-insecure-requests"},
        ),
    }
    stage.set(content_url=world.https("www.shop.test"))
    await stage.check()
    issues = stage.issues()
    assert {path for path, issue in issues.items() if issue.kind is IssueKind.MIXED_CONTENT} == {
        "http://blog.test/a.png",
        "http://blog.test/lost.js",
    }
    found = issues["http://blog.test/a.png"]
    assert (found.status_code, found.message) == (200, f"Taken in over http by {world.https('www.shop.test')}")
    assert stage.told()[0].title == "2 new broken links and 2 new insecure resources on shop.test"
    assert f"  on {world.https('www.shop.test', '/two')}" in stage.told()[0].text
    # Mended on both pages, it is gone with the next whole run.
    world.pages["www.shop.test"] |= {"/": links("/two"), "/two": ""}
    stage.clock.now += DAY
    assert await stage.check() == EVERY
    assert stage.issues() == {}


@pytest.mark.parametrize(
    ("status", "headers", "own", "other"),
    [
        (404, {}, True, True),
        (410, {}, True, True),
        (500, {}, True, True),
        (503, {}, True, True),
        (503, {"Retry-After": "60"}, False, False),
        (429, {}, False, False),
        (403, {}, True, False),
        (401, {}, True, False),
        (999, {}, False, False),
        (204, {}, False, False),
    ],
)
async def test_what_is_broken(stage: Stage, *, status: int, headers: dict[str, str], own: bool, other: bool) -> None:
    """Errors are; not what cannot be checked now, nor what others keep from programs."""
    world = stage.world
    world.pages["shop.test"] = {
        "/": links("/it", world.url("blog.test", "/it")),
        "/it": Page(status=status, headers=headers),
    }
    world.pages["blog.test"] = {"/it": Page(status=status, headers=headers)}
    await stage.check()
    assert set(stage.broken()) == ({"/it"} if own else set()) | ({"http://blog.test/it"} if other else set())


async def test_who_does_not_like_head_is_asked_otherwise(stage: Stage) -> None:
    """Before it is called broken; and what fails once is asked once more."""
    world, failed = stage.world, []

    async def only_get(request: web.Request) -> web.Response:
        return web.Response(status=200 if request.method == "GET" else 405)

    async def once_more(request: web.Request) -> web.Response:
        failed.append(request.method)
        return web.Response(status=500 if len(failed) < 3 else 200)

    world.pages["shop.test"]["/"] = links(world.url("blog.test", "/a"), world.url("blog.test", "/b"))
    world.pages["blog.test"] = {"/a": only_get, "/b": once_more}
    await stage.check()
    assert stage.broken() == {}
    assert failed == ["HEAD", "GET", "GET"]


async def test_robots_are_respected(stage: Stage) -> None:
    """By our name first; what may not be read is not asked for."""
    stage.world.pages["shop.test"] = {
        "/robots.txt": Page(
            type="text/plain",
            body="User-agent: *\nDisallow: /\n\nUser-agent: footfall\nDisallow: /private\nAllow: /private/open\n",
        ),
        "/": links("/private/a", "/private/open/b", "/c"),
    }
    await stage.check()
    assert set(stage.broken()) == {"/private/open/b", "/c"}
    assert not [asked for asked in stage.asked() if "/private/a" in asked]


async def test_links_that_may_not_be_followed_use_nothing_up(stage: Stage) -> None:
    """Neither pages nor addresses; but not for ever."""
    world = stage.world
    world.pages["shop.test"] = {
        "/robots.txt": Page(type="text/plain", body="User-agent: *\nDisallow: /no"),
        "/": links("/no/1", "/no/2", "/no/3", "/no/1", "/gone"),
    }
    stage.limit(urls=4)
    await stage.check()
    assert (set(stage.broken()), stage.status().is_whole) == ({"/gone"}, True)
    stage.limit(urls=3)
    world.pages["shop.test"]["/"] = links("/no/1", "/no/2", "/no/3", "/gone-too")
    await stage.next_run()
    assert set(stage.broken()) == set()


@pytest.mark.parametrize(
    ("robots", "problem"),
    [
        (Page(body="User-agent: *\nDisallow: /"), "robots.txt does not let http://shop.test/ be read"),
        (Page(status=503), "http://shop.test/ cannot be checked: robots.txt answers 503, so nothing may be read now"),
    ],
)
async def test_a_site_that_may_not_be_read_is_left_alone(stage: Stage, robots: Page, problem: str) -> None:
    """And tried again later, while what is known stays."""
    stage.world.pages["shop.test"] = {"/": links("/gone")}
    await stage.check()
    stage.world.pages["shop.test"]["/robots.txt"] = robots
    stage.clock.now += DAY
    before = len(stage.asked())
    assert await stage.next_run() <= HOUR
    assert stage.asked()[before:] == ["GET /robots.txt"]
    assert problem.replace("http://shop.test/", stage.world.url("shop.test")) == stage.status().problem
    assert set(stage.broken()) == {"/gone"}


async def test_without_pages_nothing_is_replaced(stage: Stage) -> None:
    """A site that is down has no broken links: it has a problem."""
    stage.world.pages["shop.test"] = {"/": links("/gone")}
    await stage.check()
    stage.set(content_url=stage.world.down())
    stage.clock.now += DAY
    await stage.check()
    assert set(stage.broken()) == {"/gone"}
    assert "Connection refused" in stage.status().problem


async def test_loops_have_an_end(stage: Stage) -> None:
    """Pages that link to each other are read once, and redirects too, whether they come back or not."""
    stage.world.pages["shop.test"] = {
        "/": links("/a", "/moved", "/moved-too", "/circle", "/A/../a", "/a#x", "?"),
        "/a": links("/", "/a", "/b"),
        "/b": links("/a", "/b"),
        "/moved": redirect("/target"),
        "/moved-too": redirect("/target"),
        "/target": links("/a", "/from-target"),
        "/circle": redirect("/circle"),
    }
    await stage.check()
    assert stage.broken() == {"/circle": (None, "Redirected in a circle"), "/from-target": (404, "Not Found")}
    assert stage.short(stage.issues()["/from-target"].found_on) == "/target"
    assert [stage.asked().count(f"GET {path}") for path in ("/a", "/b")] == [1, 1]


@pytest.mark.parametrize("limits", [{"pages": 5}, {"depth": 4}, {"urls": 5}])
async def test_endless_sites_have_bounds(stage: Stage, limits: dict[str, int]) -> None:
    """In pages, in depth, in addresses; a run that came to one says so."""

    async def further(request: web.Request) -> web.Response:
        number = int(request.path.strip("/") or 0)
        return web.Response(text=links(f"/{number + 1}"), content_type="text/html")

    stage.world.pages["shop.test"] |= {"/": further, **{f"/{number}": further for number in range(1, 30)}}
    stage.limit(**limits)
    await stage.check()
    read = [asked for asked in stage.asked() if asked.startswith("GET") and "robots" not in asked]
    assert len(read) == 1 + 5  # the first page is asked where it is, and then read
    assert stage.status().is_whole is False


async def test_calendars_are_not_followed_for_ever(stage: Stage) -> None:
    """Of one path only so many queries are looked at; another path has its own."""

    async def calendar(request: web.Request) -> web.Response:
        month = int(request.query.get("month", "0"))
        return web.Response(text=links(f"/calendar?month={month + 1}", "/gone"), content_type="text/html")

    pages = {f"/calendar?month={month}": calendar for month in range(1, 50)}
    stage.world.pages["shop.test"] = {"/": links("/calendar"), "/calendar": calendar, **pages}
    stage.limit(variants=3)
    await stage.check()
    assert [asked for asked in stage.asked() if "month" in asked] == [f"GET /calendar?month={n}" for n in (1, 2, 3)]
    assert set(stage.broken()) == {"/gone"}


async def test_bad_pages_hold_nothing_up(stage: Stage) -> None:
    """Endless ones are cut, slow ones are broken, and a way into our network is not taken."""
    stage.world.pages["shop.test"] = {
        "/": links("/endless", "/silent", "/inward", "/words"),
        "/endless": endless,
        "/silent": silent,
        "/inward": redirect("http://127.0.0.1:1/"),
        "/words": Page(body=links("/never"), type="text/plain"),
    }
    stage.pace = Pace(pause=0, page=Bounds(seconds=0.5, bytes=10_000))
    await stage.check()
    assert stage.broken() == {"/silent": (None, "No answer within 0.5 s")}
    assert stage.crawl() is None


async def test_a_run_goes_on_after_a_restart(stage: Stage) -> None:
    """One that is cancelled is not begun again; it tells how far it has come."""
    reached, is_open = asyncio.Event(), asyncio.Event()

    async def held(_: web.Request) -> web.Response:
        reached.set()
        await is_open.wait()
        return web.Response(text=links("/gone"), content_type="text/html")

    stage.world.pages["shop.test"] = {"/": links("/a", "/held", "/b"), "/a": "", "/held": held, "/b": ""}
    stage.pace = Pace(pause=0, page=Bounds(seconds=60))
    running = asyncio.create_task(stage.check())
    await asyncio.wait_for(reached.wait(), 60)
    status = stage.status()
    assert (status.is_initial_check, status.crawl, status.crawl_checked) == (True, CrawlKind.WHOLE, 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    is_open.set()
    await stage.check()
    assert set(stage.broken()) == {"/gone"}
    asked = stage.asked()
    assert [asked.count(f"GET {path}") for path in ("/robots.txt", "/a", "/held", "/b", "/gone")] == [1, 1, 2, 1, 1]
    assert stage.crawl() is None


async def test_a_long_run_gives_way(stage: Stage) -> None:
    """Others have their turns in between; what it has stays."""
    stage.world.pages["shop.test"] = {"/": links("/a"), "/a": links("/gone")}
    stage.pace = Pace(pause=0, turn=0, page=Bounds(seconds=1))
    dues: list[int] = []
    while not dues or stage.crawl():
        dues.append(await stage.check())
    assert dues == [0, 0, 0, AGAIN]
    assert set(stage.broken()) == {"/gone"}


async def test_a_site_that_stops_to_answer_is_left_alone(stage: Stage) -> None:
    """It is gone on with later, and nothing is broken that only was away."""
    paths = [f"/{number}" for number in range(20)]
    stage.world.pages["shop.test"] |= {"/": links(*paths), **dict.fromkeys(paths, Page(status=502))}
    assert await stage.check() == 10 * MINUTE
    assert stage.broken() == {}
    assert stage.status().problem.endswith("does not answer any more")
    front = stage.world.pages["shop.test"].pop("/")
    stage.world.pages["shop.test"]["/"] = Page(status=502)
    for _ in range(10):
        stage.clock.now += 10 * MINUTE
        before = len(stage.asked())
        assert await stage.check() == 10 * MINUTE
        assert stage.asked()[before:] == ["GET /"]
    stage.world.pages["shop.test"] |= {"/": front, **dict.fromkeys(paths, "")}
    stage.clock.now += 10 * MINUTE
    assert await stage.check() == EVERY
    assert (stage.broken(), stage.status().problem, stage.status().ok_count) == ({}, "", 21)


async def test_issues_are_checked_again_in_between(stage: Stage) -> None:
    """Only they; a mended one is resolved, keeps its number if it comes back, and is news again."""
    world = stage.world
    world.pages["shop.test"] = {"/": links("/a", "/b", "/c"), "/c": ""}
    assert await stage.check() == AGAIN
    numbers = {path: issue.id for path, issue in stage.issues().items()}
    world.pages["shop.test"]["/a"] = ""
    stage.clock.now += AGAIN
    before = len(stage.asked())
    assert await stage.check() == AGAIN
    assert {asked.split()[1] for asked in stage.asked()[before:]} == {"/a", "/b"}
    assert set(stage.broken()) == {"/b"}
    status = stage.status()
    assert (status.ok_count, status.checked_at, status.ran_at) == (3, stage.clock.now, stage.clock.now - AGAIN)
    del world.pages["shop.test"]["/a"]
    stage.clock.now += DAY
    await stage.check()
    assert numbers == {path: issue.id for path, issue in stage.issues().items()}
    assert [told.title for told in stage.told()] == [
        "2 new broken links on shop.test",
        "1 new broken link on shop.test",
    ]


async def test_a_page_that_is_away_has_its_issues_still(stage: Stage) -> None:
    """What it links to is not known for a day; when it is gone for good, so are they."""
    pages = stage.world.pages["shop.test"]
    pages |= {"/": links("/page"), "/page": links("/gone")}
    await stage.check()
    pages["/page"] = Page(status=500)
    await stage.next_run()
    assert set(stage.broken()) == {"/page", "/gone"}
    pages["/page"] = links("/gone")
    await stage.next_run()
    assert set(stage.broken()) == {"/gone"}
    del pages["/page"]
    await stage.next_run()
    assert set(stage.broken()) == {"/page"}
    assert [told.title for told in stage.told()] == ["1 new broken link on shop.test"] * 3


async def test_what_a_run_fails_of_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its own words; what was asked meanwhile is kept, and the next run goes on."""
    stage.world.pages["shop.test"] = {"/": links("/a"), "/a": ""}
    with monkeypatch.context() as patched:
        patched.setattr("storage.crawls.add_urls", _fail)
        with pytest.raises(OSError, match="the disk is full"):
            await stage.check()
    await stage.check()
    assert stage.status().ok_count == 2


def _fail(*_: object, **__: object) -> None:
    raise OSError("the disk is full")


async def test_ignored_issues_stay_ignored(stage: Stage) -> None:
    """Over runs, and when they come back; they are no news."""
    world = stage.world
    world.pages["shop.test"] = {"/": links("/a", "/b")}
    await stage.check()
    number = stage.issues()["/a"].id
    with stage.pool.connection() as connection:
        assert content.ignore(connection, stage.site.id, number, ignored=True) is not None
        assert content.ignore(connection, stage.site.id + 1, number, ignored=True) is None
    await stage.next_run()
    assert (stage.issues()["/a"].ignored, stage.issues()["/b"].ignored, stage.status().broken) == (True, False, 1)
    world.pages["shop.test"]["/"] = ""
    await stage.next_run()
    assert stage.issues() == {}
    world.pages["shop.test"]["/"] = links("/a", "/b")
    await stage.next_run()
    assert (stage.issues()["/a"].id, stage.issues()["/a"].ignored) == (number, True)
    assert [told.title for told in stage.told()] == [
        "2 new broken links on shop.test",
        "1 new broken link on shop.test",
    ]
    with stage.pool.connection() as connection:
        assert content.ignore(connection, stage.site.id, number, ignored=False) is not None
    assert stage.issues()["/a"].ignored is False


async def test_messages_pause(stage: Stage) -> None:
    """Until a time, or until they are wanted again; what was found meanwhile is not told later."""
    world = stage.world
    world.pages["shop.test"] = {"/": links("/a")}
    with stage.pool.connection() as connection:
        content.pause(connection, stage.site.id, paused=True, until=stage.clock.now + HOUR)
    await stage.check()
    assert (stage.status().emails_paused, stage.status().emails_paused_until) == (True, stage.clock.now + HOUR)
    assert stage.told() == []
    stage.clock.now += HOUR
    assert (stage.status().emails_paused, stage.status().emails_paused_until) == (False, None)
    world.pages["shop.test"]["/"] = links("/a", "/b")
    await stage.next_run()
    with stage.pool.connection() as connection:
        content.pause(connection, stage.site.id, paused=True)
    world.pages["shop.test"]["/"] = links("/a", "/b", "/c")
    await stage.next_run()
    assert [told.title for told in stage.told()] == ["1 new broken link on shop.test"]
    with stage.pool.connection() as connection:
        content.pause(connection, stage.site.id, paused=False)
    assert stage.status().emails_paused is False


async def test_only_below_the_first_page_is_read(stage: Stage) -> None:
    """What is beside it is only asked for, on the same host too; a redirect with www. stays within the site."""
    world = stage.world
    world.pages["shop.test"] = {
        "/blog": redirect(world.url("www.shop.test", "/blog")),
        "/shop": links("/never"),
        "/blog/one": links("/gone"),
    }
    world.pages["www.shop.test"] = {"/blog": links(world.url("shop.test", "/blog/one"), "/shop")}
    stage.set(content_url=world.url("shop.test", "/blog"))
    await stage.check()
    assert set(stage.broken()) == {"/gone", "http://www.shop.test/shop"}
    stage.set(content_url=world.url("shop.test", "/away"))
    world.pages["shop.test"]["/away"] = redirect(world.url("blog.test"))
    world.pages["blog.test"]["/"] = ""
    await stage.next_run()
    assert "leads to another site" in stage.status().problem


async def test_who_is_checked(stage: Stage) -> None:
    """Sites that are there and want it; a change of the first page begins a run anew."""
    with stage.pool.connection() as connection:
        assert (stage.site.id,) in {row[:1] for row in connection.execute(load("jobs.of_content"))}
    stage.world.pages["shop.test"] = {"/": links("/a"), "/a": "", "/other": ""}
    stage.pace = Pace(pause=0, turn=0, page=Bounds(seconds=1))
    await stage.check()
    stage.set(content_url=stage.world.url("shop.test", "/other"))
    await stage.check()
    crawl = stage.crawl()
    assert crawl is not None
    assert crawl.root == stage.world.url("shop.test", "/other")
    stage.set(content=False)
    assert await stage.work().run(stage.job) is None
    with stage.pool.connection() as connection:
        assert (stage.site.id,) not in {row[:1] for row in connection.execute(load("jobs.of_content"))}
