"""What a page says once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


async def test_an_address_says_only_what_is_known(page_client: httpx.AsyncClient) -> None:
    """A page says that something was saved, and nothing that somebody made up."""
    for word, expected in [("saved", True), ("Call 555-1234", False)]:
        page = (await page_client.get("/", params={"site": "example.com", "saved": word})).text
        assert ('<p class="said">Saved.</p>' in page) is expected
        assert "555" not in page
