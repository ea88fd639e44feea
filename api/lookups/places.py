"""Country, region and city of an address, by files that may be replaced while we serve."""

from __future__ import annotations

import asyncio
import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from api.lookups.place_files import PlaceFile, PlaceFiles, open_place_file
from core.errors import InvalidInput
from core.places import nowhere

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from core.places import Place
    from core.telemetry import Telemetry

_log = logging.getLogger(__name__)

#: A look-up takes 5 µs and more, a cached one 0.1; an entry takes some 300 bytes.
_CACHED: Final = 10_000
_POLL_SECONDS: Final = 10

#: What tells that a file was replaced: inode, size, and time of the last change in ns. None without the file.
_Mark = tuple[int, int, int] | None


class Places:
    """A callable look-up: give an address, get its `core.places.Place`. An `api.keepers.Keeper` too."""

    def __init__(self, paths: Sequence[Path], *, telemetry: Telemetry, poll_seconds: float = _POLL_SECONDS) -> None:
        """Open nothing yet: until `refresh`, every address is nowhere known.

        Args:
            paths: files in MaxMind's format; the first that knows an address answers. They need not exist yet.
            telemetry: is told when the files in use were built.
            poll_seconds: how often `keep` looks whether they were replaced.
        """
        self._paths = tuple(paths)
        self._telemetry = telemetry
        self._poll_seconds = poll_seconds
        self._marks: dict[Path, _Mark] = {}
        self._open: dict[Path, PlaceFile] = {}
        self._cached: Callable[[str], Place] = nowhere
        self.ready = asyncio.Event()

    def __call__(self, ip: str) -> Place:
        """Return the place of an address in its canonical form, or of '' for none."""
        return self._cached(ip)

    async def keep(self) -> None:
        """Open the files, and open them again whenever they are replaced."""
        while True:
            await asyncio.to_thread(self.refresh)
            self.ready.set()
            await asyncio.sleep(self._poll_seconds)

    def refresh(self) -> None:
        """Open each file that is another than before. Instead of a missing or broken one the last good one stays."""
        first = self._paths and not self._marks
        opened = [self._follow(path) for path in self._paths]
        if not any(opened):
            if first:
                _log.info(
                    "no places: nothing of %s can be read; `footfall geo fetch` gets files",
                    ", ".join(map(str, self._paths)),
                )
            return
        files = PlaceFiles([self._open[path] for path in self._paths if path in self._open])
        self._cached = lru_cache(_CACHED)(files.place)
        self._telemetry.set("footfall_places_built_timestamp_seconds", files.built)

    def _follow(self, path: Path) -> bool:
        """Open the file if it is another than before; tell whether it is."""
        mark = _mark(path)
        if path in self._marks and self._marks[path] == mark:
            return False
        self._marks[path] = mark
        if mark is None:
            if path in self._open:
                _log.warning("places stay as they are: %s is gone", path)
            return False
        try:
            self._open[path] = file = open_place_file(path)
        except (OSError, InvalidInput) as error:
            _log.error("places stay as they are: %s", error)
            return False
        _log.info("places from %s: %s", path, file.kind)
        return True


def _mark(path: Path) -> _Mark:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
