"""Pictures of the page for the README, of a demo that runs while they are taken: `make pictures`."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from playwright.async_api import async_playwright

from tests.browser.demonstration import chromium_program, demonstration, sign_in

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.end_to_end.processes import Installation

_FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
#: Seconds until those who come are there for five minutes.
_LIVE: Final = 20


class Picture(NamedTuple):
    """A picture: whole pages by default, or what fits on the screen."""

    name: str
    width: int
    height: int
    dark: bool = False
    scale: float = 1
    whole: bool = True
    query: str = "&period=30d"


PICTURES: Final = (
    Picture("desktop", 1_280, 900),
    Picture("dark", 1_280, 900, dark=True),
    Picture("phone", 390, 844, scale=2, whole=False),
    Picture("live", 1_280, 720, dark=True, whole=False, query="&view=live"),
)


def main() -> None:
    """Fill a demo in a folder that goes afterwards, and take every picture."""
    program = chromium_program()
    with demonstration() as footfall:
        time.sleep(_LIVE)
        asyncio.run(_take(program, footfall))


async def _take(program: str, footfall: Installation) -> None:
    _FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for picture in PICTURES:
            await _one(browser, footfall, picture)
        await browser.close()


async def _one(browser: Browser, footfall: Installation, picture: Picture) -> None:
    context = await browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        device_scale_factor=picture.scale,
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    page = await context.new_page()
    await sign_in(page, footfall, picture.query)
    await page.wait_for_timeout(2_000)
    await page.screenshot(path=_FOLDER / f"{picture.name}.png", full_page=picture.whole, animations="disabled")
    await context.close()


if __name__ == "__main__":
    main()
