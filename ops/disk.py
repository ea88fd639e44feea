"""Room on the disk of a single node: what takes events and makes files pauses before the database has none left."""

from __future__ import annotations

import logging
import shutil
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from core.clock import Clock
    from core.events import Event
    from core.ports import EventLog
    from core.telemetry import Telemetry

_log = logging.getLogger(__name__)

MEGABYTE: Final = 1_000_000
#: Seconds between two looks.
_EVERY: Final = 1.0
#: What was refused may be tried again after so many seconds.
RETRY_AFTER: Final = 30
#: Once the reserve is touched, so much more than it has to be free: else a few bytes would turn it on and off.
_ROOM_AGAIN: Final = 1.05


class Room(NamedTuple):
    """Of a file system, bytes."""

    total: int
    free: int  #: what may still be written


def room_of(folder: Path) -> Room:
    """Return the room on the file system of a folder, or of the nearest folder above it.

    Raises:
        OSError: the file system does not answer.
    """
    while not folder.exists():
        folder = folder.parent
    found = shutil.disk_usage(folder)
    return Room(found.total, found.free)


def free_bytes(folder: Path) -> int:
    """Return what may still be written there, as `room_of`."""
    return room_of(folder).free


class Disk:
    """Whether there is room, for threads. It says so in the log once, when that changes.

    Args:
        folder: on the file system in question.
        reserve: bytes that are to stay free; 0 for as much as there is.
        clock: when to look again.
        telemetry: where `footfall_disk_free_bytes` and `footfall_disk_reserve_bytes` go.
        free: how many bytes are free.
    """

    def __init__(
        self,
        folder: Path,
        *,
        reserve: int,
        clock: Clock,
        telemetry: Telemetry,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._folder = folder.absolute()
        self._reserve = reserve
        self._clock = clock
        self._telemetry = telemetry
        self._free = free
        self._lock = Lock()
        self._looked_at: float | None = None
        self._left = 0
        self._full = False

    def has_room(self) -> bool:
        """Whether the reserve is untouched, as it was a second ago or less."""
        with self._lock:
            now = self._clock.monotonic()
            if self._looked_at is None or now - self._looked_at >= _EVERY:
                self._looked_at = now
                self._look()
            return not self._full

    def require_room(self) -> None:
        """Return if there is room.

        Raises:
            Unavailable: there is none.
        """
        if not self.has_room():
            raise Unavailable(
                f"the disk is full but for its reserve: {self._left // MEGABYTE:,} MB of"
                f" {self._reserve // MEGABYTE:,} MB (FOOTFALL_DISK_RESERVE) are free",
                retry_after=RETRY_AFTER,
            )

    def _look(self) -> None:
        try:
            self._left = self._free(self._folder)
        except OSError as error:
            _log.warning("How much room the disk has cannot be told: %s", error)
            return
        self._telemetry.set("footfall_disk_free_bytes", self._left)
        self._telemetry.set("footfall_disk_reserve_bytes", self._reserve)
        was_full = self._full
        self._full = self._left < self._reserve * (_ROOM_AGAIN if was_full else 1)
        if self._full and not was_full:
            _log.error(
                "The disk of %s has %d MB left, less than the %d MB of FOOTFALL_DISK_RESERVE: no event is taken, and no"
                " file or rollup is written, until there is more",
                self._folder,
                self._left // MEGABYTE,
                self._reserve // MEGABYTE,
            )
        elif was_full and not self._full:
            _log.info("The disk of %s has room again: %d MB", self._folder, self._left // MEGABYTE)


class RoomyLog:
    """An event log that is asked only while the disk has room (`core.ports.EventLog`)."""

    def __init__(self, log: EventLog, disk: Disk) -> None:
        self._log = log
        self._disk = disk

    async def append(self, events: Sequence[tuple[int, Event]]) -> None:
        """Append, if there is room.

        Raises:
            Unavailable: there is no room; nothing was stored. And whatever the log raises.
        """
        self._disk.require_room()
        await self._log.append(events)

    async def ready(self) -> None:
        """Return if an append would be tried now.

        Raises:
            Unavailable: it would not; the message says why.
        """
        self._disk.require_room()
        await self._log.ready()
