"""Every page and state by axe, and by what people do to pages: large text, narrow windows, no scripts."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import pytest

from api.dashboard.settings.sections import Section
from tests.browser.dashboard.rooms import room

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.async_api import Page

    from tests.browser.chromium import Chromium
    from tests.browser.dashboard.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DESK: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE: Final[dict[str, Any]] = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
AXE: Final = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SERIOUS: Final = {"serious", "critical"}
#: Addresses of the report by what they show.
REPORTS: Final = {
    "report": "",
    "today": "period=today",
    "year": "period=12m&compare=yoy&metric=bounce",
    "filtered": "country=!DE&page=/docs*",
    "other tabs": "pages=exit&sources=campaigns&places=cities&devices=screens&events=scroll",
    "no rows": "country=XX",
    "pages": "view=pages",
    "sources": "view=sources&sort=-bounce&search=g",
    "events": "view=events&events=links",
    "flow": "view=flow&of=/pricing",
    "filter": "view=filter&of=country",
    "funnel": "view=funnel&step=/pricing&step=/signup&step=signup_complete",
    "share": "view=share",
    "note": "view=note&of=2026-01-01",
    "help": "view=help",
    "live": "view=live&theme=dark",
}
SAME_ON_PHONES: Final = {"today", "year", "other tabs", "sources", "events"}
#: Those that differ where there is little room.
NARROW: Final = ("", "country=!DE&page=/docs*", "view=pages", "view=filter&of=country", REPORTS["funnel"], "view=help")
SETTINGS: Final = tuple(Section)
#: What is wider than the window and may be scrolled sideways by itself is not cut off.
_CUT: Final = """() => {
  const room = document.documentElement.clientWidth;
  const scrolls = (node) => node && (getComputedStyle(node).overflowX === 'auto' || scrolls(node.parentElement));
  return [...document.querySelectorAll('main *, header *, dialog *')]
    .filter((node) => node.getClientRects().length && !node.closest('svg, .sr, .skip') && !scrolls(node))
    .filter((node) => node.getBoundingClientRect().right > room + 1)
    .map((node) => node.outerHTML.slice(0, 120));
}"""
_STICKS_OUT: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def report(desk: Desk, query: str) -> str:
    """The address of a report."""
    return f"{desk.url()}&{query}" if query else desk.url()


async def found(page: Page) -> list[str]:
    """What axe finds that is serious."""
    await page.evaluate(AXE)
    violations: list[dict[str, Any]] = (await page.evaluate("axe.run({resultTypes: ['violations']})"))["violations"]
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in violations
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("name", REPORTS)
async def test_reports_have_no_serious_finding(chromium_process: Chromium, full: Desk, name: str) -> None:
    """On a desk in the light and, unless it differs from another in nothing but its values, on a phone in the dark."""
    for given in (DESK,) if name in SAME_ON_PHONES else (DESK, PHONE):
        async with room(chromium_process, full, **given) as page:
            await page.goto(report(full, REPORTS[name]))
            assert await found(page) == []


@pytest.mark.parametrize("given", [DESK, PHONE], ids=["desk", "phone"])
async def test_settings_have_no_serious_finding(
    chromium_process: Chromium, full: Desk, given: Mapping[str, Any]
) -> None:
    """The same of every section of the settings."""
    async with room(chromium_process, full, **given) as page:
        for section in SETTINGS:
            await page.goto(full.url(f"/settings/{section}", site=full.domain))
            assert await found(page) == [], section


async def test_pages_around_the_report_have_no_serious_finding(
    chromium_process: Chromium, full: Desk, desk: Desk
) -> None:
    """Signing in, with a wrong key too; a site without visits; several sites; a new one; what is not there."""
    for given in (DESK, PHONE):
        async with room(chromium_process, **given) as page:
            await page.goto(full.url("/sign-in"))
            assert await found(page) == []
            await page.fill("#key", "wrong")
            await page.press("#key", "Enter")
            await page.wait_for_selector("#key-error")
            assert await found(page) == []
        async with room(chromium_process, desk, **given) as page:
            await page.goto(desk.url())
            assert await found(page) == []
        async with room(chromium_process, full, key=full.footfall.key, **given) as page:
            for path in ("/", "/sites/new", "/?site=nobody.example", "/unsubscribe/x"):
                await page.goto(f"{full.footfall.api_url}{path}")
                assert await found(page) == [], path


@pytest.mark.parametrize("width", [320, 1_280 // 5])
async def test_nothing_is_cut_off(chromium_process: Chromium, full: Desk, width: int) -> None:
    """In a window of 320 px, and with a desk's window at five times the size, nothing is wider than the window."""
    async with room(chromium_process, full, viewport={"width": width, "height": 800}) as page:
        for query in NARROW:
            await page.goto(report(full, query))
            assert await page.evaluate(_CUT) == [], query
            assert await page.evaluate(_STICKS_OUT) == 0, query
        for section in SETTINGS:
            await page.goto(full.url(f"/settings/{section}", site=full.domain))
            assert await page.evaluate(_CUT) == [], section
            assert await page.evaluate(_STICKS_OUT) == 0, section


async def test_works_without_scripts(chromium_process: Chromium, full: Desk) -> None:
    """Rows filter, periods change, dialogs are pages, and chips go, by links alone."""
    async with room(chromium_process, full, java_script_enabled=False) as page:
        await page.goto(full.url())
        await page.click("#panel-places a.name >> nth=0")
        assert "country=" in page.url
        await page.click("#panel-places .all, #panel-places a[href*='view=places']")
        assert "view=places" in page.url
        await page.fill("input[name=search]", "ger")
        await page.press("input[name=search]", "Enter")
        assert "search=ger" in page.url
        await page.goto(f"{full.url()}&country=DE")
        await page.click(".chip-remove")
        assert "country" not in page.url


async def test_colours_of_ones_own_keep_bars(chromium_process: Chromium, full: Desk) -> None:
    """Where a browser takes its own colours, bars have outlines and the line of the chart is there."""
    async with room(chromium_process, full, forced_colors="active") as page:
        await page.goto(full.url())
        assert await page.eval_on_selector(".panel .share rect", "(bar) => getComputedStyle(bar).strokeWidth") != "0px"
        line = await page.eval_on_selector("#report .chart path.line", "(line) => getComputedStyle(line).stroke")
        paper = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert line not in {"none", paper}
