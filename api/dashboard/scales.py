"""Scales: where the gridlines of a chart are, from 0 up to above its greatest value. Pure."""

from __future__ import annotations

from itertools import count, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from core.metrics import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Distances of gridlines that are easy to count in, in units of the last power of ten.
_STEPS: Final = (1.0, 2.0, 2.5, 5.0)
#: The same of time, seconds: up to an hour, from there so many hours.
_SECONDS: Final = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800)
_HOUR: Final = 3_600
#: Distances between the first gridline and the last, at most and at least.
_MOST: Final = 5
_FEWEST: Final = 3


class Scale(NamedTuple):
    """Gridlines at the multiples of `step` from 0 to `lines` of it."""

    step: float
    lines: int

    @property
    def top(self) -> float:
        """The value of the uppermost."""
        return self.step * self.lines

    @property
    def ticks(self) -> list[float]:
        """The values of all of them, 0 first."""
        return [self.step * number for number in range(self.lines + 1)]


def scale(greatest: float, unit: Unit) -> Scale:
    """The scale of four to six gridlines that has the greatest value on it, with as little above it as that allows.

    Counts are not divided; percentages are of a hundred.
    """
    step = next(step for step in _steps(unit) if greatest <= step * _MOST)
    lines = next(lines for lines in count(_FEWEST) if greatest <= step * lines)
    return Scale(step, lines)


def _steps(unit: Unit) -> Iterator[float]:
    if unit is Unit.SECONDS:
        yield from _SECONDS
        yield from (_HOUR * step for step in _whole(_decades()))
    elif unit is Unit.PERCENT:
        yield from takewhile(lambda step: step * _MOST <= 100, _decades())
    else:
        yield from _whole(_decades())


def _decades() -> Iterator[float]:
    for power in count():
        yield from (step * 10**power for step in _STEPS)


def _whole(steps: Iterable[float]) -> Iterator[float]:
    return (step for step in steps if step == int(step))
