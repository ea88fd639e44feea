"""Pictures of the page for the README, of a demo that runs while they are taken: `make pictures`."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from playwright.async_api import async_playwright

from ops.demo.running import FILLED
from ops.demo.world import DOMAIN
from tests.end_to_end.processes import Process, environment, single_node

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.end_to_end.processes import Installation

_FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
_FILLED_WITHIN: Final = 1_800
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
    program = shutil.which("chromium")
    if program is None:
        sys.exit("no chromium on the PATH: install Debian's package chromium")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footfall-pictures-")))
        footfall = single_node(folder)
        stack.callback(footfall.stop)
        demo = Process(
            arguments=["demo", "--data", str(folder / "data")],
            environment=environment(),
            log=folder / "demo.log",
        )
        demo.start()
        stack.callback(demo.stop)
        _wait(demo)
        asyncio.run(_take(program, footfall))


def _wait(demo: Process) -> None:
    """Until the year is there."""
    deadline = time.monotonic() + _FILLED_WITHIN
    while FILLED not in demo.tail():
        if demo.running.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"the demo was not filled:\n{demo.tail()}")
        time.sleep(1)
    time.sleep(_LIVE)


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
    await page.goto(f"{footfall.api_url}/?site={DOMAIN}{picture.query}")
    await page.fill("#key", footfall.key)
    await page.press("#key", "Enter")
    await page.wait_for_selector("#live", state="visible")
    await page.wait_for_timeout(2_000)
    await page.screenshot(path=_FOLDER / f"{picture.name}.png", full_page=picture.whole, animations="disabled")
    await context.close()


if __name__ == "__main__":
    main()
