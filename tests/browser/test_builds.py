"""The named builds and the tags that the product shows, in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.stage import Page, until
from tracker.builds import Extra
from tracker.snippet import snippet

if TYPE_CHECKING:
    from tests.browser.chromium import ChromiumTab
    from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_forms(tab: ChromiumTab, stage: Stage) -> None:
    """A form that is sent is an event with its attributes; clicks into it and what was typed are none."""
    form = (
        '<form action="/thanks" data-analytics-event="newsletter" data-analytics-list="weekly"><input name="to"></form>'
    )
    stage.pages["/"] = Page(
        snippet=stage.snippet("tracker.forms.js"),
        body=form,
        policy=f"{stage.policy}; form-action 'self'",
    )
    await tab.open(stage.url("/"))
    await tab.click("input")
    await tab.page.keyboard.type("secret@example.com")
    await tab.page.keyboard.press("Enter")
    await tab.page.wait_for_url("**/thanks?*")
    await until(stage.customs, {"newsletter": 1})
    await until(stage.views, {"/": 1, "/thanks": 1})

    sent = [event["properties"] for event in stage.events() if event["event_type"] == "custom"]

    assert [properties["list"] for properties in sent] == ["weekly"]
    assert "secret" not in str(sent)


async def test_owner(tab: ChromiumTab, stage: Stage) -> None:
    """An owner switches this browser off by an address, for all pages, and on again; nothing is stored before."""
    owned = Page(snippet=stage.snippet("tracker.owner.js"))
    stage.pages |= {"/": owned, "/off": owned, "/again": owned}
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    before = await tab.run("localStorage.length")
    await tab.open(stage.url("/off#analytics-off"))
    await tab.open(stage.url("/off"))
    await tab.run("analytics.track('unheard')")
    await tab.open(stage.url("/again#analytics-on"))
    await until(stage.views, {"/": 1, "/again": 1})

    assert before == 0
    assert await tab.run("localStorage.length") == 0
    assert "/off" not in {event["path"] for event in stage.events()}
    assert await stage.customs() == {}


async def test_paths(tab: ChromiumTab, stage: Stage) -> None:
    """Of excluded pages nothing leaves the browser, neither when they are opened nor when a route leads there."""
    page = Page(snippet=stage.snippet("tracker.paths.js", exclude="/admin/*, /draft"))
    stage.pages |= {"/admin/users": page, "/draft": page, "/drafts": page}
    for path in ("/admin/users", "/draft", "/drafts"):
        await tab.open(stage.url(path))
        await tab.run("analytics.track('here')")
    await until(stage.customs, {"here": 1})
    await tab.run("history.pushState(null, '', '/admin/keys')")
    await tab.run("analytics.track('here')")
    await tab.run("history.pushState(null, '', '/public')")
    await until(stage.views, {"/drafts": 1, "/public": 1})

    assert {event["path"] for event in stage.events()} == {"/drafts", "/public"}
    assert await stage.customs() == {"here": 1}


async def test_only_some_paths(tab: ChromiumTab, stage: Stage) -> None:
    """With `data-include` only these pages are sent."""
    page = Page(snippet=stage.snippet("tracker.paths.js", include="/blog/*"))
    stage.pages |= {"/": page, "/blog/first": page}
    await tab.open(stage.url("/"))
    await tab.open(stage.url("/blog/first"))
    await until(stage.views, {"/blog/first": 1})

    assert {event["path"] for event in stage.events()} == {"/blog/first"}


async def test_vitals(tab: ChromiumTab, stage: Stage) -> None:
    """The vitals of the first page are sent once, when it is left."""
    stage.pages["/"] = Page(snippet=stage.snippet("tracker.vitals.js"), body="<h1>Painted</h1><button>press</button>")
    await tab.open(stage.url("/"))
    await tab.page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    await tab.click("button")
    await tab.cover()
    await until(lambda: stage.count("web_vitals"), 1)
    await tab.uncover()
    await tab.run("history.pushState(null, '', '/second')")
    await until(stage.views, {"/": 1, "/second": 1})

    (sent,) = [event["properties"] for event in stage.events() if event["event_type"] == "web_vitals"]

    assert 0 < sent["ttfb"] <= sent["fcp"] <= sent["lcp"]
    assert sent["cls"] == 0


async def test_all_extras(tab: ChromiumTab, stage: Stage) -> None:
    """All of them together do what each does."""
    stage.pages["/"] = Page(snippet=snippet(stage.site, stage.host.url, Extra).plain)
    await tab.open(stage.url("/"))
    await tab.run("analytics.track('signup')")
    await until(stage.customs, {"signup": 1})
    await tab.cover()

    await until(stage.types, {"page_view": 1, "custom": 1, "close_tab": 1, "web_vitals": 1})


async def test_pinned_tag(tab: ChromiumTab, stage: Stage) -> None:
    """A tag with the script's hash loads exactly this script."""
    stage.pages["/"] = Page(snippet=snippet(stage.site, stage.host.url).pinned)
    await tab.open(stage.url("/"))

    await until(stage.views, {"/": 1})


async def test_isolated_page(tab: ChromiumTab, stage: Stage) -> None:
    """A page that lets nothing in without its leave loads the script and sends its events."""
    stage.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
    stage.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})

    assert await tab.run("crossOriginIsolated")
