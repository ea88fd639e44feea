"""What a range is fairly compared with: as many days before it, no further than as much of them as has passed by now.

A range that is still open, because today is in it, is compared up to the minute at which clocks showed what they show
now: at 15:00 a day is held against the other day's first 15 hours by the clock, whatever was done to the clock. Whole
minutes let all that is asked within one be compared with the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from core.intervals import Interval, Slot, slots
from core.ranges import at, ends, wall_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from core.intervals import Calendar
    from core.ranges import Days

#: 52 weeks: a year before, on the same days of the week.
_YEAR: Final = 364
_STEPS: Final = frozenset({Interval.MINUTE, Interval.HOUR})


class Against(StrEnum):
    """What a range is compared with."""

    PREVIOUS = "previous"  #: as many days, just before
    YEAR = "year"  #: the days 52 weeks before


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The other range: each of its days is `shift` days before one of ours.

    `until` is the instant (ms) at which it is cut because ours is open; None where it is whole.
    """

    days: Days
    shift: int
    until: int | None = None


class Opposite(NamedTuple):
    """The points that a series is held against, and for each point of the series the number of the other one."""

    slots: list[Slot]
    places: list[int | None]  #: None where the other range has no such point


def other(days: Days, against: Against, *, now_ms: int, zone: tzinfo) -> Other:
    """The range that `days` are compared with at `now_ms`.

    Raises:
        OverflowError: the calendar does not reach so far back.
    """
    shift = len(days) if against is Against.PREVIOUS else _YEAR
    back = timedelta(days=shift)
    before = replace(days, first=days.first - back, last=days.last - back)
    wall = wall_at(now_ms, zone)
    if wall.date() > days.last:
        return Other(days=before, shift=shift)
    begin, end = ends(before, zone)
    minute = (wall - back).replace(second=0, microsecond=0, fold=wall.fold)
    return Other(days=before, shift=shift, until=min(max(at(minute), begin), end))


def opposite(ours: Sequence[Slot], other: Other, *, interval: Interval, calendar: Calendar) -> Opposite:
    """The points of the other range, none of them after its cut, and which of ours each is held against.

    Days, weeks and months are held against as many days; hours and minutes against those that began at the same time
    of the same day by the clock. Where the clock was changed, an hour of one range may have none in the other.

    Args:
        ours: all points of our range, or the first of them.
        other: what the range is compared with.
        interval: how long the points are.
        calendar: how the site counts time.
    """
    back = timedelta(days=other.shift)
    if interval in _STEPS:
        theirs = slots(other.days, interval, calendar)
        known = {_shown(slot, calendar.zone): number for number, slot in enumerate(theirs)}
        places = [known.get((shown - back, fold)) for shown, fold in (_shown(slot, calendar.zone) for slot in ours)]
    else:
        shifted = [replace(other.days, first=slot.first - back, last=slot.last - back) for slot in ours]
        theirs = [Slot(*ends(days, calendar.zone), days.first, days.last) for days in shifted]
        places = [*range(len(theirs))]
    if other.until is None:
        return Opposite(theirs, places)
    until = other.until
    cut = [slot._replace(end=min(slot.end, until)) for slot in theirs if slot.begin < until]
    return Opposite(cut, [place if place is not None and place < len(cut) else None for place in places])


def _shown(slot: Slot, zone: tzinfo) -> tuple[datetime, int]:
    """What clocks show when it begins, and whether they do so for the second time."""
    wall = wall_at(slot.begin, zone)
    return wall.replace(tzinfo=None, fold=0), wall.fold
