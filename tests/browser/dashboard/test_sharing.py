"""A share link from its making to its end, in two browsers: one of its owner, one of a stranger."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.browser.chromium import ChromiumTab
from tests.browser.dashboard.conftest import shows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.browser.chromium import Chromium
    from tests.browser.dashboard.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(chromium_process: Chromium) -> AsyncIterator[ChromiumTab]:
    """A tab of a browser that has never been here."""
    context = await chromium_process.emulated.new_context()
    yield ChromiumTab(await context.new_page())
    await context.close()


async def counted(tab: ChromiumTab, url: str, within: float = 60) -> None:
    """Open the report again and again until it has a row; fail after so many seconds."""
    async with asyncio.timeout(within):
        await tab.open(url)
        while not await tab.run("document.querySelector('#panel-pages a.name')"):
            await asyncio.sleep(0.5)
            await tab.open(url)


async def test_a_link_is_made_used_and_revoked(signed_in: ChromiumTab, stranger: ChromiumTab, desk: Desk) -> None:
    """The dialog makes it, it is shown once; a stranger filters by it and changes nothing; revoked it is not found."""
    desk.collect("/pricing")
    await counted(signed_in, desk.url())
    await signed_in.click("#header a[href*='view=share']")
    await shows(signed_in, "document.querySelector('#dialog:modal #name')")
    await signed_in.page.fill("#dialog #name", "Board")
    await signed_in.click("#dialog button.primary")
    await shows(signed_in, "document.querySelector('#made')")
    link = await signed_in.run("document.querySelector('#made').textContent")
    await signed_in.open(desk.url("/settings/shares", site=desk.domain))
    assert link not in await signed_in.run("document.body.textContent")

    answer = await stranger.page.goto(link)
    assert answer is not None
    assert (answer.status, answer.headers["x-robots-tag"]) == (200, "noindex")
    await shows(stranger, "document.querySelector('#panel-pages a.name')")
    assert await stranger.run("document.querySelectorAll('a[href*=settings], form[action*=sign-out]').length") == 0
    await stranger.click("#panel-pages a.name")
    await shows(stranger, "document.querySelector('.chip-remove')")
    assert await stranger.run("location.href") == f"{link}?page=/pricing"
    assert await stranger.run("document.cookie") == ""

    await signed_in.open(desk.url("/settings/shares", site=desk.domain))
    assert "last used today" in await signed_in.run("document.querySelector('.items').textContent")
    await signed_in.click(".item button")
    await shows(signed_in, "document.querySelector('.said')?.textContent === 'Revoked.'")
    answer = await stranger.page.reload()
    assert answer is not None
    assert answer.status == 404
    assert "ask whoever gave it to you for another one" in await stranger.run("document.body.textContent")
    assert (signed_in.errors, stranger.errors) == ([], [])
