"""The table of sites in a browser."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.dashboard.conftest import shows

if TYPE_CHECKING:
    from tests.browser.chromium import ChromiumTab
    from tests.browser.dashboard.conftest import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

_ROWS: Final = (
    "[...document.querySelectorAll('#sites tbody tr')].map((row) => [...row.cells].slice(0, 3)"
    ".map((cell) => cell.textContent.trim()).join(' '))"
)


async def test_sites_are_sorted_and_looked_at_again(desk: Desk, signed_in: ChromiumTab) -> None:
    """A click on a heading turns the order around, a site leads to its report, and who comes is there by and by."""
    other = f"a-{desk.domain}"
    desk.api("POST", "websites", {"domain": other})
    await asyncio.to_thread(desk.collect, "/")
    await signed_in.page.add_init_script(
        "const real = setInterval; window.setInterval = (act, wait) => real(act, wait === 30000 ? 500 : wait);"
    )
    await signed_in.open(f"{desk.footfall.api_url}/")
    await shows(signed_in, f"{_ROWS}.join() === '{other} 0 0,{desk.domain} 1 1'")
    await signed_in.page.click("#sites thead th:nth-child(2) a")
    await shows(signed_in, f"{_ROWS}.join() === '{desk.domain} 1 1,{other} 0 0'")
    assert await signed_in.run("document.querySelector('[aria-sort]').textContent.trim()") == "Here now ↓"
    await signed_in.page.mouse.move(5, 5)
    await signed_in.run("document.activeElement.blur()")
    await asyncio.to_thread(desk.collect, "/", agent="Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Firefox/153.0")
    await shows(signed_in, f"{_ROWS}[0] === '{desk.domain} 2 2'")
    await signed_in.page.click(f"#sites a:text-is('{desk.domain}')")
    await shows(signed_in, "document.querySelector('#live .here')?.textContent === '2'")
