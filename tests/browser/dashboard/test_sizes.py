"""The page on a phone, a tablet, a desk and a wide screen: nothing lies over anything, nothing sticks out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.dashboard.rooms import room

if TYPE_CHECKING:
    from tests.browser.chromium import Chromium
    from tests.browser.dashboard.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SIZES: Final = {390: 844, 768: 1024, 1280: 800, 1920: 1080}
#: Texts that share more than a hair's breadth with another: lines may touch, letters may not.
_OVERLAPS: Final = """() => {
  const HAIR = 3;
  const shown = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !node.closest('.sr, .skip, .announce, [popover], dialog');
  const clip = (node, box) => {
    for (let up = node; up && up !== document.body; up = up.parentElement) {
      if (up instanceof SVGElement || getComputedStyle(up).overflowX === 'visible') continue;
      const room = up.getBoundingClientRect();
      box = {
        left: Math.max(box.left, room.left), right: Math.min(box.right, room.right),
        top: Math.max(box.top, room.top), bottom: Math.min(box.bottom, room.bottom),
      };
    }
    return box;
  };
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, node = text.parentElement;
    if (!text.data.trim() || !shown(node)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const each of range.getClientRects()) boxes.push({ of: text, text: text.data.trim(), ...clip(node, each) });
  }
  const found = [];
  boxes.forEach((one, place) => {
    for (const other of boxes.slice(place + 1)) {
      if (other.of === one.of) continue; // the letters that an ellipsis stands for
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > HAIR && down > HAIR) found.push(`${one.text} | ${other.text}`);
    }
  });
  return found;
}"""
_STICKS_OUT: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_BOTTOM: Final = "(all) => Math.max(...all.map((each) => each.getBoundingClientRect().bottom))"


@pytest.mark.parametrize(("width", "height"), SIZES.items(), ids=map(str, SIZES))
async def test_nothing_lies_over_anything(chromium_process: Chromium, full: Desk, width: int, height: int) -> None:
    """The report with filters and a comparison, its settings, and the strip alone, at every size."""
    async with room(chromium_process, full, viewport={"width": width, "height": height}) as page:
        for query in (
            "",
            "&country=!DE&country=!US&page=/docs*&sources=campaigns&places=cities&events=links",
            "&period=12m&compare=yoy&metric=duration",
            "&period=today",
            "&view=live",
        ):
            await page.goto(f"{full.url()}{query}")
            await page.wait_for_selector("#live")
            assert await page.evaluate(_OVERLAPS) == [], query
            assert await page.evaluate(_STICKS_OUT) == 0, query
        for section in ("snippet", "not-counted", "keys"):
            await page.goto(full.url(f"/settings/{section}", site=full.domain))
            assert await page.evaluate(_OVERLAPS) == [], section
            assert await page.evaluate(_STICKS_OUT) == 0, section


async def test_a_wide_screen_shows_it_at_a_glance(chromium_process: Chromium, full: Desk) -> None:
    """Strip, numbers, chart and the first three panels are on one screen of 1920 by 1080."""
    async with room(chromium_process, full, viewport={"width": 1_920, "height": 1_080}) as page:
        await page.goto(full.url())
        assert await page.eval_on_selector_all(".panel:nth-child(-n + 3)", "(all) => all.length") == 3
        assert await page.eval_on_selector_all(".panel:nth-child(-n + 3) footer", _BOTTOM) <= 1_080


@pytest.mark.parametrize(("width", "height"), [(1_280, 800), (1_920, 1_080)])
async def test_the_strip_alone_needs_no_scrolling(
    chromium_process: Chromium, full: Desk, width: int, height: int
) -> None:
    """On a screen that hangs on a wall nobody scrolls."""
    async with room(chromium_process, full, viewport={"width": width, "height": height}) as page:
        await page.goto(full.url(view="live"))
        await page.wait_for_selector("#live.wall")
        assert await page.eval_on_selector_all("main, #footer", _BOTTOM) <= height


async def test_nothing_moves_for_those_who_asked(chromium_process: Chromium, full: Desk) -> None:
    """With less motion wished for no animation runs; without, the ring of the live dot does."""
    running = "document.getAnimations().filter((each) => each.playState === 'running').length"
    for wish, moves in (("reduce", False), ("no-preference", True)):
        async with room(chromium_process, full, reduced_motion=wish) as page:
            await page.goto(full.url())
            await page.wait_for_selector("[data-live=on] #live .here")
            assert (await page.evaluate(running) > 0) is moves


async def test_the_theme_is_the_systems_or_the_addresss(chromium_process: Chromium, full: Desk) -> None:
    """Light or dark as the system has it; an address that names a theme has the last word."""
    paper = "getComputedStyle(document.body).backgroundColor"
    light, dark = "rgb(251, 250, 247)", "rgb(19, 20, 18)"
    for scheme, query, colour in (
        ("light", "", light),
        ("dark", "", dark),
        ("light", "&theme=dark", dark),
        ("dark", "&theme=light", light),
    ):
        async with room(chromium_process, full, color_scheme=scheme) as page:
            await page.goto(f"{full.url()}{query}")
            assert await page.evaluate(paper) == colour
