"""How events leave the page: whatever the browser is about to do, in few requests, without ado."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx
import pytest

from tests.browser.servers import forward
from tests.browser.stage import Page, until
from tests.end_to_end.processes import free_port

if TYPE_CHECKING:
    from tests.browser.chromium import ChromiumTab
    from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_HIDE_AND_SHOW: Final = {"page_view": 1, "close_tab": 1}


async def test_navigation_in_flight(tab: ChromiumTab, stage: Stage) -> None:
    """An event sent in the moment of leaving the page arrives."""
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await tab.run("(analytics.track('last'), location.href = 'about:blank', 0)")
    await tab.page.wait_for_url("about:blank")

    await until(stage.customs, {"last": 1})


async def test_beacons_are_blocked(tab: ChromiumTab, stage: Stage) -> None:
    """Where a blocker has taken beacons away, a leaving goes by fetch."""
    await tab.page.add_init_script("Navigator.prototype.sendBeacon = undefined")
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await tab.page.wait_for_timeout(150)
    await tab.cover()

    await until(stage.types, _HIDE_AND_SHOW)


async def test_beacon_is_refused(tab: ChromiumTab, stage: Stage) -> None:
    """A beacon that the browser did not take goes by fetch."""
    await tab.page.add_init_script("Navigator.prototype.sendBeacon = () => false")
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await tab.page.wait_for_timeout(150)
    await tab.cover()

    await until(stage.types, _HIDE_AND_SHOW)


async def test_beacon_is_preferred(tab: ChromiumTab, stage: Stage) -> None:
    """A tab that is hidden sends a beacon, which survives the page."""
    await tab.page.add_init_script(
        "const original = Navigator.prototype.sendBeacon;"
        "Navigator.prototype.sendBeacon = function () { window.beacons = 1; return original.apply(this, arguments); }"
    )
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await tab.page.wait_for_timeout(150)
    await tab.cover()
    await until(stage.types, _HIDE_AND_SHOW)

    assert await tab.run("window.beacons === 1")


async def test_no_preflight(tab: ChromiumTab, stage: Stage) -> None:
    """All of a page's events are simple requests to another origin: POST of plain text and nothing else."""
    await tab.open(stage.url("/"))
    await tab.run("analytics.track('signup', {plan: 'pro'})")
    await until(stage.customs, {"signup": 1})
    await tab.cover()
    await until(stage.types, {"page_view": 1, "custom": 1, "close_tab": 1})

    sent = stage.collected()

    assert {request.method for request in sent} == {"POST"}
    assert {request.headers["content-type"].lower() for request in sent} == {"text/plain;charset=utf-8"}


async def test_few_requests(tab: ChromiumTab, stage: Stage) -> None:
    """A page that is read to its end and left costs two requests."""
    stage.pages["/"] = Page(body='<svg width="10" height="4000"></svg>')
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    for top in (1_000, 2_000, 4_000):
        await tab.run(f"scrollTo(0, {top})")
        await tab.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    await tab.cover()
    await until(stage.types, {"page_view": 1, "scroll_25": 1, "scroll_50": 1, "scroll_75": 1, "close_tab": 1})

    assert len(stage.collected()) == 2


async def test_no_cookies(tab: ChromiumTab, stage: Stage) -> None:
    """The collector sets no cookie, whatever cookies its host has given, and nothing is stored in the page."""
    context = tab.page.context
    await context.add_cookies([{"name": "session", "value": "operator", "url": stage.host.url}])
    try:
        await tab.open(stage.url("/"))
        await until(stage.views, {"/": 1})
        await tab.cover()
        await tab.uncover()
        await tab.run("analytics.track('marker')")
        await until(stage.customs, {"marker": 1})
        kept = await context.cookies()
        stored = await tab.run("[localStorage.length, sessionStorage.length, document.cookie]")
    finally:
        await context.clear_cookies()
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{stage.host.url}/api/v1/collect", content=stage.collected()[0].body)

    assert [cookie["name"] for cookie in kept] == ["session"]
    assert stored[:2] == [0, 0]
    assert "set-cookie" not in answer.headers


async def test_strict_policy(tab: ChromiumTab, stage: Stage) -> None:
    """All that the tracker does is allowed by `script-src` and `connect-src` of its host."""
    stage.pages["/"] = Page(body='<a href="http://localhost:9/x.pdf">file</a><svg width="10" height="4000"></svg>')
    await tab.open(stage.url("/"))
    await tab.scroll(3_000)
    await tab.run("analytics.track('signup')")
    await until(stage.customs, {"signup": 1})
    await tab.cover()
    await until(lambda: stage.count("close_tab"), 1)

    assert stage.violations() == []


async def test_policy_that_forbids_us(tab: ChromiumTab, stage: Stage) -> None:
    """Reports of violations do arrive: under a policy without `connect-src` there is one, and no view."""
    stage.pages["/"] = Page(policy=f"default-src 'none'; script-src {stage.host.url}")
    await tab.open(stage.url("/"))
    await tab.open(stage.url("/allowed"))
    await until(stage.views, {"/allowed": 1})

    assert b"connect-src" in b"".join(stage.violations())
    assert tab.errors == []


async def test_proxied_folder(tab: ChromiumTab, stage: Stage) -> None:
    """A site that forwards a folder of its own to Footfall needs no attribute: events go where the script came from."""
    stage.proxied["/stats/"] = forward(stage.footfall.collect_url, prefix="/stats")
    stage.pages["/"] = Page(
        snippet=stage.snippet(src="/stats/js/tracker.js"),
        policy="default-src 'none'; script-src 'self'; connect-src 'self'",
    )
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})

    posted = [request.path for request in stage.web.seen if request.method == "POST"]

    assert posted == ["/stats/api/v1/collect"]
    assert stage.violations() == []


async def test_endpoint_elsewhere(tab: ChromiumTab, stage: Stage) -> None:
    """`data-endpoint` says where events go when that is not beside the script."""
    stage.proxied["/hello"] = lambda request: forward(stage.footfall.collect_url)(
        request._replace(target="/api/v1/collect")
    )
    stage.pages["/"] = Page(
        snippet=stage.snippet(endpoint="/hello"),
        policy=f"default-src 'none'; script-src {stage.host.url}; connect-src 'self'",
    )
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})

    assert stage.collected() == []


async def test_dead_endpoint(tab: ChromiumTab, stage: Stage) -> None:
    """A collector that is not there is no error of the page, whose own scripts go on."""
    dead = f"http://127.0.0.1:{free_port()}"
    stage.pages["/"] = Page(
        snippet=stage.snippet(endpoint=f"{dead}/api/v1/collect"),
        policy=f"default-src 'none'; script-src {stage.host.url}; connect-src {stage.host.url} {dead}",
    )
    failed: list[str] = []
    tab.page.on("requestfailed", lambda request: failed.append(request.url))
    await tab.open(stage.url("/"))
    await tab.run("analytics.track('lost')")
    await tab.run("history.pushState(null, '', '/second')")
    await tab.cover()
    await tab.uncover()
    await tab.open(stage.url("/alive"))
    await until(stage.views, {"/alive": 1})

    assert f"{dead}/api/v1/collect" in failed
    assert tab.errors == []


async def test_history_errors(tab: ChromiumTab, stage: Stage) -> None:
    """What the history refuses is refused to the caller, and what it takes it takes whole."""
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    name = await tab.run(
        "(() => { try { history.pushState(null, '', 'https://other.example/') }"
        "  catch (error) { return error.name } })()"
    )
    await tab.run("history.pushState({kept: 1}, 'title', '/second')")
    await until(stage.views, {"/": 1, "/second": 1})

    assert name == "SecurityError"
    assert await tab.run("history.state") == {"kept": 1}
