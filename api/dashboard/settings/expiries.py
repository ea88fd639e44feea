"""When a share link ends: never, after some days, or with a date."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.errors import InvalidInput
from core.ranges import Days, date_at, ends
from core.spans import DAY

if TYPE_CHECKING:
    from datetime import tzinfo

#: Days of a link that lasts a month.
MONTH: Final = 30
_YEARS: Final = 10


class Expiry(StrEnum):
    """What can be chosen."""

    NEVER = "never"
    MONTH = "30d"
    DATE = "date"


def expires_at(chosen: str, typed: str, *, now: int, zone: tzinfo) -> int | None:
    """Return when a link ends, ms since 1970 UTC; None for never.

    Args:
        chosen: an `Expiry`.
        typed: the last day of the link, ISO 8601, for `date`; it has the say over a month, which is chosen unless
            somebody chooses.
        now: ms since 1970 UTC.
        zone: where the day ends.

    Raises:
        InvalidInput: the choice is none, or the day is none from today on and within ten years.
    """
    if chosen == Expiry.NEVER:
        return None
    if chosen == Expiry.MONTH and not typed.strip():
        return now + MONTH * DAY
    if chosen not in {Expiry.MONTH, Expiry.DATE}:
        raise InvalidInput("expiry must be one of the three")
    today = date_at(now, zone)
    try:
        last = date.fromisoformat(typed.strip())
    except ValueError:
        raise InvalidInput("date must be a day such as 2027-01-31") from None
    if not today <= last <= today + timedelta(days=_YEARS * 366):
        raise InvalidInput(f"date must be today or later, within {_YEARS} years")
    return ends(Days(first=last, last=last), zone)[1]
