"""Which days are asked for, and when they begin and end. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidInput
from core.ranges import Days, date_at, ends

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Dates that are understood: no hit is older, and none will be younger.
_EARLIEST: Final = date(1970, 1, 2)
_LATEST: Final = date(2999, 12, 31)
#: How many days before today a range begins, if nothing is said.
_USUAL: Final = timedelta(days=30)
#: The most days of a range, both ends included.
MAX_DAYS: Final = 730


class Boundaries(StrEnum):
    """Where days begin."""

    UTC = "utc"
    USER = "user"  #: in the time zone of the key's account


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Whole days in a zone, and the instants (ms since 1970 UTC) of their begin and end."""

    days: Days
    boundaries: Boundaries
    begin: int
    end: int

    def shown(self) -> dict[str, Any]:
        """The filters that it is made of."""
        return {
            "start_date": self.days.first.isoformat(),
            "end_date": self.days.last.isoformat(),
            "time_zone": self.boundaries.value,
        }


def boundaries(query: Mapping[str, str]) -> Boundaries:
    """Where days begin: in UTC unless said.

    Raises:
        InvalidInput: somewhere else.
    """
    try:
        return Boundaries(query.get("time_zone") or Boundaries.UTC)
    except ValueError:
        raise InvalidInput("time_zone must be utc or user") from None


def days_range(query: Mapping[str, str], *, now_ms: int, where: Boundaries, zone: ZoneInfo) -> Range:
    """The days from `start_date`, 30 days ago unless said, to `end_date`, today unless said; both ends included.

    A day may have 23 or 25 hours, and begins at its midnight in the zone whatever the zone's offset is.

    Args:
        query: what was sent.
        now_ms: the instant now.
        where: what the zone was chosen by.
        zone: where days begin.

    Raises:
        InvalidInput: a date is none, or they make no range of at most 730 days.
    """
    today = date_at(now_ms, zone)
    first = _day(query, "start_date") or today - _USUAL
    last = _day(query, "end_date") or today
    if first > last:
        raise InvalidInput(f"start_date {first} must not be after end_date {last}")
    days = Days(first=first, last=last)
    if len(days) > MAX_DAYS:
        raise InvalidInput(f"the range must be at most {MAX_DAYS} days, got {len(days)}")
    begin, end = ends(days, zone)
    return Range(days=days, boundaries=where, begin=begin, end=end)


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name)
    if not text:
        return None
    try:
        found = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or not _EARLIEST <= found <= _LATEST:
        raise InvalidInput(f"{name} must be a date as YYYY-MM-DD")
    return found
