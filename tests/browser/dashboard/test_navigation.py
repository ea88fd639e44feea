"""Links of the report change it in place: one request a click, history, focus, and what is said when it goes wrong."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from tests.browser.dashboard.conftest import shows

if TYPE_CHECKING:
    from playwright.async_api import Request, Route

    from tests.browser.chromium import ChromiumTab
    from tests.browser.dashboard.conftest import Desk
    from tests.browser.drivers import Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: Set in the page, it is gone if the page was loaded anew.
_MARK = "globalThis.mark = 'kept'"


async def opened(tab: Tab, desk: Desk, **parameters: str) -> None:
    """Open a report that somebody has visited, and mark the page."""
    desk.collect("/a")
    await tab.open(desk.url(**parameters))
    await shows(tab, "document.querySelector('#report table')")
    await tab.run(_MARK)


async def test_a_click_changes_the_report_in_place(visitor_in: Tab, desk: Desk) -> None:
    """A period is pushed, a metric replaces; Back and Forward show what was there; the page is never loaded anew."""
    await opened(visitor_in, desk)
    await visitor_in.run("document.querySelector('#period-picker [data-key=w]').click()")
    await shows(visitor_in, "document.querySelector('.pickers strong').textContent === '7 days'")
    assert await visitor_in.run("location.search") == f"?site={desk.domain}&period=7d"
    await shows(visitor_in, "document.querySelector('#status').textContent.includes('7 days')")
    await visitor_in.run("history.back()")
    await shows(visitor_in, "document.querySelector('.pickers strong').textContent === '30 days'")
    await visitor_in.run("history.forward()")
    await shows(visitor_in, "document.querySelector('.pickers strong').textContent === '7 days'")
    assert await visitor_in.run("globalThis.mark") == "kept"


async def test_a_dialog_gives_focus_back(visitor_in: Tab, desk: Desk) -> None:
    """A dialog has an address, is modal, closes by Back and by its button, and focus is where it was."""
    await opened(visitor_in, desk)
    for close in ("history.back()", "document.querySelector('#dialog [data-closes]').click()"):
        await visitor_in.run("document.querySelector('#footer a').focus()")
        await visitor_in.run("document.querySelector('#footer a').click()")
        await shows(visitor_in, "document.querySelector('#dialog:modal')")
        assert await visitor_in.run("new URLSearchParams(location.search).get('view')") == "help"
        assert await visitor_in.run("document.activeElement.closest('#dialog') !== null")
        await visitor_in.run(close)
        await shows(visitor_in, "!document.querySelector('#dialog')")
        assert await visitor_in.run("document.activeElement === document.querySelector('#footer a')")
        assert await visitor_in.run("location.search") == f"?site={desk.domain}"
    assert await visitor_in.run("globalThis.mark") == "kept"


async def test_a_dialog_by_its_address(signed_in: ChromiumTab, desk: Desk) -> None:
    """Whoever follows the address of a dialog finds it open over the report, and Escape leaves the report."""
    await opened(signed_in, desk, view="help")
    await shows(signed_in, "document.querySelector('#dialog:modal')")
    await signed_in.page.keyboard.press("Escape")
    await shows(signed_in, "!document.querySelector('#dialog')")
    assert await signed_in.run("location.search") == f"?site={desk.domain}"


async def test_letters(signed_in: ChromiumTab, desk: Desk) -> None:
    """Letters choose periods, the comparison, help and filters; not in fields, nor once they are switched off."""
    page = signed_in.page
    await opened(signed_in, desk)
    for key, search in (("w", "&period=7d"), ("c", "&period=7d&compare=none"), ("c", "&period=7d"), ("m", "")):
        await page.keyboard.press(key)
        await shows(signed_in, f"location.search === {json.dumps(f'?site={desk.domain}{search}')}")
    await page.keyboard.press("Control+m")
    await page.keyboard.press(".")
    assert await signed_in.run("document.activeElement.name") == "from"
    await page.keyboard.press("d")
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await shows(signed_in, "document.querySelector('#dialog:modal .help')")
    await page.keyboard.press("w")
    assert await signed_in.run("location.search") == f"?site={desk.domain}&view=help"
    await page.click("text=Switch them off")
    await shows(signed_in, "document.documentElement.dataset.shortcuts === 'off'")
    await page.keyboard.press("Escape")
    await shows(signed_in, "!document.querySelector('#dialog')")
    await page.keyboard.press("w")
    assert await signed_in.run("location.search") == f"?site={desk.domain}"


async def test_one_request_a_click(signed_in: ChromiumTab, desk: Desk) -> None:
    """A click asks once, for the part that changes; nothing is asked of any other host, nothing is stored."""
    await opened(signed_in, desk)
    asked: list[Request] = []
    signed_in.page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - the driver marks what it calls
    await signed_in.run("document.querySelector('#period-picker [data-key=y]').click()")
    await shows(signed_in, "document.querySelector('.pickers strong').textContent === '12 months'")
    assert [request.url for request in asked if "/live" not in request.url] == [desk.url(period="12m")]
    assert await signed_in.run("localStorage.length + sessionStorage.length") == 0
    assert await signed_in.run("document.cookie") == ""
    assert signed_in.errors == []


async def test_what_is_slow_and_what_fails(signed_in: ChromiumTab, desk: Desk) -> None:
    """After a moment the report is busy; a newer click ends the older; a failure leaves the rows and a way to go on."""
    page = signed_in.page
    await opened(signed_in, desk)
    await page.route("**/?*period=7d", _hold)
    await signed_in.run("document.querySelector('#period-picker [data-key=w]').click()")
    await shows(
        signed_in, "document.querySelector('#report').ariaBusy === 'true' && document.querySelector('.loading')"
    )
    await signed_in.run("document.querySelector('#period-picker [data-key=q]').click()")
    await shows(signed_in, "document.querySelector('.pickers strong').textContent === '90 days'")
    await shows(
        signed_in, "document.querySelector('#report').ariaBusy === 'false' && !document.querySelector('.loading')"
    )
    await page.unroute("**/?*period=7d")

    await page.route("**/?*period=7d", lambda route: route.fulfill(status=500))
    await signed_in.run("document.querySelector('#period-picker [data-key=w]').click()")
    await shows(signed_in, "document.querySelector('.trouble')")
    assert await page.locator(".trouble").text_content() == "Could not load. Try again"
    assert await page.locator("#report table").count() > 0
    await page.unroute("**/?*period=7d")
    await page.click(".trouble a")
    await shows(signed_in, "document.querySelector('.pickers strong').textContent === '7 days'")
    assert await page.locator(".trouble").count() == 0


async def test_too_many_requests(signed_in: ChromiumTab, desk: Desk) -> None:
    """The page waits as long as it is told to, says so, and goes on by itself."""
    await opened(signed_in, desk)
    answers = iter([429])

    async def limited(route: Route) -> None:
        status = next(answers, None)
        if status is None:
            await route.continue_()
        else:
            await route.fulfill(status=status, headers={"Retry-After": "1"})

    await signed_in.page.route("**/?*period=7d", limited)
    await signed_in.run("document.querySelector('#period-picker [data-key=w]').click()")
    await shows(signed_in, "document.querySelector('.trouble')?.textContent.includes('again in 1 s')")
    await shows(signed_in, "document.querySelector('.pickers strong').textContent === '7 days'")


async def test_a_picker_stands_below_its_button(visitor_in: Tab, desk: Desk) -> None:
    """A picker opens on its button, right below it, within the window."""
    await opened(visitor_in, desk)
    for name in ("period", "comparison", "site"):
        await visitor_in.click(f"[popovertarget={name}-picker]")
        await shows(visitor_in, f"document.querySelector('#{name}-picker:popover-open')")
        gap, left, right = await visitor_in.run(
            f"""(() => {{
                const below = document.querySelector('#{name}-picker').getBoundingClientRect();
                const button = document.querySelector('[popovertarget={name}-picker]').getBoundingClientRect();
                return [below.top - button.bottom, below.left - button.left, innerWidth - below.right];
            }})()"""
        )
        assert 0 <= gap < 16, name
        assert abs(left) < 16, name
        assert right >= 0, name
        await visitor_in.run(f"document.querySelector('#{name}-picker').hidePopover()")


async def test_pickers_by_keyboard(signed_in: ChromiumTab, desk: Desk) -> None:
    """A picker opens on its button and takes focus in; Escape gives it back."""
    page = signed_in.page
    await opened(signed_in, desk)
    await page.locator("[popovertarget=period-picker]").focus()
    await page.keyboard.press("Enter")
    await shows(signed_in, "document.querySelector('#period-picker:popover-open')")
    assert await signed_in.run("document.activeElement.closest('#period-picker') !== null")
    await page.keyboard.press("Escape")
    assert await signed_in.run("document.activeElement.getAttribute('popovertarget')") == "period-picker"


async def test_many_sites_are_searched(signed_in: ChromiumTab, desk: Desk) -> None:
    """Where there are many sites their picker is a combobox: letters narrow it, arrows choose, Enter goes there."""
    for number in range(9):
        desk.api("POST", "websites", {"domain": f"site-{number}.{desk.domain}"})
    page = signed_in.page
    await opened(signed_in, desk)
    await page.keyboard.press("s")
    await shows(signed_in, "document.activeElement.matches('#site-picker [role=combobox]')")
    await page.keyboard.type("SITE-7")
    assert await page.locator("#site-picker [role=option]:visible").all_text_contents() == [f"site-7.{desk.domain}"]
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await shows(signed_in, f"location.search === '?site=site-7.{desk.domain}' && document.querySelector('#header')")


async def test_an_open_period_is_looked_at_again(signed_in: ChromiumTab, desk: Desk) -> None:
    """What is still growing is asked for every minute, without a word; what is over is not."""
    desk.collect("/a")
    browser = signed_in.page.context.browser
    assert browser is not None
    # A context of its own: its clock is turned.
    context = await browser.new_context()
    await context.add_cookies(await signed_in.page.context.cookies())  # type: ignore[arg-type]  # as they were read
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.clock.install()
    for period, times in (("today", 2), ("yesterday", 0)):
        await page.goto(desk.url(period=period))
        await page.wait_for_selector("#report .pickers")
        asked.clear()
        for _ in range(2):
            async with page.expect_response(desk.url(period=period)) if times else nullcontext():
                await page.clock.fast_forward(60_000)
        assert asked.count(desk.url(period=period)) == times
        assert "day" not in (await page.locator("#status").text_content() or "")
    await context.close()


async def _hold(_: Route) -> None:
    """Answer nothing."""
