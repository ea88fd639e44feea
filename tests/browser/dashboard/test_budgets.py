"""What the page weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.dashboard.rooms import room

if TYPE_CHECKING:
    from playwright.async_api import Request

    from tests.browser.chromium import Chromium
    from tests.browser.dashboard.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: Bytes as they are sent, with brotli.
BUDGET: Final = {"document": 12_000, "stylesheet": 7_000, "script": 10_000 + 3_500, "image": 1_000}
FIRST_LOAD: Final = 35_000


async def test_first_load_is_light(chromium_process: Chromium, full: Desk) -> None:
    """Each kind of file keeps its budget, all together keep theirs."""
    async with room(chromium_process, full) as page:
        sent: list[Request] = []
        page.on("requestfinished", lambda request: sent.append(request))  # noqa: PLW0108 - the driver takes no built-in
        await page.goto(full.url())
        await page.wait_for_selector("#report .chart")
        weights: dict[str, int] = {}
        for request in sent:
            if request.resource_type in BUDGET:
                sizes = await request.sizes()
                kind = request.resource_type
                weights[kind] = weights.get(kind, 0) + sizes["responseBodySize"]
        assert {kind: weight for kind, weight in weights.items() if weight > BUDGET[kind]} == {}
        assert sum(weights.values()) <= FIRST_LOAD


async def test_second_load_brings_the_document_alone(chromium_process: Chromium, full: Desk) -> None:
    """What does not change is not asked for again."""
    async with room(chromium_process, full) as page:
        await page.goto(full.url())
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.resource_type))
        await page.goto(f"{full.url()}&period=7d")
        cached = await page.evaluate(
            "performance.getEntriesByType('resource').filter((one) => /assets/.test(one.name) && one.transferSize > 0)"
            ".map((one) => one.name)"
        )
        assert cached == []
