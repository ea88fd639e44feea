"""Time stamps and event ids: rising within a process, whatever the machine's clock does."""

from __future__ import annotations

from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.clock import Clock

#: 2025-01-01 UTC in ms since 1970, where event ids begin. 41 bits of ms reach into the year 2094.
EPOCH: Final = 1_735_689_600_000
_COUNTER_BITS: Final = 12
_COUNTERS: Final = 1 << _COUNTER_BITS


class Stamp(NamedTuple):
    """When an event was accepted (ms since 1970 UTC) and its id, below 2**53: it is shown as a JSON number."""

    ts: int
    event_id: int


#: Makes a stamp of the pair that it is, without a Python frame for each.
_stamp: Final[Callable[[tuple[int, int]], Stamp]] = partial(tuple.__new__, Stamp)


class Stamper:
    """Mints stamps. `ts` never goes back and ids rise strictly.

    An id is the ms since 2025 and a counter that starts anew each ms, at a place in the lower half of its range that
    `random_start` picks below its argument, so that two processes seldom mint the same id. Should a ms run out of ids,
    its surplus takes those of the next.
    """

    def __init__(self, clock: Clock, random_start: Callable[[int], int]) -> None:
        self._now_ms = clock.now_ms
        self._random_start = random_start
        self._ts = EPOCH
        self._counter = 0

    def mint(self) -> Stamp:
        """Return the next stamp."""
        now = self._now_ms()
        if now > self._ts:
            self._ts = now
            self._counter = self._random_start(_COUNTERS // 2)
        else:
            self._counter += 1
            if self._counter == _COUNTERS:
                self._ts += 1
                self._counter = self._random_start(_COUNTERS // 2)
        return Stamp(self._ts, (self._ts - EPOCH) << _COUNTER_BITS | self._counter)

    def mint_many(self, count: int) -> list[Stamp]:
        """Return the next `count` stamps, one or more, at a fraction of the price."""
        stamps = [self.mint()]
        while len(stamps) < count:
            run = min(count - len(stamps), _COUNTERS - 1 - self._counter)
            if not run:
                stamps.append(self.mint())
                continue
            first = stamps[-1].event_id + 1
            stamps += map(_stamp, zip(repeat(self._ts, run), range(first, first + run), strict=True))
            self._counter += run
        return stamps
