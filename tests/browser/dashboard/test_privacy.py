"""What the page asks for, keeps and lets through."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest

from tests.browser.dashboard.conftest import shows
from tests.browser.dashboard.rooms import room

if TYPE_CHECKING:
    from tests.browser.chromium import Chromium
    from tests.browser.dashboard.conftest import Desk
    from tests.browser.drivers import Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_STORED: Final = """async () => [
  localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length, document.cookie,
]"""
_HOSTILE: Final = (
    '/"><script>window.hit=1</script>',
    "/'onmouseover='window.hit=1",
    "javascript:window.hit=1//",
    "/%0a%22",
)
#: Whether it ran, and what of it became part of the page: scripts, handlers, links and forms that lead elsewhere.
_HARM: Final = """[
  Number(Boolean(window.hit)),
  document.querySelectorAll("script:not([src])").length,
  [...document.querySelectorAll("*")].filter((node) => [...node.attributes].some((one) => /^on/.test(one.name))).length,
  [...document.querySelectorAll("a[href], form")].filter((node) => !/^http/.test(node.href ?? node.action)).length,
]"""


async def test_no_other_host_nothing_stored_nothing_blocked(chromium_process: Chromium, full: Desk) -> None:
    """A walk over the page asks this server alone, keeps nothing but the cookie, and breaks no policy."""
    async with room(chromium_process, full) as page:
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        for query in (
            "",
            "&country=DE",
            "&view=pages",
            "&view=funnel&step=/&step=/pricing",
            "&view=live",
            "&period=7d",
        ):
            await page.goto(f"{full.url()}{query}")
        await page.goto(full.url("/settings/groups", site=full.domain))
        assert await page.evaluate(_STORED) == [0, 0, 0, 0, 0, ""]
        here = urlsplit(full.footfall.api_url).netloc
        assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {here}
        assert said == []
        cookies = await page.context.cookies()
        assert [(each["name"], each["httpOnly"], each["sameSite"]) for each in cookies] == [("footfall", True, "Lax")]


async def test_what_strangers_send_stays_text(visitor_in: Tab, desk: Desk) -> None:
    """Paths, referrers, names and campaigns that try to be markup or scripts are shown as they are, and do nothing."""
    await asyncio.to_thread(_send, desk)
    await visitor_in.open(desk.url())
    await shows(visitor_in, "document.querySelector('#live .here')")
    for query in ("", "&sources=campaigns", "&view=events", "&view=pages", "&view=live"):
        await visitor_in.open(f"{desk.url()}&period=today{query}")
        assert await visitor_in.run(_HARM) == [0, 0, 0, 0], query
    await visitor_in.open(f"{desk.url()}&period=today")
    await shows(visitor_in, "document.body.textContent.includes('\\\"><script>window.hit=1</script>')")


def _send(desk: Desk) -> None:
    for text in _HOSTILE:
        desk.collect(text if text.startswith("/") else f"/{text}", referrer=f"https://x.example/{text}")
        desk.collect("/", event_type="custom", properties={"name": text}, utm_source=text, utm_campaign=text)
