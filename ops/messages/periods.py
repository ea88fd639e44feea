"""When reports of weeks and months are sent, and what each is of: whole ones of the site's own calendar. Pure.

A report is sent at 07:00 of the first day of the next week or month. It belongs to the days before, whenever it is
made: one that is late is of the same days.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from core.ranges import Days, at, wall_at

if TYPE_CHECKING:
    from core.intervals import Calendar, Interval

SENT_AT: Final = time(7)
_ONE_DAY: Final = timedelta(days=1)


def latest(interval: Interval, now_ms: int, calendar: Calendar) -> Days:
    """Return the last whole week or month whose report should have been sent by now (ms)."""
    wall = wall_at(now_ms, calendar.zone)
    day = wall.date() if wall.time() >= SENT_AT else wall.date() - _ONE_DAY
    return before(interval, _begin(interval, day, calendar), calendar)


def before(interval: Interval, first: date, calendar: Calendar) -> Days:
    """Return the week or month that ends before `first`."""
    last = first - _ONE_DAY
    return Days(first=_begin(interval, last, calendar), last=last)


def next_time(interval: Interval, now_ms: int, calendar: Calendar) -> int:
    """Return when the next report is sent after now, both ms since 1970 UTC; where clocks leap over it, at the leap."""
    day = wall_at(now_ms, calendar.zone).date()
    while not calendar.begins(interval, day) or _instant(day, calendar) <= now_ms:
        day += _ONE_DAY
    return _instant(day, calendar)


def _begin(interval: Interval, day: date, calendar: Calendar) -> date:
    while not calendar.begins(interval, day):
        day -= _ONE_DAY
    return day


def _instant(day: date, calendar: Calendar) -> int:
    return at(datetime.combine(day, SENT_AT, calendar.zone))
