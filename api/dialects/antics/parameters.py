"""The query parameters of reports, checked and turned into the domain's words. Pure."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.errors import InvalidInput
from core.ranges import Days, Period, a_year_before, days_of

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What is asked for unless said.
PERIOD: Final = "30d"
_LIMIT: Final = 10
_MAX_LIMIT: Final = 1_000
#: Dates that are understood, and how many of them in one range.
_EARLIEST: Final = date(1970, 1, 2)
_LATEST: Final = date(2999, 12, 31)
_MAX_DAYS: Final = 11_000
_WORDS: Final = {"today": Period.TODAY, "7d": Period.WEEK, "30d": Period.MONTH}
_YEAR: Final = "12mo"
_DATES: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}),([0-9]{4}-[0-9]{2}-[0-9]{2})")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,12}")


class BreakdownBy(StrEnum):
    """What a site's numbers can be broken down by. The API's own text has no `utm_source`."""

    PATHNAME = "pathname"
    REFERRER = "referrer"
    COUNTRY = "country"
    BROWSER = "browser"
    OS = "os"
    DEVICE = "device"
    CHANNEL = "channel"
    EVENT = "event"
    UTM_SOURCE = "utm_source"
    UTM_MEDIUM = "utm_medium"
    UTM_CAMPAIGN = "utm_campaign"


def period(query: Mapping[str, str]) -> str:
    """The period as it was sent, or as it is without one."""
    return query.get("period") or PERIOD


def days(text: str, *, today: date) -> Days:
    """The days that a period means; words are of days that end today.

    Raises:
        InvalidInput: it means none; the message says what to send.
    """
    if text in _WORDS:
        return days_of(_WORDS[text], today=today, oldest=today)
    if text == _YEAR:
        return Days(first=a_year_before(today), last=today)
    dates = _DATES.fullmatch(text)
    if dates is None:
        raise InvalidInput(f"period must be {', '.join((*_WORDS, _YEAR))} or two dates as YYYY-MM-DD,YYYY-MM-DD")
    first, last = _day(dates[1]), _day(dates[2])
    if first > last:
        raise InvalidInput("period: the first date must not be after the second")
    if (last - first).days >= _MAX_DAYS:
        raise InvalidInput(f"period: the dates must be at most {_MAX_DAYS} days apart")
    return Days(first=first, last=last)


def metric(query: Mapping[str, str]) -> BreakdownBy | None:
    """What is to be broken down by, or None where nothing is said.

    Raises:
        InvalidInput: it is not known.
    """
    text = query.get("metric")
    if not text:
        return None
    try:
        return BreakdownBy(text)
    except ValueError:
        raise InvalidInput(f"metric must be one of {', '.join(BreakdownBy)}") from None


def limit(query: Mapping[str, str]) -> int:
    """How many rows, 1 to 1,000; a number beyond is as good as the nearest of these.

    Raises:
        InvalidInput: it is no number.
    """
    text = query.get("limit")
    if not text:
        return _LIMIT
    if not _NUMBER.fullmatch(text):
        raise InvalidInput(f"limit must be a whole number from 1 to {_MAX_LIMIT}")
    return min(max(int(text), 1), _MAX_LIMIT)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"period: {text} is no date") from None
    if not _EARLIEST <= found <= _LATEST:
        raise InvalidInput(f"period: dates must lie between {_EARLIEST} and {_LATEST}")
    return found
