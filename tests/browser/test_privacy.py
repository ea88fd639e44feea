"""Who is not counted, what is not sent, and who is counted without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.firefox import firefox
from tests.browser.stage import Page, until
from tests.end_to_end.browsers import PERSON

if TYPE_CHECKING:
    from tests.browser.chromium import Chromium, ChromiumTab
    from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_GPC: Final = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
_DNT: Final = "Object.defineProperty(Navigator.prototype, 'doNotTrack', {get: () => '1'})"


@pytest.mark.parametrize("wish", [pytest.param(_GPC, id="gpc"), pytest.param(_DNT, id="dnt")])
async def test_visitor_who_asks_not_to_be_counted(tab: ChromiumTab, stage: Stage, wish: str) -> None:
    """Nothing at all is sent of them, whatever they do; calls of the page are no errors."""
    stage.pages["/"] = Page(body=_LONG)
    await tab.page.add_init_script(wish)
    await tab.open(stage.url("/"))
    await tab.run("analytics.track('signup')")
    await tab.run("history.pushState(null, '', '/second')")
    await tab.scroll(3_000)
    await tab.click("button")
    await tab.cover()
    await tab.uncover()
    await _another_visitor(tab, stage)

    assert {event["path"] for event in stage.events()} == {"/another"}
    assert tab.errors == []


async def test_privacy_control_of_firefox(
    stage: Stage, tmp_path_factory: pytest.TempPathFactory, chromium_process: Chromium, firefox_program: str
) -> None:
    """Firefox's own setting keeps everything in the browser."""
    folder = tmp_path_factory.mktemp("private")
    async with firefox(firefox_program, folder, privacy__globalprivacycontrol__enabled=True) as browser:
        tab = await browser.tab()
        await tab.open(stage.url("/"))
        assert await tab.run("navigator.globalPrivacyControl")
        await tab.run("analytics.track('signup')")
        await tab.open("about:blank")
    await _another_visitor(await chromium_process.tab(), stage)
    await chromium_process.clear()

    assert {event["path"] for event in stage.events()} == {"/another"}


@pytest.mark.parametrize(("wish", "name"), [pytest.param(_GPC, "gpc", id="gpc"), pytest.param(_DNT, "dnt", id="dnt")])
async def test_site_that_may_count_them(tab: ChromiumTab, stage: Stage, wish: str, name: str) -> None:
    """Where the law allows it and the site's settings say so, the snippet lets them be counted."""
    stage.pages["/"] = Page(snippet=stage.snippet(**{name: "count"}))
    await tab.page.add_init_script(wish)
    await tab.open(stage.url("/"))

    await until(stage.views, {"/": 1})


async def test_without_javascript(chromium_process: Chromium, stage: Stage) -> None:
    """A browser without JavaScript is counted by a picture, with its page and device."""
    pixel = f"{stage.host.url}/api/v1/pixel.gif?id={stage.site}"
    stage.pages["/quiet"] = Page(
        snippet=stage.snippet(),
        body=f'<noscript><img src="{pixel}" alt="" referrerpolicy="no-referrer-when-downgrade"></noscript>',
        policy=f"{stage.policy}; img-src {stage.host.url}",
    )
    context = await chromium_process.emulated.new_context(java_script_enabled=False, user_agent=PERSON)
    page = await context.new_page()
    async with page.expect_response(pixel) as loaded:
        await page.goto(stage.url("/quiet"))
    answer = await loaded.value
    body = await answer.body()
    await until(stage.views, {"/quiet": 1})
    await context.close()

    assert (answer.headers["content-type"], len(body), body[:6]) == ("image/gif", 43, b"GIF89a")
    assert "no-store" in answer.headers["cache-control"]
    assert await stage.devices() == {"desktop": 1}
    assert stage.collected() == []


async def _another_visitor(tab: ChromiumTab, stage: Stage) -> None:
    """Wait until the view of a page that does not heed the wish has arrived."""
    stage.pages["/another"] = Page(snippet=stage.snippet(gpc="count", dnt="count"))
    await tab.open(stage.url("/another"))
    await until(stage.views, {"/another": 1})


_LONG: Final = '<button data-analytics-event="buy">buy</button><svg width="10" height="4000"></svg>'
