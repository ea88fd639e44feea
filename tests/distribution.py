"""Which tests a worker gets, and when.

A file stays on one worker, so that what it starts is started once. So do the files of a folder that share more than
that: browsers, an installation and its past. What takes longest comes first: a worker that got one of those last would
keep the others waiting.
"""

from __future__ import annotations

import gc
import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # pytest-xdist has no types

if TYPE_CHECKING:
    from xdist.remote import Producer  # type: ignore[import-untyped]  # same

#: Folders whose files stay together.
TOGETHER: Final = ("tests/browser", "tests/browser/dashboard")
#: Folders by how long their files take.
LONGEST: Final = (
    "tests/faults",
    "tests/browser/dashboard",
    "tests/browser",
    "tests/parity",
    "tests/streams/kafka",
    "tests/end_to_end",
    "tests/aggregations/archive",
    "tests/aggregations",
)


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # same
    """Hands out a file at a time, or such a folder."""

    def _split_scope(self, nodeid: str) -> str:
        folder = _folder(nodeid)
        return folder if folder in TOGETHER else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Take the place of `--dist loadfile`; any other is what was asked for."""
    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are processors: tests of processes, services and browsers wait for these half of the time."""
    return len(os.sched_getaffinity(0)) + 2


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; otherwise the order is random, as it was."""
    items.sort(key=lambda item: _place(item.nodeid))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look through all that was imported and collected once more, and never again.

    Every collection of what tests leave would walk over it: a fifth of what a worker computes.
    """
    gc.collect()
    gc.freeze()


def _place(nodeid: str) -> int:
    folder = _folder(nodeid)
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)


def _folder(nodeid: str) -> str:
    return PurePath(nodeid.partition("::")[0]).parent.as_posix()
