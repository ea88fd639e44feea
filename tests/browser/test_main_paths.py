"""The main paths of the tracker in every browser we have, under the strictest policy that it works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.stage import Page, until

if TYPE_CHECKING:
    from tests.browser.drivers import Tab
    from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: A style would need the policy's leave.
TALL = '<svg width="10" height="4000"></svg>'
#: Longer than what is too short to be sent.
A_WHILE = "new Promise(done => setTimeout(done, 200))"


async def test_view(visitor: Tab, stage: Stage) -> None:
    """A page that was opened is one view of one visitor, and nothing broke its policy."""
    await visitor.open(stage.url("/start?utm_source=letter&token=secret#fragment"))
    await until(stage.views, {"/start": 1})

    now = await stage.summary()
    (sent,) = stage.events()

    assert (now["visits"], now["unique_visitors"], now["pageviews"]) == (1, 1, 1)
    assert stage.url("/start") == sent["url"].partition("?")[0]
    assert "#" not in sent["url"]
    assert stage.violations() == []


async def test_single_page_application(visitor: Tab, stage: Stage) -> None:
    """Pushed and replaced paths are views, and so is the way back; a new query on the same path is none."""
    await visitor.open(stage.url("/"))
    await visitor.run("history.replaceState(null, '', '/')")
    await visitor.run("history.pushState(null, '', '/new')")
    await visitor.run("history.replaceState(null, '', '/new?q=1')")
    await visitor.run("history.replaceState(null, '', '/third')")
    await visitor.run("history.back()")
    await until(stage.views, {"/": 2, "/new": 1, "/third": 1})

    landings, exits = await stage.flow()

    assert landings == {"/": 1}
    assert exits == {"/": 1}


async def test_leaving_for_another_tab(visitor: Tab, stage: Stage) -> None:
    """A tab that is hidden sends how long it was engaged, once for each time it was shown."""
    await visitor.open(stage.url("/"))
    await until(stage.types, {"page_view": 1})
    await visitor.run(A_WHILE)
    await visitor.cover()
    await until(stage.types, {"page_view": 1, "close_tab": 1})
    await visitor.uncover()
    await visitor.run(A_WHILE)
    await visitor.cover()
    await until(stage.types, {"page_view": 1, "close_tab": 2})

    engaged = [event["properties"]["engaged_ms"] for event in stage.events() if event["event_type"] == "close_tab"]

    assert all(0 < milliseconds < 60_000 for milliseconds in engaged)


async def test_leaving_for_another_page(visitor: Tab, stage: Stage) -> None:
    """A page that is left for another site sends its engaged time on the way out."""
    await visitor.open(stage.url("/"))
    await until(stage.types, {"page_view": 1})
    await visitor.run(A_WHILE)
    await visitor.open("about:blank")

    await until(stage.types, {"page_view": 1, "close_tab": 1})


async def test_scroll(visitor: Tab, stage: Stage) -> None:
    """Each quarter of a page that was scrolled past is counted once, with the next request."""
    stage.pages["/"] = Page(body=TALL)
    await visitor.open(stage.url("/"))
    await until(stage.types, {"page_view": 1})
    await visitor.scroll(5_000)
    await holds_in_page(visitor, "scrollY > 2500")
    await visitor.scroll(-5_000)
    await holds_in_page(visitor, "scrollY === 0")
    await visitor.cover()

    await until(stage.types, {"page_view": 1, "scroll_25": 1, "scroll_50": 1, "scroll_75": 1, "close_tab": 1})


async def test_outbound_link(visitor: Tab, stage: Stage) -> None:
    """A click on a link to another host is counted with its address, without query and fragment."""
    stage.pages["/"] = Page(body='<a href="http://localhost:9/there?token=secret#part">out</a>')
    await visitor.open(stage.url("/"))
    await visitor.click("a")
    await until(lambda: stage.count("outbound_link"), 1)

    (sent,) = [event for event in stage.events() if event["event_type"] == "outbound_link"]

    assert sent["properties"]["url"] == "http://localhost:9/there"


async def test_download(visitor: Tab, stage: Stage) -> None:
    """A click on a link to a file is a download, whoever serves it, and no outbound link."""
    stage.pages["/"] = Page(body='<a href="http://localhost:9/price-list.pdf?token=secret">prices</a>')
    await visitor.open(stage.url("/"))
    await visitor.click("a")
    await until(stage.customs, {"file_download": 1})

    assert "outbound_link" not in {event["event_type"] for event in stage.events()}


async def test_custom_event(visitor: Tab, stage: Stage) -> None:
    """`analytics.track` counts by name; what cannot be serialised loses itself only."""
    await visitor.open(stage.url("/"))
    await holds_in_page(visitor, "!!window.analytics")
    await visitor.run("(() => { const loop = {}; loop.loop = loop; analytics.track('broken', loop); })()")
    await visitor.run("analytics.track('signup', {plan: 'pro'})")

    await until(stage.customs, {"signup": 1})


async def holds_in_page(tab: Tab, expression: str) -> None:
    """Wait until an expression is true in the page."""
    await until(lambda: tab.run(expression), expected=True)
