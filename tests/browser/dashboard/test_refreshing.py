"""A report that stays open: what is looked at again and again leaves nothing behind."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.dashboard.conftest import shows
from tests.browser.stage import until
from tests.end_to_end.browsers import PERSON

if TYPE_CHECKING:
    from tests.browser.chromium import ChromiumTab
    from tests.browser.dashboard.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_TIMES: Final = 20
#: The first refresh makes nodes of the attributes that it changes; from then on there are as many.
_FIRST_GROWTH: Final = 1.25
_GROWTH: Final = 1.1
#: What the report does by itself each minute.
_REFRESH: Final = """async () => {
  const {name} = performance.getEntriesByType("resource").find((each) => /nav[^/]*\\.js/.test(each.name));
  const {visit} = await import(name);
  await visit(location.href, {push: false, quiet: true});
}"""


async def test_refreshes_leave_no_nodes_behind(signed_in: ChromiumTab, desk: Desk) -> None:
    """Neither those of answers nor those that were replaced are kept: after many there are as many as after one."""
    await asyncio.to_thread(desk.collect, "/a")
    await signed_in.open(desk.url())
    await shows(signed_in, "document.querySelector('#report .chart')")
    protocol = await signed_in.page.context.new_cdp_session(signed_in.page)

    async def nodes() -> int:
        await protocol.send("HeapProfiler.collectGarbage")
        counters = await protocol.send("Memory.getDOMCounters")
        return int(counters["nodes"])

    async def beyond(bound: float) -> int:
        return max(0, await nodes() - int(bound))

    async def refresh(person: int) -> None:
        await asyncio.to_thread(desk.collect, "/a", agent=f"{PERSON} Person/{person}.0")
        await signed_in.page.evaluate(_REFRESH)

    opened = await nodes()
    await refresh(0)
    # What is let go of may need another collection or the end of a task; what leaks stays for good.
    await until(lambda: beyond(opened * _FIRST_GROWTH), 0)
    once = await nodes()
    for person in range(1, _TIMES):
        await refresh(person)
    assert str(_TIMES + 1) in await signed_in.run("document.querySelector('#report .metrics').textContent")
    await until(lambda: beyond(once * _GROWTH), 0)
