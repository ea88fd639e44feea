"""Lists of the rolled-up past, kept until a job writes it again."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import polars as pl

#: What all lists of a process may take, bytes.
CAPACITY: Final = 128_000_000
#: What a list takes beside its lines, about, bytes.
EACH: Final = 2_000


class Head(NamedTuple):
    """The first days of a month that are in its month rows, as they were seen.

    A job that changes such a day writes the month again, and so changes its version.
    """

    month: int  # start, ms
    version: int
    until: int  # the day after the last, start in ms


class ClosedKey(NamedTuple):
    """One list, added up over heads of months."""

    site: int
    classes: tuple[int, ...]
    about: str  # what is listed
    heads: tuple[tuple[Head, int], ...]  # each with the times that it is added


class ClosedLists:
    """Lists, for threads.

    Args:
        capacity: bytes that may be kept in all; the lists not asked for the longest go first.
    """

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._lock = Lock()
        self._kept: OrderedDict[ClosedKey, pl.DataFrame] = OrderedDict()
        self._size = 0

    def has(self, key: ClosedKey) -> bool:
        """Whether it is kept now; to look is not to ask for it."""
        with self._lock:
            return key in self._kept

    def get(self, key: ClosedKey) -> pl.DataFrame | None:
        """Return what was kept, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: ClosedKey, lines: pl.DataFrame) -> None:
        """Keep the list as long as there is room."""
        with self._lock:
            self._size += _size(lines) - (_size(self._kept[key]) if key in self._kept else 0)
            self._kept[key] = lines
            self._kept.move_to_end(key)
            while self._size > self._capacity:
                _, forgotten = self._kept.popitem(last=False)
                self._size -= _size(forgotten)


def _size(lines: pl.DataFrame) -> int:
    return EACH + int(lines.estimated_size())
