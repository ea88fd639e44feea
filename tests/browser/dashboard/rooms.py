"""Browsers of one look at the page: of any size, light or dark, with or without scripts."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page

    from tests.browser.chromium import Chromium
    from tests.browser.dashboard.conftest import Desk

_COOKIE: Final = "footfall"


@asynccontextmanager
async def room(browser: Chromium, desk: Desk | None = None, *, key: str = "", **given: Any) -> AsyncIterator[Page]:  # noqa: ANN401 - what Playwright's contexts take
    """A page in a browser of its own, signed in at the desk if there is one, with its key or another."""
    context = await browser.emulated.new_context(**{"reduced_motion": "reduce", "locale": "en-GB", **given})
    try:
        if desk is not None:
            await context.add_cookies([_cookie(desk, key or desk.key)])
        yield await context.new_page()
    finally:
        await context.close()


def _cookie(desk: Desk, key: str) -> Any:  # noqa: ANN401 - what Playwright takes
    url = desk.url("/sign-in")
    answer = httpx.post(url, data={"key": key}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303, answer.text
    host = urlsplit(url).hostname
    return {"name": _COOKIE, "value": answer.cookies[_COOKIE], "domain": host, "path": "/", "httpOnly": True}
