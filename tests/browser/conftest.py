"""One collector and one process of each browser for all of these tests, and a site of its own for each.

Everything asynchronous runs in one loop for the whole session, so that what is started once can be used by every test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.browser.chromium import Chromium, ChromiumTab, chromium
from tests.browser.drivers import installed
from tests.browser.firefox import firefox
from tests.browser.stage import stage_of
from tests.end_to_end.processes import single_node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.browser.drivers import Browser, Tab
    from tests.browser.firefox import Firefox
    from tests.browser.stage import Stage
    from tests.end_to_end.processes import Installation


@pytest.fixture(scope="session")
def footfall_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the single node has its data and its log."""
    return tmp_path_factory.mktemp("footfall")


@pytest.fixture(scope="session")
def footfall(footfall_folder: Path) -> Iterator[Installation]:
    """A running single node without rate limits: all that these tests send comes from one address."""
    running = single_node(footfall_folder)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium_program() -> str:
    """Where Chromium is."""
    return installed("chromium")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium_process(chromium_program: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chromium]:
    """A running Chromium."""
    async with chromium(chromium_program, tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture(scope="session")
def firefox_program() -> str:
    """Where Firefox is."""
    return installed("firefox-esr")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def firefox_process(firefox_program: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Firefox]:
    """A running Firefox."""
    async with firefox(firefox_program, tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


@pytest.fixture
def stage(footfall: Installation, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A site of the test's own."""
    name = "".join(letter if letter.isalnum() else "-" for letter in request.node.name)
    with stage_of(footfall, f"{name.strip('-').lower()}.example") as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def tab(chromium_process: Chromium) -> AsyncIterator[ChromiumTab]:
    """A tab of Chromium; it and all that it opened are closed at the end."""
    yield await chromium_process.tab()
    await chromium_process.clear()


@pytest.fixture(params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """Each browser in turn."""
    found: Browser = request.getfixturevalue(f"{request.param}_process")
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser) -> AsyncIterator[Tab]:
    """A tab of each browser in turn."""
    yield await browser.tab()
    await browser.clear()
