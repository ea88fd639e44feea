"""The stack of this file's tests: its engine, its images, its life from `up` to the removal of all that it made."""

from __future__ import annotations

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from ops.services import ports
from tests.compose import standins
from tests.compose.account import account
from tests.compose.door import Door
from tests.compose.engine import EngineError, choose
from tests.compose.stack import ROOT, Stack
from tests.services import require

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from tests.compose.engine import Engine

#: `upstream` fetches the images of others, `standins` makes them; else what of the two can be had.
IMAGES: Final = "FOOTFALL_COMPOSE_IMAGES"
_BASE: Final = "python:3.11-slim-bookworm"
_IMAGE: Final = "localhost/footfall:compose-test"


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Docker or Podman."""
    found = choose()
    if found is None:
        require("no container engine answers: start Docker, or `apt-get install podman netavark aardvark-dns`")
    return found


@pytest.fixture(scope="module")
def stack(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole file, built, up and healthy."""
    number = secrets.randbelow(100) + 100
    stack = Stack(
        engine=engine,
        folder=tmp_path_factory.mktemp("compose"),
        project=f"footfall-test-{secrets.token_hex(4)}",
        settings={
            "FOOTFALL_IMAGE": _IMAGE,
            "FOOTFALL_BIND": "127.0.0.1",
            "FOOTFALL_PORT": str(ports.free()),
            "PROMETHEUS_PORT": str(ports.free()),
            "GRAFANA_PORT": str(ports.free()),
            "FOOTFALL_EDGE_SUBNET": f"172.31.{number}.0/24",
            "FOOTFALL_EDGE_RANGE": f"172.31.{number}.128/26",
            "FOOTFALL_PROXY_ADDRESS": f"172.31.{number}.2",
            "FOOTFALL_RATE_LIMITS": "off",  # the load comes from one address
            "FOOTFALL_BROKER_SESSION_TIMEOUT": "6",
        },
    )
    try:
        _images(engine, [_BASE])
        with ThreadPoolExecutor() as pool:
            built = pool.submit(engine.build, ROOT, _IMAGE)
            _images(engine, stack.upstream())
    except EngineError as error:
        require(f"images cannot be had: {error}")
    built.result()
    with _removed(stack):
        stack.up()
        stack.wait_healthy()
        yield stack


@pytest.fixture
def door(stack: Stack) -> Door:
    """The proxy, with every container healthy whatever the test before has left."""
    stack.wait_healthy()
    return Door.open(stack, f"http://127.0.0.1:{stack.settings['FOOTFALL_PORT']}")


@pytest.fixture
def prometheus(stack: Stack) -> str:
    """Where Prometheus answers."""
    stack.wait_healthy()
    return f"http://127.0.0.1:{stack.settings['PROMETHEUS_PORT']}"


@pytest.fixture
def grafana(stack: Stack) -> str:
    """Where Grafana answers."""
    stack.wait_healthy()
    return f"http://127.0.0.1:{stack.settings['GRAFANA_PORT']}"


def _images(engine: Engine, images: list[str]) -> None:
    wanted = os.environ.get(IMAGES, "")
    if not engine.standing_in or wanted == "upstream":
        return  # the engine fetches what is missing
    if wanted != "standins" and _fetched(engine, images):
        return
    standins.provide(engine, images)


def _fetched(engine: Engine, images: list[str]) -> bool:
    try:
        for image in images:
            engine.run("pull", "--quiet", image, within=300)
    except EngineError:
        return False
    return True


@contextmanager
def _removed(stack: Stack) -> Iterator[None]:
    """Keep what the containers said; then remove everything of the project, whatever has happened."""
    try:
        yield
    except Exception as error:
        error.add_note("\n".join(f"{title}:\n{text}" for title, text in account(stack)))
        raise
    finally:
        try:
            stack.save_logs()
        finally:
            stack.remove()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell of the containers in each failure."""
    report = yield
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(stack, Stack):
        report.sections.extend(account(stack))
    return report
