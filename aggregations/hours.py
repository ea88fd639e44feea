"""Sums of marked hours, kept for a moment: what every report of today would otherwise count again."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from core.clock import Clock

T = TypeVar("T")

#: How long an hour's sums are kept, seconds; the key alone keeps them right, this keeps them few.
KEPT: Final = 1.0


class HourKey(NamedTuple):
    """One marked hour as it was seen: whatever changes in it changes the versions of its marks."""

    site: int
    about: str  # what is summed
    hour: int  # start, ms
    versions: tuple[tuple[int, int], ...]  # (partition, version) of its marks, sorted


class HourCache(Generic[T]):
    """Lists of parts by hour, for threads.

    Args:
        clock: what the time is.
        capacity: parts that may be kept in all; the oldest hours go first.
        size: as how many a part counts.
    """

    def __init__(self, *, clock: Clock, capacity: int = 200_000, size: Callable[[T], int] = lambda _: 1) -> None:
        self._clock = clock
        self._capacity = capacity
        self._size_of = size
        self._lock = Lock()
        self._kept: OrderedDict[HourKey, tuple[float, Sequence[T]]] = OrderedDict()
        self._size = 0

    def get(
        self, keys: Sequence[HourKey], count: Callable[[Sequence[HourKey]], Mapping[HourKey, Sequence[T]]]
    ) -> dict[HourKey, Sequence[T]]:
        """Return the parts of each hour; `count` gives those of all hours that are not kept."""
        found = self._find(keys)
        missing = [key for key in keys if key not in found]
        if missing:
            counted = count(missing)
            self._keep(counted)
            found.update(counted)
        return found

    def _find(self, keys: Iterable[HourKey]) -> dict[HourKey, Sequence[T]]:
        with self._lock:
            self._forget(before=self._clock.monotonic() - KEPT)
            return {key: self._kept[key][1] for key in keys if key in self._kept}

    def _keep(self, counted: Mapping[HourKey, Sequence[T]]) -> None:
        now = self._clock.monotonic()
        with self._lock:
            for key, parts in counted.items():
                self._remove(key)
                self._kept[key] = (now, parts)
                self._size += self._weight(parts)
            while self._size > self._capacity:
                self._remove(next(iter(self._kept)))

    def _forget(self, *, before: float) -> None:
        while self._kept:
            oldest = next(iter(self._kept))
            if self._kept[oldest][0] > before:
                return
            self._remove(oldest)

    def _remove(self, key: HourKey) -> None:
        if kept := self._kept.pop(key, None):
            self._size -= self._weight(kept[1])

    def _weight(self, parts: Sequence[T]) -> int:
        return 1 + sum(map(self._size_of, parts))
