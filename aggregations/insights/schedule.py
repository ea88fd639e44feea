"""When insights are made: of each day of the site's time zone at 01:00 of the next one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from core.ranges import at, date_at

if TYPE_CHECKING:
    from datetime import date, tzinfo

MADE_AT: Final = time(1)
_ONE_DAY: Final = timedelta(days=1)


def made_at(day: date, zone: tzinfo) -> int:
    """Return when the insights of a day are made, ms since 1970 UTC.

    Of two such times the first; where clocks leap over it, at the leap.
    """
    return at(datetime.combine(day + _ONE_DAY, MADE_AT, zone))


def latest_day(now_ms: int, zone: tzinfo) -> date:
    """Return the last day whose insights should have been made by now (ms)."""
    day = date_at(now_ms, zone) - _ONE_DAY
    while made_at(day, zone) > now_ms:
        day -= _ONE_DAY
    return day


def next_time(now_ms: int, zone: tzinfo) -> int:
    """Return when insights are made next after now, both ms since 1970 UTC."""
    day = latest_day(now_ms, zone)
    while made_at(day, zone) <= now_ms:  # where a zone left days out, several are over at once
        day += _ONE_DAY
    return made_at(day, zone)
