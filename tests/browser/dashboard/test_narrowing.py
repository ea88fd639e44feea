"""Rows filter the report: by a click, by another kind of click, by a letter, and Back undoes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.dashboard.conftest import shows

if TYPE_CHECKING:
    from tests.browser.chromium import ChromiumTab
    from tests.browser.dashboard.conftest import Desk
    from tests.browser.drivers import Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_CHIPS: Final = "[...document.querySelectorAll('#report .chip-text')].map(chip => chip.textContent.trim()).join('|')"
#: A report that changes in place keeps what a script left in the window.
_MARK: Final = "window.stayed = true"


def row(text: str) -> str:
    """The link of a row of the pages."""
    return f"#panel-pages a[href*={json.dumps(text)}]"


async def arrive(tab: Tab, desk: Desk) -> None:
    """Open the report of a visit that saw three pages."""
    for path in ("/", "/pricing", "/about"):
        desk.collect(path)
    await tab.open(desk.url())
    await shows(tab, f"document.querySelectorAll({json.dumps(row('page='))}).length")
    await tab.run(_MARK)
    await tab.run("document.querySelector('#panel-pages').scrollIntoView({block: 'center'})")


async def test_a_click_on_a_row_filters_and_back_restores(visitor_in: Tab, desk: Desk) -> None:
    """The chip says it, the address has it, the page is not loaded again; Back and Forward go both ways."""
    await arrive(visitor_in, desk)
    await visitor_in.click(row("page=/pricing"))
    await shows(visitor_in, f"{_CHIPS} === 'Page is /pricing'")
    assert "page=/pricing" in await visitor_in.run("location.search")

    await visitor_in.run("history.back()")
    await shows(visitor_in, f"{_CHIPS} === '' && !location.search.includes('page=')")
    await visitor_in.run("history.forward()")
    await shows(visitor_in, f"{_CHIPS} === 'Page is /pricing'")

    await visitor_in.run("document.querySelector('.pickers').scrollIntoView({block: 'center'})")
    await visitor_in.click(".chip-remove")
    await shows(visitor_in, f"{_CHIPS} === ''")
    assert await visitor_in.run("window.stayed") is True


async def test_a_row_is_left_out(signed_in: ChromiumTab, desk: Desk) -> None:
    """By Alt and a click, and by the letter x on the row that has focus; what was left out is in no row."""
    await arrive(signed_in, desk)
    page = signed_in.page
    await page.locator(row("page=/pricing")).first.click(modifiers=["Alt"])
    await shows(signed_in, f"{_CHIPS} === 'Page is not /pricing'")
    await page.locator(row("page=/about")).first.focus()
    await page.keyboard.press("x")
    await shows(signed_in, f"{_CHIPS} === 'Page is not /about or /pricing'")
    names = await signed_in.run("[...document.querySelectorAll('#panel-pages .name')].map(row => row.textContent)")
    assert [name.strip() for name in names] == ["/"]
    assert await signed_in.run("window.stayed") is True


async def test_a_chip_is_changed_in_its_dialog(signed_in: ChromiumTab, desk: Desk) -> None:
    """Its text opens the form; values are suggested; what was meant stands in the chip, and focus is back on it."""
    await arrive(signed_in, desk)
    page = signed_in.page
    await page.locator(row("page=/pricing")).first.click()
    await shows(signed_in, f"{_CHIPS} === 'Page is /pricing'")
    await page.click(".chip-text")
    await page.wait_for_selector("#dialog:modal")
    await page.locator("input[name=value]").last.click()
    await page.wait_for_selector("#options [role=option]")
    await page.keyboard.type("abo")
    await shows(signed_in, "document.querySelectorAll('#options [role=option]').length === 1")
    await page.keyboard.press("ArrowDown")
    assert await page.locator("[role=combobox]").get_attribute("aria-activedescendant") is not None
    await page.keyboard.press("Enter")
    assert await page.locator("input[name=value]").nth(1).input_value() == "/about"
    await page.keyboard.press("Enter")
    await shows(signed_in, f"{_CHIPS} === 'Page is /about or /pricing' && !document.querySelector('#dialog')")
    assert await signed_in.run("window.stayed") is True


async def test_without_scripts(signed_in: ChromiumTab, desk: Desk) -> None:
    """Rows, chips and the form of a filter are links and forms."""
    await arrive(signed_in, desk)
    browser = signed_in.page.context.browser
    assert browser is not None
    context = await browser.new_context(
        java_script_enabled=False, storage_state=await signed_in.page.context.storage_state()
    )
    page = await context.new_page()
    await page.goto(desk.url())
    await page.locator(row("page=/pricing")).first.click()
    await page.locator(".chip-text").click()
    assert await page.locator("#report .pickers").is_visible() is False
    await page.select_option("#filter-how", "not")
    await page.click(".filter-form .primary")
    assert (await page.locator(".chip-text").all_inner_texts()) == ["Page is not /pricing"]
    await context.close()
