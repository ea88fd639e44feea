"""Events of a file, put aside on disk by site and UTC day, so that each day can be counted as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.spans import DAY, day_of
from streams.codec import NO_PRODUCER, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.events import Event

#: Events held in memory before they are written; about 1 KiB each.
_HELD: Final = 50_000
_LENGTH_BYTES: Final = 4


class Staging:
    """Files in a folder of the caller's, one per site and day: packed messages, each behind its length."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[tuple[int, int], list[Event]] = {}
        self._number = 0
        self.counts: dict[tuple[int, int], int] = {}

    def add(self, event: Event) -> None:
        """Put one event aside."""
        key = (event.site, day_of(event.ts))
        self._held.setdefault(key, []).append(event)
        self.counts[key] = self.counts.get(key, 0) + 1
        self._number += 1
        if self._number >= _HELD:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        for key, events in self._held.items():
            packed = encode(NO_PRODUCER, 0, events)
            with self._path(key).open("ab") as file:
                file.write(len(packed).to_bytes(_LENGTH_BYTES, "big") + packed)
        self._held.clear()
        self._number = 0

    def days(self) -> list[tuple[int, int]]:
        """Return (site, start of the UTC day in ms) of everything put aside, oldest day first."""
        return sorted(self.counts, key=lambda key: (key[1], key[0]))

    def events(self, site: int, day: int) -> Iterator[Event]:
        """Yield the events of one day in the order in which they were added; call `flush` before."""
        path = self._path((site, day))
        if not path.exists():
            return
        with path.open("rb") as file:
            while length := file.read(_LENGTH_BYTES):
                yield from decode(file.read(int.from_bytes(length, "big"))).events

    def _path(self, key: tuple[int, int]) -> Path:
        site, day = key
        return self._folder / f"{site}-{day // DAY}"
