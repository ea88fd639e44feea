"""Ticks: which points of a series are named below it, and how. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from api.dashboard import numbers
from core.intervals import Interval
from core.ranges import wall_at

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from datetime import date, datetime

    from babel import Locale

    from core.intervals import Calendar, Slot

#: Ticks on a desk and on a phone, and how near to the point that has a name of its own, in parts of the series, one is
#: left out.
_DESK: Final = (13, 0.045)
_PHONE: Final = (4, 0.22)
#: Intervals that begin at a time of day.
CLOCKED: Final = frozenset({Interval.MINUTE, Interval.HOUR})
_ONE_DAY: Final = timedelta(days=1)


class Shown(Enum):
    """Where there is room for a tick."""

    ALWAYS = ""
    DESK = "desk"
    PHONE = "phone"


class Tick(NamedTuple):
    """The name of a point."""

    place: int
    text: str
    shown: Shown


class _Level(NamedTuple):
    """A way to choose ticks: where `part` of a point is another than that of the one before."""

    part: Callable[[datetime, Calendar], Hashable]
    text: Callable[[datetime, Locale], str]
    clocked: bool = False


def ticks(
    slots: Sequence[Slot], interval: Interval, calendar: Calendar, locale: Locale, *, now: int | None
) -> list[Tick]:
    """The ticks of a series, where a calendar has them: every third hour, Mondays, the first of a month and so on.

    Args:
        slots: its points.
        interval: how long they are.
        calendar: how the site counts time.
        locale: of the viewer.
        now: the place of the point that has a name of its own, "today"; None for none.
    """
    if not slots:
        return []
    walls = [_wall(slot, interval, calendar) for slot in slots]
    chosen = [_chosen(walls, interval, calendar, room, now=now) for room in (_DESK, _PHONE)]
    (desk, places), (phone, few) = chosen
    found = {}
    for place in places:
        found[place] = Tick(place, desk.text(walls[place], locale), Shown.ALWAYS if place in few else Shown.DESK)
    for place in few:
        found.setdefault(place, Tick(place, phone.text(walls[place], locale), Shown.PHONE))
    return sorted(found.values())


def _chosen(
    walls: Sequence[datetime], interval: Interval, calendar: Calendar, room: tuple[int, float], *, now: int | None
) -> tuple[_Level, list[int]]:
    most, margin = room
    near = max(0, margin * len(walls) - 1)
    for level in _LEVELS:
        if level.clocked and interval not in CLOCKED:
            continue
        parts = [level.part(wall, calendar) for wall in (_before(walls[0], level), *walls)]
        begins = [place for place, (one, other) in enumerate(pairwise(parts)) if one != other]
        places = [place for place in begins if now is None or abs(place - now) > near]
        if len(places) <= most:
            break
    return level, places


def _wall(slot: Slot, interval: Interval, calendar: Calendar) -> datetime:
    wall = wall_at(slot.begin, calendar.zone)
    if interval in CLOCKED:
        return wall
    return wall.replace(year=slot.first.year, month=slot.first.month, day=slot.first.day, hour=0, minute=0)


def _before(wall: datetime, level: _Level) -> datetime:
    return wall - (timedelta(minutes=1) if level.clocked else _ONE_DAY)


def _hours(step: int) -> _Level:
    return _Level(lambda wall, _: (wall.date(), wall.hour // step), numbers.hour, clocked=True)


def _days(step: int, skeleton: str) -> _Level:
    return _Level(
        lambda wall, _: wall.toordinal() // step, lambda wall, locale: numbers.shaped(wall.date(), skeleton, locale)
    )


def _weeks(step: int) -> _Level:
    return _Level(
        lambda wall, calendar: _week(wall, calendar) // step,
        lambda wall, locale: numbers.shaped(wall.date(), "MMMd", locale),
    )


def _week(day: date, calendar: Calendar) -> int:
    return (day.toordinal() - 1 - calendar.first_weekday) // 7


def _months(step: int) -> _Level:
    return _Level(lambda wall, _: (wall.year * 12 + wall.month - 1) // step, _month)


def _month(wall: datetime, locale: Locale) -> str:
    return numbers.shaped(wall.date(), "y" if wall.month == 1 else "MMM", locale)


def _years(step: int) -> _Level:
    return _Level(lambda wall, _: wall.year // step, lambda wall, locale: numbers.shaped(wall.date(), "y", locale))


#: From the closest to the widest; a century of years fits into the last.
_LEVELS: Final = (
    *map(_hours, (3, 6, 12)),
    *(_days(step, "Ed") for step in (1, 2)),
    *map(_weeks, (1, 2)),
    *map(_months, (1, 2, 3, 6)),
    *map(_years, (1, 2, 5, 25)),
)
