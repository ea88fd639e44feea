"""Signing in and out, with and without a session that lasts, in every browser we have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from storage.embedded import EmbeddedPostgres
from tests.browser.dashboard.conftest import shows, sign_in

if TYPE_CHECKING:
    from tests.browser.chromium import ChromiumTab
    from tests.browser.dashboard.conftest import Desk
    from tests.browser.drivers import Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def end_sessions(desk: Desk) -> None:
    """Let every session have expired a moment ago."""
    with psycopg.connect(EmbeddedPostgres(desk.folder).dsn) as connection:
        connection.execute("UPDATE page_sessions SET expires_at = now() - interval '1 second'")


async def test_signing_in_and_out(visitor: Tab, desk: Desk) -> None:
    """All wrong keys are told the same, the field keeps focus; a right one leads on; signed out, nothing shows."""
    await visitor.open(desk.url(period="7d"))
    assert await visitor.run("location.pathname") == "/sign-in"

    await sign_in(visitor, desk, key="tt_" + "x" * 43)
    assert "opens nothing" in await visitor.run("document.querySelector('#key-error').textContent")
    assert await visitor.run("document.activeElement.id") == "key"
    assert await visitor.run("document.querySelector('#key').value") == ""

    await visitor.open(desk.url(period="7d"))
    await visitor.run(f"document.querySelector('#key').value = '{desk.key}'")
    await visitor.click("button.primary")
    await shows(visitor, "document.querySelector('#header .site-name')")
    assert await visitor.run("location.href") == desk.url(period="7d")
    assert await visitor.run("document.cookie") == ""

    await visitor.click("nav form[action='/sign-out'] button")
    await shows(visitor, "document.querySelector('#key')")
    await visitor.open(desk.url(period="7d"))
    assert await visitor.run("location.pathname") == "/sign-in"


async def test_a_session_that_expired(visitor_in: Tab, desk: Desk) -> None:
    """Where the session has ended a click asks for the key over the report, and then goes where it led."""
    desk.collect()
    await visitor_in.open(desk.url())
    await shows(visitor_in, "document.querySelector('#period-picker')")
    end_sessions(desk)

    await visitor_in.run("document.querySelector('#period-picker [data-key=w]').click()")
    await shows(visitor_in, "document.querySelector('#sign-in-dialog:modal #key')")
    await visitor_in.run(f"document.querySelector('#sign-in-dialog #key').value = '{desk.key}'")
    await visitor_in.click("#sign-in-dialog button.primary")
    await shows(visitor_in, "document.querySelector('#period-picker') && location.search.includes('period=7d')")


async def test_without_scripts(desk: Desk, signed_in: ChromiumTab) -> None:
    """Signing in, the report, a dialog and signing out are links and forms: nothing needs a script."""
    desk.collect()
    browser = signed_in.page.context.browser
    assert browser is not None
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(desk.url())
    await page.fill("#key", desk.key)
    await page.click("button.primary")
    await page.wait_for_selector("#report .pickers")
    await page.click("text=shortcuts")
    assert await page.locator("#dialog h2").text_content() == "Shortcuts"
    assert await page.locator("#report .pickers").is_visible() is False
    await page.click("#dialog >> text=Close")
    assert await page.locator("#report .pickers").is_visible()
    await page.click("nav >> text=Sign out")
    await page.wait_for_selector("#key")
    await context.close()
