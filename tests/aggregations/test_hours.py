"""What is kept of marked hours, for how long, and how much of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregations.hours import HourCache, HourKey
from core.spans import HOUR
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import Sequence


def key(hour: int, *, version: int = 1) -> HourKey:
    """A marked hour."""
    return HourKey(1, "site", hour * HOUR, ((0, version),))


class Counting:
    """Counts hours, and how often."""

    def __init__(self) -> None:
        self.counted: list[HourKey] = []

    def __call__(self, keys: Sequence[HourKey]) -> dict[HourKey, list[int]]:
        """Each hour's one part is its number."""
        self.counted += keys
        return {asked: [asked.hour // HOUR] for asked in keys}


def test_an_hour_is_counted_once_a_second() -> None:
    """Within the second it is kept, then counted again."""
    clock, count = SetClock(0), Counting()
    cache: HourCache[int] = HourCache(clock=clock)
    assert {key(1): [1]} == cache.get([key(1)], count)
    clock.pass_seconds(0.9)
    assert {key(1): [1], key(2): [2]} == cache.get([key(1), key(2)], count)
    assert [key(1), key(2)] == count.counted
    clock.pass_seconds(0.1)
    cache.get([key(1), key(2)], count)
    assert [key(1), key(2), key(1)] == count.counted


def test_an_hour_that_changed_is_another() -> None:
    """Each change gives its mark a new version."""
    count = Counting()
    cache: HourCache[int] = HourCache(clock=SetClock(0))
    cache.get([key(1, version=1)], count)
    cache.get([key(1, version=2)], count)
    assert [key(1, version=1), key(1, version=2)] == count.counted


def test_what_is_kept_is_bounded() -> None:
    """The oldest hours go first; what does not fit at all is answered nevertheless."""
    count = Counting()
    cache: HourCache[int] = HourCache(clock=SetClock(0), capacity=4)
    hours = [key(hour) for hour in range(5)]
    assert {hour: [number] for number, hour in enumerate(hours)} == cache.get(hours, count)
    count.counted.clear()
    cache.get(hours, count)
    assert hours[:3] == count.counted
