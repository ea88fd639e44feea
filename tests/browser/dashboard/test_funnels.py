"""A funnel is built, answered and saved with the keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.dashboard.conftest import shows

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.chromium import ChromiumTab
    from tests.browser.dashboard.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_STEPS: Final = "[...document.querySelectorAll('#funnel-form input[name=step]')].map(step => step.value).join(' ')"
_MOST_TABS: Final = 150


async def tab_to(page: Page, condition: str) -> None:
    """Press Tab until the element with focus fits."""
    for _ in range(_MOST_TABS):
        await page.keyboard.press("Tab")
        if await page.evaluate(f"(active => {condition})(document.activeElement)"):
            return
    raise AssertionError(f"no element with focus fits {condition}")


async def choose(tab: ChromiumTab, typed: str) -> None:
    """Type into the field with focus and take the only suggestion."""
    await tab.page.keyboard.type(typed)
    await shows(tab, "document.querySelectorAll('#options [role=option]').length === 1")
    await tab.page.keyboard.press("ArrowDown")
    await tab.page.keyboard.press("Enter")


async def test_a_funnel_by_keyboard_alone(signed_in: ChromiumTab, desk: Desk) -> None:
    """Steps are suggested, added, moved and removed; the answer follows, and a name keeps it."""
    for path in ("/pricing", "/signup", "/welcome"):
        desk.collect(path)
    await signed_in.open(desk.url())
    page = signed_in.page
    await tab_to(page, "active.textContent.trim() === 'New…'")
    await page.keyboard.press("Enter")
    await shows(signed_in, "document.querySelector('#dialog:modal') && document.activeElement.id === 'step-1'")

    await choose(signed_in, "sig")
    await page.keyboard.press("Enter")
    await shows(signed_in, f"{_STEPS} === '/signup ' && location.search.includes('step=/signup')")
    await tab_to(page, "active.id === 'step-2'")
    await choose(signed_in, "pri")
    await page.keyboard.press("Enter")
    await shows(signed_in, "document.querySelector('#funnel-answer')")
    await tab_to(page, "active.id === 'up-2'")
    await page.keyboard.press("Enter")
    await shows(signed_in, f"{_STEPS} === '/pricing /signup ' && document.activeElement.id === 'down-1'")

    await tab_to(page, "active.id === 'add-step'")
    await page.keyboard.press("Enter")
    await shows(signed_in, "document.activeElement.id === 'step-3'")
    await page.keyboard.type("/nowhere")
    await page.keyboard.press("Enter")
    await shows(signed_in, "document.querySelectorAll('#dialog .reached').length === 3")
    await tab_to(page, "active.id === 'remove-3'")
    await page.keyboard.press("Enter")
    await shows(signed_in, f"{_STEPS} === '/pricing /signup '")
    sentence = await page.locator("#funnel-answer").inner_text()
    assert sentence.replace("\u00a0", " ") == "100 % of visits that came to /pricing finished."

    await tab_to(page, "active.id === 'funnel-name'")
    await page.keyboard.type("Sign up")
    await page.keyboard.press("Enter")
    await shows(signed_in, "document.querySelector('#dialog-title')?.textContent === 'Sign up'")
    assert await page.evaluate("new URLSearchParams(location.search).get('funnel')") == "Sign up"
    # The list of suggestions, where it has opened by now, and the dialog.
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await shows(signed_in, "!document.querySelector('#dialog')")
    assert "Sign up" in await page.locator("#panel-funnel nav").inner_text()
