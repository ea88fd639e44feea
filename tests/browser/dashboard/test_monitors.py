"""Monitors, alerts and messages from the form to what a real installation finds and sends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.browser.dashboard.conftest import shows
from tests.browser.dashboard.test_accessibility import found

if TYPE_CHECKING:
    from tests.browser.chromium import ChromiumTab
    from tests.browser.dashboard.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def says(tab: ChromiumTab, url: str, text: str, within: float = 120) -> None:
    """Open a page again and again until it says something; fail after so many seconds."""
    async with asyncio.timeout(within):
        await tab.open(url)
        while text not in await tab.run("document.querySelector('main').textContent"):
            await asyncio.sleep(0.5)
            await tab.open(url)


async def test_a_site_is_looked_after(signed_in: ChromiumTab, desk: Desk) -> None:
    """Where nobody may ask it is down; an alert fires; what cannot be sent says why; axe has nothing against any."""
    page = signed_in.page
    monitors, alerts, messages = (
        desk.url(f"/settings/{section}", site=desk.domain) for section in ("monitors", "alerts", "messages")
    )
    await signed_in.open(monitors)
    await page.check("#uptime")
    await page.fill("#uptime_url", "http://127.0.0.1:9/")
    await page.click("button[value=uptime]")
    await shows(signed_in, "document.querySelector('.said')?.textContent === 'Saved.'")

    await signed_in.open(alerts)
    await page.select_option("#operator", "gte")
    await page.fill("#threshold", "0")
    await page.fill("#webhook", "http://127.0.0.1:9/hook")
    await page.click(".stack button.primary")
    await shows(signed_in, "document.querySelector('#made')")
    secret = await signed_in.run("document.querySelector('#made').textContent")
    assert len(secret) >= 32

    await signed_in.open(messages)
    await page.fill("#address", "ann@example.com")
    await page.click(".stack button.primary")
    await shows(signed_in, "document.querySelector('.item')")
    await page.click("button[value^='test:']")
    await shows(signed_in, "document.querySelector('#sent-title + .items')")

    await says(signed_in, monitors, "The address 127.0.0.1 is not public")
    assert await found(page) == []
    await says(signed_in, alerts, "fires since")
    await says(signed_in, alerts, "The address 127.0.0.1 is not public")
    assert secret not in await signed_in.run("document.body.textContent")
    assert await found(page) == []
    await says(signed_in, messages, "FOOTFALL_SMTP_HOST")
    assert await found(page) == []

    await page.click("button[value^='remove:']")
    await shows(signed_in, "document.body.textContent.includes('Nobody is told yet.')")
    await signed_in.open(alerts)
    await page.click("button[value^='remove:']")
    await shows(signed_in, "document.body.textContent.includes('There are no alerts yet.')")
