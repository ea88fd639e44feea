"""Intervals: the points of a time series, as instants of a site's own calendar.

Days, weeks and months begin at local midnights, hours and minutes when local clocks show whole ones. They are instants:
a day on which the clock is changed has 23 or 25 hours, and one that clocks show twice is there twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from core.ranges import bounds, wall_at
from core.sites import WeekStart
from core.spans import HOUR, MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, tzinfo

    from core.ranges import Days

#: Points of one series.
MAX_POINTS: Final = 11_000
_WEEKDAYS: Final = {WeekStart.MONDAY: 0, WeekStart.SATURDAY: 5, WeekStart.SUNDAY: 6}


class Interval(StrEnum):
    """How long a point of a series is."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_LENGTHS: Final = {Interval.MINUTE: MINUTE, Interval.HOUR: HOUR}


class Slot(NamedTuple):
    """A point of a series: from `begin` to before `end`, ms since 1970 UTC, on the local days `first` to `last`."""

    begin: int
    end: int
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """How a site counts time."""

    zone: tzinfo
    week_start: WeekStart = WeekStart.MONDAY

    @property
    def first_weekday(self) -> int:
        """The day that weeks begin with, Monday being 0."""
        return _WEEKDAYS[self.week_start]

    def begins(self, interval: Interval, day: date) -> bool:
        """Whether a point begins with the day."""
        if interval is Interval.MONTH:
            return day.day == 1
        return interval is not Interval.WEEK or day.weekday() == self.first_weekday


def slots(days: Days, interval: Interval, calendar: Calendar) -> list[Slot]:
    """The points of a series over the days, without a gap between them.

    The first and the last week or month may be cut by the range. An hour is short where the clock was changed by less
    than one. A day that the zone left out is empty and has no hours.

    Raises:
        OverflowError: an end lies outside the calendar.
    """
    edges = bounds(days, calendar.zone)
    found: list[Slot] = []
    for day, (begin, end) in zip(days, pairwise(edges), strict=True):
        if interval in _LENGTHS:
            found.extend(_steps(day, (begin, end), _LENGTHS[interval], calendar.zone))
        elif not found or calendar.begins(interval, day):
            found.append(Slot(begin, end, day, day))
        else:
            found[-1] = found[-1]._replace(end=end, last=day)
    return found


def count(days: Days, interval: Interval) -> int:
    """How many points a series over the days has, about: of days with 24 hours, of weeks and months one too many."""
    each = {Interval.MINUTE: 1_440.0, Interval.HOUR: 24.0, Interval.WEEK: 1 / 7, Interval.MONTH: 1 / 28}
    return int(len(days) * each.get(interval, 1.0)) + (interval in {Interval.WEEK, Interval.MONTH})


def label(slot: Slot, interval: Interval, zone: tzinfo) -> str:
    """What a point is called: its first day, or the local time at which it begins, with the distance to UTC."""
    if interval not in _LENGTHS:
        return slot.first.isoformat()
    return wall_at(slot.begin, zone).isoformat(timespec="seconds")


def _steps(day: date, span: tuple[int, int], length: int, zone: tzinfo) -> Iterator[Slot]:
    start, end = span
    while start < end:
        wall = wall_at(start, zone)
        shown = (wall.minute * 60 + wall.second) * SECOND + wall.microsecond // 1_000
        following = min(start + length - shown % length, end)
        yield Slot(start, following, day, day)
        start = following
