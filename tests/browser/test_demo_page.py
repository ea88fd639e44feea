"""`footfall demo-page` as a person uses it, in a real Chromium."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.browser.stage import until
from tests.end_to_end.processes import Process, environment, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.chromium import ChromiumTab
    from tests.end_to_end.processes import Installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@contextmanager
def demo_page(log: Path, server: str, data: Path, *arguments: str) -> Iterator[str]:
    """Run the command; yield the page's address."""
    port = free_port()
    given = ["demo-page", "--server", server, "--data", str(data), "--port", str(port), *arguments]
    process = Process(arguments=given, environment=environment(), log=log / "demo-page.log")
    process.start()
    try:
        process.wait_for(f"http://127.0.0.1:{port}/icon.svg")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stop()


@pytest.fixture
def page(footfall: Installation, footfall_folder: Path, tmp_path: Path) -> Iterator[str]:
    """The page of the running installation."""
    with demo_page(tmp_path, footfall.api_url, footfall_folder / "data") as address:
        yield address


async def logged(tab: ChromiumTab, text: str) -> None:
    """Wait until the page's log of requests shows a text."""
    await tab.page.wait_for_function("text => document.getElementById('log').innerText.includes(text)", arg=text)


async def test_everything_can_be_tried(tab: ChromiumTab, footfall: Installation, page: str) -> None:
    """Each button does what it says; the log shows what was sent and that it was counted, and the reports agree."""
    complaints: list[str] = []
    tab.page.on("console", lambda message: complaints.append(message.text))
    await tab.open(f"{page}/")
    await logged(tab, "page_view")
    await logged(tab, "202: counted")
    for button in ("push", "replace", "query", "hash", "track", "circular", "off", "track", "on"):
        await tab.click(f"[data-do={button}]")
    await tab.click("[data-analytics-event=buy] b")
    await logged(tab, "signup")
    await logged(tab, '"plan": "pro"')
    await logged(tab, '"event": "buy"')
    await tab.click("a[download]")
    await logged(tab, "file_download")
    await tab.page.check("[name=forms]")
    await tab.click("text=Load the page with these")
    await tab.page.wait_for_selector("text=tracker.forms.js")
    await tab.page.fill("[name=email]", "secret@example.com")
    await tab.click("[action='/thanks'] button")
    await tab.page.wait_for_url("**/thanks?*")
    await logged(tab, "newsletter")
    site = await tab.run("document.body.dataset.site")

    async def customs() -> dict[str, int]:
        rows = footfall.report("custom-events", site, period="today")["rows"]
        return {row["name"]: row["count"] for row in rows}

    await until(customs, {"signup": 1, "buy": 1, "file_download": 1, "newsletter": 1})

    assert "secret@" not in await tab.run("document.getElementById('log').innerText")
    assert tab.errors == []
    assert [text for text in complaints if "Content Security Policy" in text] == []


async def test_page_that_is_not_there(tab: ChromiumTab, page: str) -> None:
    """The page that is missing is sent with its status."""
    await tab.open(f"{page}/missing")

    await logged(tab, '"status": 404')


async def test_straight_to_footfall(tab: ChromiumTab, page: str) -> None:
    """Without the page's own server in between, the log shows that requests are sent."""
    await tab.open(f"{page}/")
    await tab.page.check("[name=direct]")
    await tab.click("text=Load the page with these")

    await logged(tab, "sent straight")


async def test_site_that_is_not_there(tab: ChromiumTab, footfall: Installation, tmp_path: Path) -> None:
    """On a machine that cannot look for the site, the log says why nothing is counted."""
    with demo_page(tmp_path, footfall.api_url, tmp_path / "none", str(uuid4())) as address:
        await tab.open(address)
        await logged(tab, "no site has this id")


async def test_server_that_goes_away(
    tab: ChromiumTab, footfall: Installation, footfall_folder: Path, tmp_path: Path
) -> None:
    """When the page's own server has ended the page says what to do."""
    with demo_page(tmp_path, footfall.api_url, footfall_folder / "data") as address:
        await tab.open(address)
        await logged(tab, "page_view")

    await tab.page.wait_for_selector("text=start `footfall demo-page` again")
