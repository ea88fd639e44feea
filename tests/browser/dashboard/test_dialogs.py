"""Dialogs have addresses of their own, and give focus back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.dashboard.conftest import shows

if TYPE_CHECKING:
    from tests.browser.chromium import ChromiumTab
    from tests.browser.dashboard.conftest import Desk
    from tests.browser.drivers import Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_OPEN: Final = "document.querySelector('#dialog:modal')"
_CLOSED: Final = "!document.querySelector('#dialog') && !location.search.includes('view=')"
_ALL: Final = "#panel-pages footer a[data-opens]"
_NAMES: Final = "[...document.querySelectorAll('#dialog .item')].map(item => item.title).join(' ')"


def visits(desk: Desk) -> None:
    """Let somebody see some pages."""
    for path in ("/", "/blog/b", "/blog/a", "/blog/a"):
        desk.collect(path)


async def test_a_dialog_is_linked_to(visitor_in: Tab, desk: Desk) -> None:
    """It opens over its report with focus in its first field; to close it leads to the report."""
    visits(desk)
    await visitor_in.open(desk.url(view="pages", search="blog"))
    await shows(visitor_in, f"{_OPEN} && {_NAMES} === '/blog/a /blog/b'")
    assert await visitor_in.run("document.activeElement.id") == "details-search"
    assert await visitor_in.run("document.querySelector('#dialog').getAttribute('aria-labelledby')") == "dialog-title"
    assert await visitor_in.run("document.querySelector('#report .pickers').checkVisibility()") is True
    await visitor_in.click("#dialog [data-closes]")
    await shows(visitor_in, _CLOSED)


async def test_focus_goes_back_to_what_opened_it(signed_in: ChromiumTab, desk: Desk) -> None:
    """By Esc, by its link, by the backdrop and by Back; each goes one step back, so steps do not pile up."""
    visits(desk)
    await signed_in.open(desk.url())
    page = signed_in.page
    opener = page.locator(_ALL)
    before = await signed_in.run("history.length")
    for close in ("Escape", "link", "backdrop", "back"):
        await opener.focus()
        await page.keyboard.press("Enter")
        await shows(signed_in, _OPEN)
        if close == "Escape":
            await page.keyboard.press("Escape")
        elif close == "link":
            await page.click("#dialog [data-closes]")
        elif close == "backdrop":
            await page.mouse.click(5, 300)
        else:
            await signed_in.run("history.back()")
        await shows(signed_in, f"{_CLOSED} && document.activeElement.matches('{_ALL}')")
    assert await signed_in.run("history.length") == before + 1


async def test_a_list_is_searched_while_typing(signed_in: ChromiumTab, desk: Desk) -> None:
    """And ordered by its heads; focus stays, the address follows, and its file is of the same rows."""
    visits(desk)
    await signed_in.open(desk.url(view="pages"))
    await shows(signed_in, f"{_OPEN} && {_NAMES} !== ''")
    page = signed_in.page
    await page.keyboard.type("BLOG")
    await shows(signed_in, f"{_NAMES} === '/blog/a /blog/b' && location.search.includes('search=BLOG')")
    assert await signed_in.run("document.activeElement.id") == "details-search"
    await page.click("#dialog thead a >> nth=0")
    await shows(signed_in, "document.querySelector('#dialog [aria-sort=ascending]')")
    await page.click("#dialog thead a >> nth=0")
    await shows(signed_in, f"{_NAMES} === '/blog/b /blog/a' && location.search.includes('sort=-name')")
    sheet = await signed_in.run("fetch(document.querySelector('#dialog [download]').href).then(file => file.text())")
    assert [line.split(",")[0] for line in sheet.splitlines()] == ["page", "/blog/b", "/blog/a"]


async def test_a_row_of_a_dialog_is_left_out_by_a_letter(signed_in: ChromiumTab, desk: Desk) -> None:
    """As one of the report is; the report is what follows."""
    visits(desk)
    await signed_in.open(desk.url(view="pages"))
    await shows(signed_in, f"{_OPEN} && {_NAMES} !== ''")
    await signed_in.page.locator("#dialog .item[title='/blog/a']").focus()
    await signed_in.page.keyboard.press("x")
    await shows(signed_in, f"{_CLOSED} && document.querySelector('.chip-text')?.textContent === 'Page is not /blog/a'")


async def test_what_came_before_and_after_are_links(signed_in: ChromiumTab, desk: Desk) -> None:
    """From the list to a page's flow, on to the next page, and back again."""
    visits(desk)
    await signed_in.open(desk.url(view="pages"))
    await shows(signed_in, f"{_OPEN} && {_NAMES} !== ''")
    page = signed_in.page
    await page.click("#dialog tr:has([title='/blog/b']) >> text=flow")
    path = "document.querySelector('#dialog .flow-path')?.textContent"
    await shows(signed_in, f"{path} === '/blog/b'")
    assert await page.locator("#dialog .flow section").nth(2).locator(".item").all_inner_texts() == ["/blog/a"]
    await page.click("#dialog .flow [title='/blog/a']")
    await shows(signed_in, f"{path} === '/blog/a'")
    await signed_in.run("history.back()")
    await shows(signed_in, f"{_OPEN} && {_NAMES} !== ''")
