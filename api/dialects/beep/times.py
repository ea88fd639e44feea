"""The times that statistics are asked for: `last`, or `from` and `to`."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from core.errors import InvalidInput
from core.spans import DAY, HOUR, MINUTE, SECOND

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION: Final = re.compile(r"\+?((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|mo|s|m|h|d|w))+")
_PART: Final = re.compile(r"([0-9.]+)([a-zµμ]+)")
#: Longer ones are no duration of anybody's.
_MAX_DURATION: Final = 32
#: The units of Go's durations, and days, weeks and months of 30 days.
_UNITS: Final = {
    "ns": 1e-6,
    "us": 1e-3,
    "µs": 1e-3,
    "μs": 1e-3,
    "ms": 1,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
    "d": DAY,
    "w": 7 * DAY,
    "mo": 30 * DAY,
}


class Span(NamedTuple):
    """From `begin` up to but without `end`, in ms since 1970 UTC."""

    begin: int
    end: int


def read_span(*, last: str, first: str, final: str, now: int) -> Span:
    """Return the time that the texts of `last`, `from` and `to` mean, '' where one was not sent.

    `last` wins and is rolling. Dates are UTC days, both included; `from` alone ends now, `to` alone begins with all
    time, and without any of them it is the last 24 hours. Nothing before 1970 is meant, and nothing after tomorrow. A
    span may be empty.

    Raises:
        InvalidInput: `last` is no positive duration such as `24h`, `7d` or `3mo`, or a date is none.
    """
    end = now + 1  # what came in this very millisecond counts
    if last:
        return Span(max(0, now - _duration(last)), end)
    if first or final:
        begins = _day(first, "from") if first else 0
        return Span(max(0, begins), min(_day(final, "to") + DAY, now + DAY) if final else end)
    return Span(now - DAY, end)


def _duration(text: str) -> int:
    """Milliseconds, at least one."""
    if len(text) > _MAX_DURATION or not _DURATION.fullmatch(text):
        raise InvalidInput("invalid last duration")
    ms = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    if ms <= 0:
        raise InvalidInput("invalid last duration")
    return max(1, int(ms))


def _day(text: str, name: str) -> int:
    """When the UTC day begins."""
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise InvalidInput(f"invalid {name} date")
    return (day - date(1970, 1, 1)).days * DAY
