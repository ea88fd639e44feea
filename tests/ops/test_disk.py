"""Room on a disk that is filled by hand."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.errors import Unavailable
from core.spans import DAY, HOUR
from ops.disk import MEGABYTE, RETRY_AFTER, Disk, RoomyLog, free_bytes
from tests.archives import FIRST, Stage, some_days
from tests.clocks import SetClock
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg_pool import ConnectionPool

    from core.events import Event


class FilledDisk:
    """A disk of which so many MB are free, and what was measured of it."""

    def __init__(self, *, reserve: int) -> None:
        self.free = 1_000
        self.clock = SetClock(0)
        self.telemetry = Measurements()
        self.disk = Disk(
            Path("data"),
            reserve=reserve * MEGABYTE,
            clock=self.clock,
            telemetry=self.telemetry,
            free=lambda _: self.free * MEGABYTE,
        )

    def has_room(self, free: int) -> bool:
        """Whether there is room a second after so many MB are free."""
        self.free = free
        self.clock.pass_seconds(1)
        return self.disk.has_room()


class TakingLog:
    """An event log that takes everything."""

    def __init__(self) -> None:
        self.taken = 0

    async def append(self, events: Sequence[tuple[int, Event]]) -> None:
        """Count them."""
        self.taken += len(events)

    async def ready(self) -> None:
        """Always."""


def test_room_ends_and_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    """Below the reserve there is no room until there is a little more than it; each change is told once."""
    filled = FilledDisk(reserve=100)
    with caplog.at_level(logging.INFO):
        found = [filled.has_room(free) for free in (101, 100, 99, 40, 104, 105, 101)]
    assert found == [True, True, False, False, False, True, True]
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
    assert "FOOTFALL_DISK_RESERVE" in caplog.text
    assert filled.telemetry.gauges["footfall_disk_free_bytes"] == 101 * MEGABYTE
    assert filled.telemetry.gauges["footfall_disk_reserve_bytes"] == 100 * MEGABYTE


def test_a_look_a_second() -> None:
    """Within a second nobody looks again, however often it is asked."""
    filled = FilledDisk(reserve=100)
    assert filled.disk.has_room()
    filled.free = 1
    assert filled.disk.has_room()
    assert not filled.has_room(1)


def test_no_reserve_is_never_touched() -> None:
    """A reserve of 0 lets everything go on."""
    filled = FilledDisk(reserve=0)
    assert filled.has_room(0)


async def test_events_are_refused_while_there_is_no_room() -> None:
    """A log takes nothing while the reserve is touched, says when to come again, and goes on by itself."""
    filled, behind = FilledDisk(reserve=100), TakingLog()
    log = RoomyLog(behind, filled.disk)
    await log.ready()
    filled.has_room(50)
    for refused in (log.ready(), log.append([])):
        with pytest.raises(Unavailable, match="50 MB of 100 MB") as refusal:
            await refused
        assert refusal.value.retry_after == RETRY_AFTER
    filled.has_room(200)
    await log.append([])
    await log.ready()


def test_free_bytes_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    """The file system that a folder will be on tells."""
    assert free_bytes(tmp_path / "data" / "deep") > 0


def test_no_file_is_written_without_room(rollup_pool: ConnectionPool, tmp_path: Path) -> None:
    """Days wait for their files while the disk has no room, and have them when it has."""
    filled = FilledDisk(reserve=100)
    stage = Stage(rollup_pool, tmp_path / "archive")
    stage.archivist = stage.new_archivist(has_room=filled.disk.has_room)
    stage.write(some_days(1))
    stage.roll_up = False
    filled.has_room(1)
    stage.go_to(FIRST + DAY + HOUR)
    assert stage.current() == []
    filled.has_room(500)
    stage.roll_up = True
    stage.go_to(FIRST + DAY + 3 * HOUR)
    assert len(stage.current()) == 1
