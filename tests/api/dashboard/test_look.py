"""`GET /`: who sees which report at which address."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.api.dashboard.conftest import PageWorld


async def test_the_only_site_is_named(page_world_: PageWorld) -> None:
    """Who has one site is led to its report, whose address names it."""
    led = await page_world_.client.get("/")
    assert (led.status_code, led.headers["location"]) == (302, "/?site=example.com")
    shown = await page_world_.client.get(led.headers["location"])
    assert (shown.status_code, "<title>example.com" in shown.text) == (200, True), shown.text
