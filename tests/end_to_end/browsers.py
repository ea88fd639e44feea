"""Debian's Chromium, driven by Playwright, looking like a person's."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.services import require

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

CHROMIUM = shutil.which("chromium")
#: Headless Chromium names itself so, and would rightly be judged a bot.
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def visitor(user_agent: str | None = PERSON) -> Iterator[BrowserContext]:
    """Yield a fresh browser of one person; None leaves the headless browser's own name."""
    if CHROMIUM is None:
        require("no chromium on the PATH: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=_FLAGS)
        context = browser.new_context(user_agent=user_agent)
        try:
            yield context
        finally:
            context.close()
            browser.close()
