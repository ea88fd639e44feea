"""Debian's Chromium as a person has it: nothing is emulated, a tab behind another is hidden and without focus.

Playwright, left alone, keeps every page visible and focused and switches the back/forward cache off. So the browser is
started here, and Playwright only attaches to it.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from playwright.async_api import async_playwright

from tests.end_to_end.browsers import PERSON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser, BrowserContext, Error, Page

_FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--window-size=1280,800",
    f"--user-agent={PERSON}",  # headless Chromium names itself so, and would rightly be judged a bot
)


class ChromiumTab:
    """`Tab`; `page` is Playwright's, for what the other browser is not asked for; `errors` nobody in it caught."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", self._keep)
        self._cover: Page | None = None

    async def open(self, url: str) -> None:
        """See `Tab`."""
        await self.page.goto(url)

    async def run(self, expression: str) -> Any:  # noqa: ANN401 - see `Tab`
        """See `Tab`."""
        return await self.page.evaluate(expression)

    async def click(self, selector: str) -> None:
        """See `Tab`."""
        await self.page.click(selector, no_wait_after=True)

    async def scroll(self, pixels: int) -> None:
        """See `Tab`."""
        await self.page.mouse.move(100, 100)
        await self.page.mouse.wheel(0, pixels)

    async def cover(self) -> None:
        """See `Tab`."""
        self._cover = await self.page.context.new_page()
        await self.page.wait_for_function("document.hidden", polling=20)

    async def uncover(self) -> None:
        """See `Tab`."""
        assert self._cover is not None
        await self._cover.close()
        await self.page.bring_to_front()
        await self.page.wait_for_function("!document.hidden", polling=20)

    def _keep(self, error: Error) -> None:
        self.errors.append(str(error))


class Chromium:
    """`drivers.Browser`. `emulated` is Playwright's own browser, whose new contexts are told what to be."""

    def __init__(self, emulated: Browser) -> None:
        self.emulated = emulated
        self.context: BrowserContext = emulated.contexts[0]

    async def tab(self) -> ChromiumTab:
        """See `drivers.Browser`."""
        return ChromiumTab(await self.context.new_page())

    async def clear(self) -> None:
        """Close every tab but the first, without which the browser would end."""
        for page in self.context.pages[1:]:
            await page.close()


@asynccontextmanager
async def chromium(program: str, folder: Path) -> AsyncIterator[Chromium]:
    """Start the browser with a profile in `folder`; end it with the context."""
    process = await asyncio.create_subprocess_exec(
        program,
        *_FLAGS,
        "--remote-debugging-port=0",
        f"--user-data-dir={folder}",
        "about:blank",
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        address = await listening(process)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.connect_over_cdp(address, no_defaults=True)
            yield Chromium(browser)
            await browser.close()
    finally:
        await ended(process)


@asynccontextmanager
async def unattended(program: str, folder: Path, url: str) -> AsyncIterator[None]:
    """Open an address in a Chromium of its own that nobody drives: a driven one prepares no pages ahead."""
    process = await asyncio.create_subprocess_exec(
        program,
        *_FLAGS,
        f"--user-data-dir={folder}",
        url,
        stderr=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        await ended(process)


async def listening(process: asyncio.subprocess.Process, within: float = 60) -> str:
    """Return the address that a browser prints when it can be driven; fail with what it printed instead."""
    assert process.stderr is not None
    printed: list[str] = []
    async with asyncio.timeout(within):
        while line := (await process.stderr.readline()).decode(errors="replace"):
            printed.append(line)
            if found := re.search(r"ws://\S+", line):
                drain = asyncio.create_task(_drain(process.stderr))
                _DRAINS.add(drain)
                drain.add_done_callback(_DRAINS.discard)
                return found[0]
    raise AssertionError(f"the browser did not start:\n{''.join(printed)}")


async def ended(process: asyncio.subprocess.Process, within: float = 15) -> None:
    """Let a process end by itself, then end it."""
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), within)
    except TimeoutError:
        process.kill()
        await process.wait()


_DRAINS: Final[set[asyncio.Task[None]]] = set()


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(65_536):
        pass
