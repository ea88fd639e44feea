"""The scripts that speak other APIs, in real browsers: what they send of a page, and when."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.browser.recorder import recorder
from tests.browser.stage import Page, holds, stage_of, until
from tracker.builds import DIALECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.chromium import ChromiumTab
    from tests.browser.drivers import Tab
    from tests.browser.recorder import Recorder
    from tests.browser.stage import Stage
    from tests.end_to_end.processes import Installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: Where each sends, unless its tag says otherwise.
_PATHS: Final = {"track.js": "/collect", "antics.js": "/api/event"}
#: Of each the attribute that says otherwise.
_ELSEWHERE: Final = {"track.js": "endpoint", "antics.js": "api"}
_SECONDS: Final = 1.2


@pytest.fixture
def site() -> Iterator[Recorder]:
    """A site of the test's own."""
    with recorder() as made:
        yield made


@pytest.fixture(params=DIALECTS)
def script(request: pytest.FixtureRequest) -> str:
    """Each script in turn."""
    name: str = request.param
    return name


async def test_beep_view(visitor: Tab, site: Recorder) -> None:
    """beep-analytics' script tells path, referrer and screen, and its host learns the site from `Origin`."""
    site.head = site.tag("track.js", how="async")
    await visitor.open(site.url("/pricing?plan=pro#token"))
    await until(site.count, 1)
    width, height = await visitor.run("[screen.width, screen.height]")

    (sent,) = site.posted()

    assert site.bodies() == [{"path": "/pricing", "referrer": "", "screen": f"{width}x{height}"}]
    assert (sent.method, sent.path, sent.headers["origin"]) == ("POST", "/collect", site.web.url)
    assert [request.method for request in site.host.seen] == ["GET", "POST"]


async def test_antics_view(visitor: Tab, site: Recorder) -> None:
    """Antics' script tells address, referrer and the width of the window; a first view has no page before."""
    site.head = site.tag("antics.js")
    await visitor.open(site.url("/pricing?utm_source=mail#token"))
    await until(site.count, 1)
    width = await visitor.run("innerWidth")

    (sent,) = site.posted()

    address = site.url("/pricing?utm_source=mail")
    assert site.bodies() == [{"n": None, "u": address, "r": None, "w": width, "t": None, "p": None}]
    assert (sent.method, sent.path, sent.headers["origin"]) == ("POST", "/api/event", site.web.url)
    assert [request.method for request in site.host.seen] == ["GET", "POST"]


@pytest.mark.parametrize("how", ["async", "defer", 'type="module"', ""])
async def test_ways_to_load(tab: ChromiumTab, site: Recorder, script: str, how: str) -> None:
    """However it is loaded and however often it is pasted, a page is one view."""
    site.head = site.tag(script, how=how) * 2
    await tab.open(site.url("/"))
    await tab.open(site.url("/next"))
    await until(site.count, 2)

    assert [request.path for request in site.posted()] == [_PATHS[script]] * 2
    assert tab.errors == []


async def test_single_page_application(visitor: Tab, site: Recorder, script: str) -> None:
    """A new path is a view, whose referrer is the view before; a new query alone and the same path are none."""
    site.head = site.tag(script)
    await visitor.open(site.url("/"))
    await until(site.count, 1)
    for call in ("pushState(0, '', '/?q=1')", "replaceState(0, '', '/a')", "pushState(0, '', '/b')", "back()"):
        before = await site.count()
        await visitor.run(f"history.{call}")
        await until(site.count, before + ("?" not in call))

    assert [_path(body, site) for body in site.bodies()] == ["/", "/a", "/b", "/a"]
    assert [body.get("referrer", body.get("r")) or "" for body in site.bodies()] == [
        "",
        site.url("/"),
        site.url("/a"),
        site.url("/b"),
    ]


async def test_time_on_the_page_before(tab: ChromiumTab, site: Recorder) -> None:
    """In a single-page application Antics' next view tells for how many seconds the page before was engaged."""
    site.head = site.tag("antics.js")
    await tab.open(site.url("/"))
    await until(site.count, 1)
    await asyncio.sleep(_SECONDS)
    await tab.run("history.pushState(0, '', '/next')")
    await until(site.count, 2)

    assert [(body["n"], (body["t"] or 0) >= 1) for body in site.bodies()] == [(None, False), (None, True)]


async def test_back_forward_cache(tab: ChromiumTab, site: Recorder, script: str) -> None:
    """Going back to a page that was kept alive is a view, although its scripts do not run again."""
    site.head = site.tag(script)
    await tab.open(site.url("/a"))
    await tab.run("window.kept = true")
    await tab.open(site.url("/b"))
    await holds(lambda: _views(site) == ["/a", "/b"])
    await tab.page.go_back(wait_until="commit")
    await holds(lambda: _views(site) == ["/a", "/b", "/a"])

    assert await tab.run("window.kept === true")


async def test_background_tab(tab: ChromiumTab, site: Recorder, script: str) -> None:
    """A page that was opened behind another is a view when it is shown, not before."""
    site.head = site.tag(script)
    await tab.open(site.url("/"))
    await until(site.count, 1)
    async with tab.page.context.expect_page() as opened:
        await tab.run("Object.assign(document.body.appendChild(document.createElement('a')), {href: '/behind'}) && 0")
        await tab.run("document.querySelector('a').textContent = 'behind'")
        await tab.page.click("a", modifiers=["Control"])
    behind = await opened.value
    await behind.wait_for_load_state()
    assert await behind.evaluate("document.hidden")
    before = _views(site)
    await behind.bring_to_front()
    await holds(lambda: _views(site) == ["/", "/behind"])

    assert before == ["/"]


async def test_leaving(visitor: Tab, site: Recorder) -> None:
    """Antics' script tells with the leaving for how many seconds the page was engaged."""
    site.head = site.tag("antics.js")
    await visitor.open(site.url("/"))
    await until(site.count, 1)
    await asyncio.sleep(_SECONDS)
    await visitor.cover()
    await until(site.count, 2)
    await visitor.uncover()
    await visitor.run("antics('marker')")
    await until(site.count, 3)

    left = site.bodies()[1]

    assert [body["n"] for body in site.bodies()] == [None, "engagement", "marker"]
    assert left["t"] >= 1
    assert left["u"] == site.url("/")


async def test_leaving_is_no_event_of_beep(tab: ChromiumTab, site: Recorder) -> None:
    """beep-analytics counts pages only: nothing is sent when one is left."""
    site.head = site.tag("track.js")
    await tab.open(site.url("/"))
    await until(site.count, 1)
    await asyncio.sleep(_SECONDS)
    await tab.cover()
    await tab.uncover()
    await tab.open(site.url("/next"))
    await until(site.count, 2)

    assert _views(site) == ["/", "/next"]


async def test_custom_events(tab: ChromiumTab, site: Recorder) -> None:
    """`antics(name, properties)` counts after the view, also what was called before; what JSON cannot hold is lost."""
    queue = "<script>window.antics ||= (...call) => (antics.q ||= []).push(call); antics('early', {a: 1})</script>"
    site.head = queue + site.tag("antics.js")
    await tab.open(site.url("/"))
    await until(site.count, 2)
    await tab.run("(() => { const circle = {}; circle.self = circle; antics('lost', circle) })()")
    await tab.run("antics.track('signup', {name: 'kept', plan: 'pro'})")
    await until(site.count, 3)

    sent = {body["n"]: body.get("p") for body in site.bodies()}

    assert sent == {None: None, "early": {"a": 1}, "signup": {"name": "kept", "plan": "pro"}}
    assert tab.errors == []


async def test_endpoint_elsewhere(tab: ChromiumTab, site: Recorder, script: str) -> None:
    """The tag may say where events go."""
    site.head = site.tag(script, **{_ELSEWHERE[script]: f"{site.host.url}/elsewhere"})
    await tab.open(site.url("/"))
    await until(site.count, 1)

    assert [request.path for request in site.posted()] == ["/elsewhere"]


async def test_page_that_tells_no_referrer(tab: ChromiumTab, site: Recorder, script: str) -> None:
    """The site is told whatever the page's referrer policy is."""
    site.headers["Referrer-Policy"] = "no-referrer"
    site.head = site.tag(script)
    await tab.open(site.url("/"))
    await until(site.count, 1)

    assert [request.headers["origin"] for request in site.posted()] == [site.web.url]


async def test_beep_is_counted(tab: ChromiumTab, footfall: Installation) -> None:
    """What the script sends is in the reports, as one visit of a site that is known by its domain."""
    with stage_of(footfall, "track-script.localhost") as stage:
        await _visit(tab, stage, "track.js")
        await until(stage.views, {"/": 1, "/next": 1})
        found = await stage.summary()

    assert (found["visits"], found["unique_visitors"], found["pageviews"]) == (1, 1, 2)


async def test_antics_is_counted(tab: ChromiumTab, footfall: Installation) -> None:
    """So it is of Antics' script, with its custom event; leaving begins no visit.

    The beacon of a page that tells no referrer has no origin either, and the site is known by the page's address.
    """
    with stage_of(footfall, "antics-script.localhost") as stage:
        stage.headers["Referrer-Policy"] = "no-referrer"
        await _visit(tab, stage, "antics.js")
        await tab.run("antics('signup', {plan: 'pro'})")
        await until(stage.customs, {"signup": 1})
        await asyncio.sleep(_SECONDS)
        await tab.cover()
        await until(stage.types, {"page_view": 2, "custom": 1, "engagement": 1})
        found = await stage.summary()

    assert (found["visits"], found["unique_visitors"], found["pageviews"]) == (1, 1, 2)
    assert tab.errors == []


async def _visit(tab: ChromiumTab, stage: Stage, script: str) -> None:
    """See two pages of a single-page application that has the script, at the site's own domain."""
    domain = f"{script.removesuffix('.js')}-script.localhost"
    stage.pages["/"] = Page(snippet=f'<script async src="{stage.host.url}/{script}"></script>')
    await tab.open(stage.url("/").replace("127.0.0.1", domain))
    await until(stage.views, {"/": 1})
    await tab.run("history.pushState(0, '', '/next')")
    await until(stage.views, {"/": 1, "/next": 1})


def _path(body: dict[str, Any], site: Recorder) -> str:
    path: str = body.get("path") or body["u"].removeprefix(site.web.url)
    return path


def _views(site: Recorder) -> list[str]:
    return [_path(body, site) for body in site.bodies() if body.get("n") is None]
