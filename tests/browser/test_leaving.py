"""How long a page was engaged and how far it was read, in a real Chromium whose clock can be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.browser.stage import Page, until

if TYPE_CHECKING:
    from tests.browser.chromium import ChromiumTab
    from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_MINUTE: Final = 60_000
#: A clock of the page that can be moved; Playwright's own would stay in every page that is opened later.
_CLOCK: Final = """{
  const [now, epoch] = [performance.now.bind(performance), Date.now];
  let moved = 0;
  performance.now = () => now() + moved;
  Date.now = () => epoch() + moved;
  window.moveClock = milliseconds => { moved += milliseconds; };
}"""
#: Real milliseconds that a test takes, beside those that the clock is moved by.
_SLACK: Final = 5_000


def engaged(stage: Stage) -> list[int]:
    """Milliseconds of each leaving, as sent."""
    return [event["properties"]["engaged_ms"] for event in stage.events() if event["event_type"] == "close_tab"]


async def test_without_focus(tab: ChromiumTab, stage: Stage) -> None:
    """Time passes for nobody while the window has no focus, visible or not."""
    await tab.page.add_init_script("document.hasFocus = () => false")
    await tab.page.add_init_script(_CLOCK)
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await _pass(tab, _MINUTE // 2)
    await tab.page.mouse.move(50, 60)
    await tab.run("analytics.track('marker')")
    await tab.cover()
    await tab.run("history.pushState(null, '', '/')")
    await until(stage.customs, {"marker": 1})

    assert engaged(stage) in ([], [0])


async def test_idle_visitor(tab: ChromiumTab, stage: Stage) -> None:
    """Five minutes without a sign of life count as one: nobody was there."""
    await tab.page.add_init_script(_CLOCK)
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await _pass(tab, 5 * _MINUTE)
    await tab.page.mouse.move(50, 60)
    await tab.cover()
    await until(stage.types, {"page_view": 1, "close_tab": 1})

    (sent,) = engaged(stage)

    assert _MINUTE <= sent < _MINUTE + _SLACK


async def test_busy_visitor(tab: ChromiumTab, stage: Stage) -> None:
    """Gaps of less than a minute count whole, and each leaving sends what came since the one before."""
    await tab.page.add_init_script(_CLOCK)
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    for step in range(4):
        await _pass(tab, _MINUTE // 2)
        await tab.page.mouse.move(50, 60 + step)
    await tab.cover()
    await until(stage.types, {"page_view": 1, "close_tab": 1})
    await _pass(tab, _MINUTE // 2)
    await tab.uncover()
    await _pass(tab, _MINUTE // 6)
    await tab.cover()
    await until(stage.types, {"page_view": 1, "close_tab": 2})

    first, second = engaged(stage)

    assert 2 * _MINUTE <= first < 2 * _MINUTE + _SLACK
    assert _MINUTE // 6 <= second < _MINUTE // 6 + _SLACK


async def test_hidden_shown_hidden_at_once(tab: ChromiumTab, stage: Stage) -> None:
    """A tab that flickers was left once: there is nothing new to send the second time."""
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await tab.page.wait_for_timeout(150)
    await tab.cover()
    await until(stage.types, {"page_view": 1, "close_tab": 1})
    await tab.run(_FLICKER)
    await tab.run("analytics.track('marker')")

    await until(stage.types, {"page_view": 1, "close_tab": 1, "custom": 1})


async def test_left_open_for_long(tab: ChromiumTab, stage: Stage) -> None:
    """A tab closed after 40 minutes says so once, with the minute that somebody may have been there."""
    await tab.page.add_init_script(_CLOCK)
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await _pass(tab, 40 * _MINUTE)
    await tab.page.close(run_before_unload=True)
    await until(stage.types, {"page_view": 1, "close_tab": 1})

    (sent,) = engaged(stage)

    assert _MINUTE <= sent < _MINUTE + _SLACK
    assert (await stage.summary())["visits"] == 1


async def test_page_that_grows(tab: ChromiumTab, stage: Stage) -> None:
    """Marks are parts of the page as high as it is now; none comes twice."""
    stage.pages["/"] = Page(body=_high(4_000))
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await _scroll_to(tab, 600)
    assert await _marks(tab, stage) == {"scroll_25": 1}
    await tab.run("document.body.firstChild.setAttribute('height', 12000)")
    await _scroll_to(tab, 3_000)
    assert await _marks(tab, stage) == {"scroll_25": 1}
    await _scroll_to(tab, 6_000)
    assert await _marks(tab, stage) == {"scroll_25": 1, "scroll_50": 1}
    await _scroll_to(tab, 0)
    await _scroll_to(tab, 6_000)

    assert await _marks(tab, stage) == {"scroll_25": 1, "scroll_50": 1}


async def test_page_too_short_to_scroll(tab: ChromiumTab, stage: Stage) -> None:
    """A page that is seen whole at once has no marks, nor has a box that scrolls within it."""
    stage.pages["/"] = Page(body='<textarea rows="3">' + "line\n" * 90 + "</textarea>")
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await tab.page.mouse.move(50, 60)
    await tab.page.mouse.wheel(0, 900)
    await tab.run("document.querySelector('textarea').scrollTop = 500")
    await tab.page.wait_for_function("document.querySelector('textarea').scrollTop > 400")

    assert await _marks(tab, stage) == {}


async def test_marks_begin_anew_with_each_view(tab: ChromiumTab, stage: Stage) -> None:
    """Marks belong to the page that was scrolled, and wait for the next request."""
    stage.pages["/"] = Page(body=_high(4_000))
    await tab.open(stage.url("/"))
    await until(stage.views, {"/": 1})
    await _scroll_to(tab, 600)
    before = len(stage.collected())
    await tab.run("history.pushState(null, '', '/second')")
    await until(stage.views, {"/": 1, "/second": 1})
    await _scroll_to(tab, 0)
    await _scroll_to(tab, 600)
    assert await _marks(tab, stage) == {"scroll_25": 2}

    sent = [event["path"] for event in stage.events() if event["event_type"] == "scroll_25"]

    assert before == 1
    assert sent == ["/", "/second"]


#: The events of a tab that is shown and hidden again within a moment.
_FLICKER: Final = """(() => {
  for (const hidden of [false, true]) {
    Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
    Object.defineProperty(document, 'visibilityState', {value: hidden ? 'hidden' : 'visible', configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
    dispatchEvent(new Event(hidden ? 'blur' : 'focus'));
  }
})()"""


async def _pass(tab: ChromiumTab, milliseconds: int) -> None:
    await tab.run(f"moveClock({milliseconds})")


def _high(pixels: int) -> str:
    return f'<svg width="10" height="{pixels}"></svg>'  # a style would need the policy's leave


async def _scroll_to(tab: ChromiumTab, top: int) -> None:
    await tab.run(f"scrollTo(0, {top})")
    await tab.page.wait_for_function(f"Math.abs(scrollY - {top}) < 2")
    await tab.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


async def _marks(tab: ChromiumTab, stage: Stage) -> dict[str, Any]:
    """Marks as told once an event has arrived that takes all waiting ones along.

    The live window tells of both: it learns of a batch a moment after the other reports can show it.
    """
    before = await stage.count("custom")
    await tab.run("analytics.track('marker')")
    await until(lambda: stage.count("custom"), before + 1)
    return {name: count for name, count in (await stage.types()).items() if name.startswith("scroll")}
