"""Ranges of days: the words a report is asked with, in any time zone, and the instants they mean."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_DAY: Final = timedelta(days=1)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Period(StrEnum):
    """A range named by a word, seen from today. All but `yesterday` end today."""

    YESTERDAY = "yesterday"
    TODAY = "today"
    WEEK = "7d"  #: today and the six days before
    MONTH = "30d"
    QUARTER = "90d"
    YEAR = "12m"  #: from the day after this date a year ago
    YEAR_TO_DATE = "ytd"
    ALL = "all"  #: from the first day with anything


class Comparison(StrEnum):
    """What a range is compared with."""

    PREVIOUS_PERIOD = "previous_period"  #: as many days, just before
    YEAR_OVER_YEAR = "yoy"  #: the same dates a year earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Whole days of a calendar, both ends included; `first` is not after `last`.

    Where the site keeps no events of days before `events_from`, these are days of UTC: they are known as a whole only.
    Of days before `sums_from` nothing is known.
    """

    first: date
    last: date
    events_from: date | None = field(default=None, compare=False)
    sums_from: date | None = field(default=None, compare=False)

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        for number in range(len(self)):
            yield self.first + number * _ONE_DAY


_LENGTHS: Final = {Period.TODAY: 1, Period.WEEK: 7, Period.MONTH: 30, Period.QUARTER: 90}


def days_of(period: Period, *, today: date, oldest: date) -> Days:
    """The days that the word means.

    Args:
        period: the word.
        today: the date now, where the days are counted.
        oldest: the first day with anything; where `all` begins.
    """
    if period is Period.YESTERDAY:
        return Days(first=today - _ONE_DAY, last=today - _ONE_DAY)
    if period is Period.YEAR:
        first = a_year_before(today) + _ONE_DAY
    elif period is Period.YEAR_TO_DATE:
        first = date(today.year, 1, 1)
    elif period is Period.ALL:
        first = min(oldest, today)
    else:
        first = today - (_LENGTHS[period] - 1) * _ONE_DAY
    return Days(first=first, last=today)


def compared(days: Days, comparison: Comparison) -> Days:
    """The days that `days` are compared with.

    Raises:
        OverflowError: the calendar does not reach so far back.
    """
    if comparison is Comparison.YEAR_OVER_YEAR:
        if days.first.year == 1:
            raise OverflowError("there is no year before the year 1")
        return replace(days, first=a_year_before(days.first), last=a_year_before(days.last))
    return replace(days, first=days.first - len(days) * _ONE_DAY, last=days.first - _ONE_DAY)


def a_year_before(day: date) -> date:
    """The same date a year earlier; 28 February for the 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def date_at(now_ms: int, zone: tzinfo) -> date:
    """The date in `zone` at that instant (ms since 1970 UTC)."""
    return wall_at(now_ms, zone).date()


def bounds(days: Days, zone: tzinfo) -> list[int]:
    """The instants (ms since 1970 UTC) at which the days begin, and the one at which the last one ends.

    A day may have 23 or 25 hours or begin at any quarter; one that begins with a leap of the clock begins after it, and
    one that the zone left out altogether is empty.

    Raises:
        OverflowError: an end lies outside the calendar.
    """
    return [_edge(day, zone, days.events_from) for day in (*days, days.last + _ONE_DAY)]


def ends(days: Days, zone: tzinfo) -> tuple[int, int]:
    """The first and the last of the `bounds` of the days."""
    return _edge(days.first, zone, days.events_from), _edge(days.last + _ONE_DAY, zone, days.events_from)


def at(wall: datetime) -> int:
    """The instant (ms since 1970 UTC) at which clocks in its zone show `wall`.

    Of two such instants the one that its `fold` names; of a time that clocks leapt over, the leap.
    """
    first, second = wall.replace(fold=0).utcoffset(), wall.replace(fold=1).utcoffset()
    leapt = first is not None and second is not None and second > first
    offset = (first if leapt else wall.utcoffset()) or timedelta()
    instant = (wall.replace(tzinfo=UTC) - offset) - _EPOCH
    if leapt and wall.tzinfo is not None and first is not None and second is not None:
        # Counted with the offset before the leap, the time would be after it by as much as the leap began before it.
        instant = _leap(wall.tzinfo, instant - 2 * (second - first), instant)
    return instant // _MILLISECOND


def wall_at(instant_ms: int, zone: tzinfo) -> datetime:
    """What clocks in `zone` show at that instant (ms since 1970 UTC)."""
    return (_EPOCH + timedelta(milliseconds=instant_ms)).astimezone(zone)


def _edge(day: date, zone: tzinfo, events_from: date | None) -> int:
    """The instant at which the day begins: that of the UTC day, where it would cut one that is known whole only."""
    begins = _midnight(day, zone)
    return begins if events_from is None or begins >= _midnight(events_from, UTC) else _midnight(day, UTC)


@lru_cache(maxsize=10_000)  # the days of a year are asked for again by every report of it
def _midnight(day: date, zone: tzinfo) -> int:
    """The first instant with that date. Of two midnights the first; of a midnight leapt over, the leap."""
    return at(datetime(day.year, day.month, day.day, tzinfo=zone))


def _leap(zone: tzinfo, before: timedelta, after: timedelta) -> timedelta:
    """The instant between the two at which the zone's offset changes, to the second."""
    offset = (_EPOCH + after).astimezone(zone).utcoffset()
    low, high = before // timedelta(seconds=1), after // timedelta(seconds=1)
    while low < high:
        middle = (low + high) // 2
        if (_EPOCH + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    return timedelta(seconds=high)
