"""Lists of the rolled-up past, kept until a job writes it again."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sized

    from storage.pieces import Piece

T = TypeVar("T", bound="Sized")


class ClosedKey(NamedTuple):
    """Pieces of rollups, all of days that are in month rows, as they were seen.

    A job that changes such a day writes its month again, and so changes the month's version.
    """

    site: int
    classes: tuple[int, ...]
    pieces: tuple[Piece, ...]
    versions: tuple[tuple[int, int], ...]  # (month, version) of every month that they touch
    about: str = ""  # what is listed


class ClosedLists(Generic[T]):
    """Lists, for threads.

    Args:
        capacity: lines that may be kept in all; the lists not asked for the longest go first.
    """

    def __init__(self, *, capacity: int = 200_000) -> None:
        self._capacity = capacity
        self._lock = Lock()
        self._kept: OrderedDict[ClosedKey, T] = OrderedDict()
        self._size = 0

    def get(self, key: ClosedKey) -> T | None:
        """Return what was kept, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: ClosedKey, lines: T) -> None:
        """Keep the list as long as there is room."""
        with self._lock:
            self._size += 1 + len(lines) - (1 + len(self._kept[key]) if key in self._kept else 0)
            self._kept[key] = lines
            self._kept.move_to_end(key)
            while self._size > self._capacity:
                _, forgotten = self._kept.popitem(last=False)
                self._size -= 1 + len(forgotten)
