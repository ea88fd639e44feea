"""A demo that is full and goes on, for what looks at it longer or closer than a test."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ops.demo.running import FILLED
from ops.demo.world import DOMAIN
from tests.end_to_end.processes import Process, environment, single_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Page

    from tests.end_to_end.processes import Installation

_FILLED_WITHIN: Final = 1_800


@contextmanager
def demonstration(*options: str) -> Iterator[Installation]:
    """A single node in a folder that goes afterwards, with the demo on it: filled, and visitors coming."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footfall-demo-")))
        footfall = single_node(folder)
        stack.callback(footfall.stop)
        demo = Process(
            arguments=["demo", "--data", str(folder / "data"), *options],
            environment=environment(),
            log=folder / "demo.log",
        )
        demo.start()
        stack.callback(demo.stop)
        _wait(demo)
        yield footfall


def chromium_program() -> str:
    """Where Chromium is; without it the program ends and says what to install."""
    return shutil.which("chromium") or sys.exit("no chromium on the PATH: install Debian's package chromium")


async def sign_in(page: Page, footfall: Installation, query: str = "") -> None:
    """Open the demo's report with this end of its address, through the sign-in."""
    await page.goto(f"{footfall.api_url}/?site={DOMAIN}{query}")
    await page.fill("#key", footfall.key)
    await page.press("#key", "Enter")
    await page.wait_for_selector("#live .here")


def _wait(demo: Process) -> None:
    deadline = time.monotonic() + _FILLED_WITHIN
    while FILLED not in demo.tail():
        if demo.running.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"the demo was not filled:\n{demo.tail()}")
        time.sleep(1)
