"""When a page counts as seen, in a real Chromium."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.chromium import unattended
from tests.browser.servers import Answer
from tests.browser.stage import Page, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.chromium import ChromiumTab
    from tests.browser.servers import Request
    from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: On the first page does what it is told when it is told; on the prepared one says when it was shown.
_VISITOR: Final = """
if (document.prerendering) {
  document.addEventListener("prerenderingchange", () => fetch("/activated"));
} else if (location.pathname === "/") {
  fetch("/when-to-mark").then(() => analytics.track("marker"));
  fetch("/when-to-go").then(() => location.assign("/next"));
}
"""
#: Keeps the history's own method before anybody can wrap it, as some routers do.
_ROUTER: Final = '<script src="/router.js"></script>'
_KEEP: Final = Page(body="window.original = history.pushState.bind(history);", kind="text/javascript")


async def test_background_tab(tab: ChromiumTab, stage: Stage) -> None:
    """A link that was opened in a background tab is a view when the tab is shown, not before."""
    stage.pages["/"] = Page(body='<a href="/behind">behind</a>')
    await tab.open(stage.url("/"))
    async with tab.page.context.expect_page() as opened:
        await tab.page.click("a", modifiers=["Control"])
    behind = await opened.value
    await behind.wait_for_load_state()
    assert await behind.evaluate("document.hidden && !!window.analytics.track")
    await tab.run("analytics.track('marker')")
    await until(stage.customs, {"marker": 1})
    before = await stage.views()
    await behind.bring_to_front()
    await until(stage.views, {"/": 1, "/behind": 1})

    assert before == {"/": 1}


async def test_prerendered_page(stage: Stage, chromium_program: str, tmp_path: Path) -> None:
    """A page that Chromium prepares ahead is a view when the visitor goes there, not before."""
    marked, gone = Event(), Event()
    stage.proxied |= {"/when-to-mark": partial(_wait, marked), "/when-to-go": partial(_wait, gone)}
    stage.pages["/visitor.js"] = Page(body=_VISITOR, kind="text/javascript")
    policy = (
        f"default-src 'none'; script-src {stage.host.url} 'self' 'inline-speculation-rules';"
        f" connect-src {stage.host.url} 'self'"
    )
    rules = '<script type="speculationrules">{"prerender": [{"urls": ["/next"], "eagerness": "immediate"}]}</script>'
    snippet = stage.snippet() + '<script src="/visitor.js" defer></script>'
    stage.pages["/"] = Page(body=rules, snippet=snippet, policy=policy)
    stage.pages["/next"] = Page(snippet=snippet, policy=policy)
    try:
        async with unattended(chromium_program, tmp_path, stage.url("/")):
            await _asked(stage, "/when-to-mark")
            (ahead,) = await _asked(stage, "/next")
            marked.set()
            await until(stage.customs, {"marker": 1})
            before = await stage.views()
            gone.set()
            await until(stage.views, {"/": 1, "/next": 1})
            await _asked(stage, "/activated")
    finally:
        marked.set()
        gone.set()

    assert ahead.headers["sec-purpose"] == "prefetch;prerender"
    assert before == {"/": 1}
    assert len([request for request in stage.web.seen if request.path == "/next"]) == 1


async def test_back_forward_cache(tab: ChromiumTab, stage: Stage) -> None:
    """Going back to a page that was kept alive is a view, although its scripts do not run again."""
    await tab.open(stage.url("/a"))
    await tab.run("window.kept = true")
    await tab.open(stage.url("/b"))
    await until(stage.views, {"/a": 1, "/b": 1})
    await tab.page.go_back(wait_until="commit")
    await until(stage.views, {"/a": 2, "/b": 1})

    assert await tab.run("window.kept === true")
    assert [event["path"] for event in stage.events() if event["event_type"] == "page_view"] == ["/a", "/b", "/a"]


async def test_router_that_kept_the_original(tab: ChromiumTab, stage: Stage) -> None:
    """A route changed behind our back is a view as soon as the visitor does anything."""
    stage.pages["/router.js"] = _KEEP
    stage.pages["/"] = Page(
        snippet=_ROUTER + stage.snippet(),
        policy=f"default-src 'none'; script-src {stage.host.url} 'self'; connect-src {stage.host.url}",
    )
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await tab.run("original(null, '', '/routed')")
    await tab.page.mouse.move(50, 60)

    await until(stage.views, {"/": 1, "/routed": 1})


async def test_referrer_within_an_application(tab: ChromiumTab, stage: Stage) -> None:
    """The page before is the referrer: of the first view another site's, of later ones the view before."""
    stage.pages["/from"] = Page(snippet="", body='<a href="/first" referrerpolicy="unsafe-url">go</a>')
    await tab.open(stage.url("/from").replace("127.0.0.1", "localhost"))
    await tab.run(f"document.querySelector('a').href = '{stage.url('/first')}'")
    await tab.click("a")
    await tab.page.wait_for_url(stage.url("/first"))
    await until(stage.views, {"/first": 1})
    await tab.run("history.pushState(null, '', '/second#part')")
    await until(stage.views, {"/first": 1, "/second": 1})
    await tab.run("history.pushState(null, '', '/third')")
    await until(stage.views, {"/first": 1, "/second": 1, "/third": 1})

    sent = [event["referrer"] for event in stage.events() if event["event_type"] == "page_view"]

    assert await stage.referrers() == {"localhost": 1}
    assert sent == [stage.url("/from").replace("127.0.0.1", "localhost"), stage.url("/first"), stage.url("/second")]


async def test_hash_routes(tab: ChromiumTab, stage: Stage) -> None:
    """With `data-hash` the route behind the # is the path, without it and without its query."""
    stage.pages["/"] = Page(snippet=stage.snippet(hash=""), body='<a href="#/team">team</a>')
    await tab.open(stage.url("/#/home"))
    await until(stage.views, {"/home": 1})
    await tab.click("a")
    await until(stage.views, {"/home": 1, "/team": 1})
    await tab.page.go_back()

    await until(stage.views, {"/home": 2, "/team": 1})


async def test_fragment_stays_in_the_browser(tab: ChromiumTab, stage: Stage) -> None:
    """Without `data-hash` nothing that leaves the browser has the fragment, and a new one is no view."""
    await tab.open(stage.url("/#token=secret"))
    await until(stage.views, {"/": 1})
    await tab.run("location.hash = 'token=other-secret'")
    await tab.run("history.pushState(null, '', '/next#token=secret')")
    await tab.run("analytics.track('marker')")
    await until(stage.customs, {"marker": 1})

    assert await stage.views() == {"/": 1, "/next": 1}
    assert [request for request in stage.host.seen if b"secret" in request.body or "secret" in str(request)] == []


@pytest.mark.parametrize(
    ("status", "marked"),
    [pytest.param(404, False, id="status of the answer"), pytest.param(200, True, id="marker in the snippet")],
)
async def test_page_that_is_not_there(tab: ChromiumTab, stage: Stage, status: int, marked: bool) -> None:  # noqa: FBT001 - a column
    """The view of an error page says so, by the server's status or by the marker; routes after it do not."""
    snippet = stage.snippet(status="404") if marked else None
    stage.pages["/gone"] = Page(status=status, snippet=snippet)
    await tab.open(stage.url("/gone"))
    await until(stage.views, {"/gone": 1})
    await tab.run("history.pushState(null, '', '/there')")
    await until(stage.views, {"/gone": 1, "/there": 1})

    sent = [event.get("properties", {}) for event in stage.events() if event["event_type"] == "page_view"]

    assert [properties.get("status") for properties in sent] == [404, None]


@pytest.mark.parametrize("tag", ["async", "defer", 'type="module"', ""])
async def test_ways_to_load(tab: ChromiumTab, stage: Stage, tag: str) -> None:
    """However the script is loaded, it is loaded once: a second copy of it for the same site counts nothing."""
    stage.pages["/"] = Page(snippet=stage.snippet(tag=tag) + stage.snippet(tag=tag))
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await tab.run("analytics.track('marker')")

    await until(stage.types, {"page_view": 1, "custom": 1})


async def _asked(stage: Stage, path: str) -> list[Request]:
    """Wait until the site was asked for a path; return the requests."""

    async def asked() -> bool:
        return path in [request.path for request in stage.web.seen]

    await until(asked, expected=True)
    return [request for request in stage.web.seen if request.path == path]


def _wait(event: Event, _: Request) -> Answer:
    event.wait(60)
    return Answer(204)
