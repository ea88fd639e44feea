"""The live strip in browsers: it turns up, keeps up, stands still under a hand, and says when it is old."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from ops.clock import SystemClock
from tests.browser.dashboard.conftest import shows
from tests.browser.dashboard.wire import wire_to
from tests.end_to_end.browsers import PERSON

if TYPE_CHECKING:
    from tests.browser.chromium import ChromiumTab
    from tests.browser.dashboard.conftest import Desk
    from tests.browser.drivers import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

_HERE: Final = "document.querySelector('#live .here')?.textContent"
_PAGES: Final = "[...document.querySelectorAll('#live-pages li')].map((row) => row.querySelector('a').textContent)"
#: Nobody may reload the page: what is set here would be gone.
_MARK: Final = "(window.unloaded = false) || 1"
_STAYED: Final = "window.unloaded === false"


def collect(desk: Desk, person: int, path: str = "/") -> None:
    """A person of this number looks at a page."""
    desk.collect(path, agent=f"{PERSON} Person/{person}.0")


async def test_an_empty_site_turns_live_on_the_first_event(desk: Desk, visitor_in: Tab) -> None:
    """Without a reload: the first visit is told, the strip is there, then the report; and the status line says it."""
    await visitor_in.open(desk.url())
    await shows(visitor_in, "document.querySelector('#live.waiting')")
    snippet = await visitor_in.run("document.querySelector('#snippet').textContent")
    assert f'data-id="{desk.site}"' in snippet
    await visitor_in.run(_MARK)
    await shows(visitor_in, "document.documentElement.dataset.live === 'on'")
    await asyncio.to_thread(collect, desk, 1, "/pricing")
    await shows(visitor_in, "document.querySelector('#live .first')")
    assert await visitor_in.run(f"[{_HERE}, document.querySelector('#live .first').textContent]") == [
        "1",
        "First visit: /pricing · just now",
    ]
    await shows(visitor_in, "document.querySelector('#status').textContent.startsWith('First visit: /pricing')")
    await shows(visitor_in, "document.querySelector('#report .metrics')")
    assert await visitor_in.run(_STAYED)


async def test_a_visit_is_seen_within_a_second(desk: Desk, visitor_in: Tab) -> None:
    """From the answer of the collector to the number on the page."""
    await asyncio.to_thread(collect, desk, 1)
    await visitor_in.open(desk.url())
    await shows(visitor_in, f"{_HERE} === '1'")
    # It is written anew every 30 seconds at most.
    assert await visitor_in.run("document.title") in {f"{here} now · {desk.domain}" for here in (0, 1)}
    took = []
    for person in range(2, 6):
        await visitor_in.run(
            f"(() => {{ window.seen = new Promise((done) => setInterval(() => {{ if ({_HERE} === '{person}')"
            " done(Date.now()); }, 5)); return 1; })()"
        )
        await asyncio.to_thread(collect, desk, person)
        collected = SystemClock().now_ms()
        took.append(await visitor_in.run("window.seen") - collected)
        # The stream says nothing for a second after it has said something.
        await asyncio.sleep(1.1)
    assert sorted(took)[1] <= 1_000, took


async def test_rows_stay_under_the_pointer_while_data_changes(desk: Desk, signed_in: ChromiumTab) -> None:
    """The list below it is left alone, what is around it is not; when it has left, the rows are in their order."""
    for person in range(2):
        await asyncio.to_thread(collect, desk, person, "/first")
    await asyncio.to_thread(collect, desk, 2, "/second")
    await signed_in.open(desk.url())
    await shows(signed_in, f"{_PAGES}.length === 2")
    await signed_in.page.hover("#live-pages li:first-child a")
    assert await signed_in.run(_PAGES) == ["/first 2", "/second 1"]
    await asyncio.to_thread(collect, desk, 3, "/second")
    await asyncio.to_thread(collect, desk, 4, "/second")
    await shows(signed_in, f"{_HERE} === '5'")
    assert await signed_in.run(_PAGES) == ["/first 2", "/second 1"]
    await signed_in.page.mouse.move(5, 5)
    await shows(signed_in, f"{_PAGES}.join() === '/second 3,/first 2'")


async def test_rows_stay_where_the_focus_is(desk: Desk, signed_in: ChromiumTab) -> None:
    """As long as it is there, and it is not lost."""
    await asyncio.to_thread(collect, desk, 1, "/first")
    await signed_in.open(desk.url())
    await shows(signed_in, f"{_PAGES}.length === 1")
    await signed_in.run("document.querySelector('#live-pages a').focus()")
    await asyncio.to_thread(collect, desk, 2, "/second")
    await shows(signed_in, f"{_HERE} === '2'")
    assert await signed_in.run(_PAGES) == ["/first 1"]
    assert await signed_in.run("document.activeElement.textContent") == "/first 1"
    await signed_in.run("document.activeElement.blur()")
    await shows(signed_in, f"{_PAGES}.length === 2")


async def test_a_stream_that_is_cut_says_so_and_comes_back(desk: Desk, signed_in: ChromiumTab) -> None:
    """Five seconds later the strip is called paused, with the time of its data; once it is back that is said once."""
    await asyncio.to_thread(collect, desk, 1)
    async with wire_to(desk.footfall.api_url) as wire:
        await signed_in.open(desk.url().replace(desk.footfall.api_url, wire.url))
        await shows(signed_in, f"{_HERE} === '1' && document.documentElement.dataset.live === 'on'")
        wire.cut()
        await shows(signed_in, "document.documentElement.dataset.live === 'stale'", within=20)
        paused = await signed_in.run("document.querySelector('#live .paused').textContent")
        until = await signed_in.run("document.querySelector('#until').textContent")
        assert paused == f"Paused, last data {until}"
        assert await signed_in.run("document.querySelector('#live .paused').checkVisibility()")
        assert await signed_in.run("document.title") == desk.domain
        await asyncio.to_thread(collect, desk, 2)
        wire.mend()
        await shows(signed_in, "document.documentElement.dataset.live === 'on'", within=45)
        await shows(signed_in, f"{_HERE} === '2'")
        await shows(signed_in, "document.querySelector('#status').textContent === 'Live again.'")
        assert not await signed_in.run("document.querySelector('#live .paused').checkVisibility()")
        await signed_in.open("about:blank")


async def test_changes_are_read_out_on_demand(desk: Desk, signed_in: ChromiumTab) -> None:
    """By a button that shows when it has the focus; the strip itself is never read out."""
    await asyncio.to_thread(collect, desk, 1, "/pricing")
    await signed_in.open(desk.url())
    await shows(signed_in, f"{_HERE} === '1'")
    assert await signed_in.run("document.querySelectorAll('#live [aria-live], #live [role=status]').length") == 0
    await signed_in.page.focus("#live .announce")
    await signed_in.page.keyboard.press("Enter")
    await shows(signed_in, "document.querySelector('#status').textContent.includes('here now')")
    said = await signed_in.run("document.querySelector('#status').textContent")
    assert said.startswith("1 here now, 1 visitor in 30 minutes. Pages: /pricing 1. Sources: Direct 1.")


async def test_a_row_leads_to_its_report(desk: Desk, signed_in: ChromiumTab) -> None:
    """A click adds the filter, and the rows of the strip keep it from then on."""
    await asyncio.to_thread(collect, desk, 1, "/pricing")
    await signed_in.open(desk.url())
    await shows(signed_in, f"{_PAGES}.length === 1")
    await signed_in.run(_MARK)
    await signed_in.page.click("#live-pages a")
    await shows(signed_in, "new URLSearchParams(location.search).get('page') === '/pricing'")
    kept = "document.querySelector('#live-devices a').search.includes('page=/pricing')"
    await shows(signed_in, kept)
    assert await signed_in.run(_STAYED)


async def test_a_screen_of_its_own(desk: Desk, signed_in: ChromiumTab) -> None:
    """The strip alone, dark if the address says so, and live; one click from the report and back."""
    await asyncio.to_thread(collect, desk, 1, "/pricing")
    await signed_in.open(desk.url(view="live", theme="dark"))
    await shows(signed_in, "document.querySelector('#live.wall')")
    assert await signed_in.run("getComputedStyle(document.body).backgroundColor") == "rgb(19, 20, 18)"
    assert await signed_in.run("document.querySelector('#report')") is None
    await asyncio.to_thread(collect, desk, 2, "/pricing")
    await shows(signed_in, f"{_HERE} === '2'")
    await signed_in.page.click("#header a:text('Report')")
    await shows(signed_in, "document.querySelector('#live:not(.wall)') && document.querySelector('#report')")
    await signed_in.page.hover("#live .here")
    await signed_in.page.click("#live .full")
    await shows(signed_in, "document.querySelector('#live.wall')")


async def test_a_hidden_tab_closes_its_stream(desk: Desk, signed_in: ChromiumTab) -> None:
    """After a minute, and opens another one when somebody looks at it again."""
    await asyncio.to_thread(collect, desk, 1)
    await signed_in.page.add_init_script(
        "window.streams = []; window.EventSource = class extends EventSource { constructor(...given) {"
        " super(...given); streams.push(this); } };"
        "const real = setTimeout; window.setTimeout = (act, wait, ...rest) =>"
        " real(act, wait === 60000 ? 300 : wait, ...rest);"
    )
    await signed_in.open(desk.url())
    await shows(signed_in, "window.streams.length === 1 && document.documentElement.dataset.live === 'on'")
    await signed_in.cover()
    await shows(signed_in, "window.streams[0].readyState === EventSource.CLOSED")
    await asyncio.to_thread(collect, desk, 2)
    await signed_in.uncover()
    await shows(signed_in, f"window.streams.length === 2 && {_HERE} === '2'")
    assert await signed_in.run("document.documentElement.dataset.live") == "on"
