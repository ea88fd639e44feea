"""Clicks and calls that become events, in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.browser.stage import Page, until

if TYPE_CHECKING:
    from tests.browser.chromium import ChromiumTab
    from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: An address to which nothing leads out of this machine.
_OUT: Final = "http://localhost:9/there"
_STUB: Final = "window.analytics = {q: [], track() { this.q.push(arguments); }};"
_CALLS: Final = "analytics.track('one', {number: 1}); analytics.track('two');"


async def test_middle_click(tab: ChromiumTab, stage: Stage) -> None:
    """A link that is opened in a new tab by the middle button is followed as well."""
    stage.pages["/"] = Page(body=f'<a href="{_OUT}">out</a>')
    await tab.open(stage.url("/"))
    async with tab.page.context.expect_page():
        await tab.page.click("a", button="middle")

    await _once(tab, stage)


async def test_right_click(tab: ChromiumTab, stage: Stage) -> None:
    """A menu that was opened over a link is no click on it."""
    stage.pages["/"] = Page(body=f'<a href="{_OUT}">out</a>')
    await tab.open(stage.url("/"))
    await tab.page.click("a", button="right")
    await tab.page.keyboard.press("Escape")
    await tab.run("analytics.track('marker')")

    await until(stage.types, {"page_view": 1, "custom": 1})


async def test_keyboard(tab: ChromiumTab, stage: Stage) -> None:
    """A link that is followed by Enter is followed as well."""
    stage.pages["/"] = Page(body=f'<a href="{_OUT}" target="_blank">out</a>')
    await tab.open(stage.url("/"))
    await tab.page.focus("a")
    async with tab.page.context.expect_page():
        await tab.page.keyboard.press("Enter")

    await _once(tab, stage)


async def test_link_with_a_target(tab: ChromiumTab, stage: Stage) -> None:
    """A link that names a window still opens it: the tracker never stands in the way."""
    stage.pages["/"] = Page(body=f'<a href="{_OUT}" target="_blank"><b>out</b></a>')
    await tab.open(stage.url("/"))
    async with tab.page.context.expect_page() as opened:
        await tab.page.click("b")
    await opened.value

    assert tab.page.url == stage.url("/")
    await _once(tab, stage)


async def test_link_in_a_shadow_root(tab: ChromiumTab, stage: Stage) -> None:
    """A link inside a component is seen through its root."""
    stage.pages["/"] = Page(body="<div></div>")
    await tab.open(stage.url("/"))
    await tab.run(
        "void (document.querySelector('div').attachShadow({mode: 'open'}).innerHTML"
        f' = \'<a href="{_OUT}" target="_blank"><b>out</b></a>\')'
    )
    async with tab.page.context.expect_page():
        await tab.page.click("b")

    await _once(tab, stage)


async def test_click_that_leaves_the_page(tab: ChromiumTab, stage: Stage) -> None:
    """A click whose page goes away at once is counted, with its link's address and nothing secret of it."""
    stage.pages["/"] = Page(body=f'<a href="{_OUT}?token=secret#secret">out</a>')
    await tab.open(stage.url("/?token=secret#secret"))
    await until(stage.views, {"/": 1})
    await tab.click("a")
    await until(lambda: stage.count("outbound_link"), 1)

    (sent,) = [event for event in stage.events() if event["event_type"] == "outbound_link"]

    assert sent["properties"] == {"url": _OUT}


async def test_links_that_are_not_outbound(tab: ChromiumTab, stage: Stage) -> None:
    """Links within the site, to mail and to nowhere are none."""
    links = '<a id="x" href="#x">x</a> <a id="mail" href="mailto:a@b.example">mail</a> <a id="no">no</a>'
    stage.pages["/"] = Page(body=links)
    await tab.open(stage.url("/"))
    for link in ("#x", "#no"):
        await tab.click(link)
    await tab.run(
        "document.querySelector('#mail').dispatchEvent(new MouseEvent('click', {bubbles: true, composed: true}))"
    )
    await tab.run("analytics.track('marker')")

    await until(stage.types, {"page_view": 1, "custom": 1})


async def test_downloads(tab: ChromiumTab, stage: Stage) -> None:
    """The ending of an address makes a download, here or elsewhere; it is that alone."""
    stage.pages["/"] = Page(
        body='<a id="own" href="/files/list.CSV?v=2" download>own</a>'
        '<a id="other" href="http://localhost:9/list.pdf" target="_blank">other</a>'
        '<a id="page" href="#pdf">page</a>'
    )
    stage.pages["/files/list.CSV"] = Page(body="a,b", kind="text/csv")
    await tab.open(stage.url("/"))
    async with tab.page.context.expect_page():
        await tab.click("#other")
    await tab.page.bring_to_front()
    await tab.click("#own")
    await tab.click("#page")
    await until(stage.customs, {"file_download": 2})
    await tab.run("analytics.track('marker')")
    await until(stage.customs, {"file_download": 2, "marker": 1})

    sent = [event["properties"] for event in stage.events() if event["event_type"] == "file_download"]

    assert sent == [{"url": "http://localhost:9/list.pdf"}, {"url": stage.url("/files/list.CSV")}]
    assert "outbound_link" not in {event["event_type"] for event in stage.events()}


async def test_attributes(tab: ChromiumTab, stage: Stage) -> None:
    """A click on or in an element with `data-analytics-event` counts it, other such attributes are its properties."""
    stage.pages["/"] = Page(
        body='<button data-analytics-event="buy" data-analytics-plan="pro"><b>buy</b></button>'
        '<form data-analytics-event="form"><input id="in"></form>'
    )
    await tab.open(stage.url("/"))
    await tab.click("b")
    await tab.click("#in")
    await until(stage.customs, {"buy": 1})
    await tab.run("analytics.track('marker')")
    await until(stage.customs, {"buy": 1, "marker": 1})

    (sent,) = [event for event in stage.events() if "plan" in event.get("properties", {})]

    assert sent["properties"]["plan"] == "pro"


async def test_properties(tab: ChromiumTab, stage: Stage) -> None:
    """Properties travel as given, but `name` is the event's; those that cannot be serialised lose their event alone."""
    await tab.open(stage.url("/"))
    await tab.run("(() => { const loop = {}; loop.loop = loop; analytics.track('circular', loop); })()")
    await tab.run("analytics.track('number', {amount: 10n})")
    await tab.run("analytics.track('good', {plan: 'pro', name: 'evil', list: [1, 2]})")
    await until(stage.customs, {"good": 1})

    (sent,) = [event for event in stage.events() if event["event_type"] == "custom"]

    assert sent["properties"] == {"name": "good", "plan": "pro", "list": [1, 2]}


async def test_calls_before_the_script(tab: ChromiumTab, stage: Stage) -> None:
    """Calls that were made before the script came are sent after the view, in their order."""
    stage.pages["/stub.js"] = Page(body=_STUB + _CALLS, kind="text/javascript")
    stage.pages["/"] = Page(
        snippet='<script src="/stub.js"></script>' + stage.snippet(),
        policy=f"default-src 'none'; script-src {stage.host.url} 'self'; connect-src {stage.host.url}",
    )
    await tab.open(stage.url("/"))
    await tab.run("analytics.track('three')")
    await until(stage.customs, {"one": 1, "two": 1, "three": 1})

    sent = [event.get("properties", {}).get("name", event["event_type"]) for event in stage.events()]

    assert sent == ["page_view", "one", "two", "three"]


async def test_many_calls_before_the_script(tab: ChromiumTab, stage: Stage) -> None:
    """More calls than one request may carry are sent in several."""
    stage.pages["/stub.js"] = Page(
        body=_STUB + "for (let i = 0; i < 70; i++) analytics.track('call');", kind="text/javascript"
    )
    stage.pages["/"] = Page(
        snippet='<script src="/stub.js"></script>' + stage.snippet(),
        policy=f"default-src 'none'; script-src {stage.host.url} 'self'; connect-src {stage.host.url}",
    )
    await tab.open(stage.url("/"))
    for step in range(10):
        await tab.page.mouse.move(50, 60 + step)
    await until(stage.customs, {"call": 70})


async def test_other_global_name(tab: ChromiumTab, stage: Stage) -> None:
    """`data-global` leaves `analytics` to whoever uses that name already."""
    stage.pages["/"] = Page(snippet=stage.snippet(**{"global": "footfall"}))
    await tab.open(stage.url("/"))
    await tab.run("footfall.track('signup')")
    await until(stage.customs, {"signup": 1})

    assert await tab.run("typeof window.analytics") == "undefined"


async def test_switched_off_by_the_page(tab: ChromiumTab, stage: Stage) -> None:
    """A page whose visitor did not agree sets `analytics.off`, and nothing is sent until it is unset."""
    stage.pages["/stub.js"] = Page(body="window.analytics = {off: true};", kind="text/javascript")
    stage.pages["/"] = Page(
        snippet='<script src="/stub.js"></script>' + stage.snippet(),
        policy=f"default-src 'none'; script-src {stage.host.url} 'self'; connect-src {stage.host.url}",
    )
    await tab.open(stage.url("/"))
    await tab.run("history.pushState(null, '', '/unseen')")
    await tab.run("history.pushState(null, '', '/seen')")
    sent = list(stage.collected())
    await tab.run("(analytics.off = false, 0)")
    await tab.page.mouse.move(50, 60)
    await until(stage.views, {"/seen": 1})

    assert sent == []


async def _once(tab: ChromiumTab, stage: Stage) -> None:
    """The click was counted once, as an outbound link."""
    await until(lambda: stage.count("outbound_link"), 1)
    await tab.page.bring_to_front()
    await tab.run("analytics.track('marker')")
    await until(stage.customs, {"marker": 1})
    sent: list[dict[str, Any]] = [event for event in stage.events() if event["event_type"] == "outbound_link"]
    assert [event["properties"]["url"] for event in sent] == [_OUT]
