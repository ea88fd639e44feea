"""Dates in the answers of whois servers, which each write them in their own way. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

#: What stands before the date when a domain ends, in lower case. What a registry says of itself comes first.
_LABELS: Final = (
    "registry expiry date",
    "domain expiration date",
    "expiration date",
    "expiration time",
    "expiry date",
    "expire date",
    "domain expires",
    "record expires on",
    "expires on",
    "expires at",
    "expires",
    "expire",
    "expiry",
    "paid-till",
    "renewal date",
    "valid until",
    "validity",
    "registrar registration expiration date",
)
_LONGEST_LINE: Final = 200
_DIGIT: Final = re.compile(r"\d")
#: What is around labels.
_AROUND: Final = " \t.:*[]"
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: Numbers with slashes are dates of the year first: of the others nobody knows which is the day.
_DATES: Final = (
    r"(?P<year>\d{4})[-./] ?(?P<month>\d\d?|[a-z]{3})[-./] ?(?P<day>\d\d?)",
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
    r"(?P<day>\d\d?)[-.](?P<month>\d\d?)[-.](?P<year>\d{4})",
    r"(?P<day>\d\d?)[- ](?P<month>[a-z]{3})[a-z]*[- ](?P<year>\d{4})",
)
_TIME: Final = (
    r"(?!\d)\.?(?:[T ]+(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\.\d+)?"
    r" *(?:Z|UTC|GMT|(?P<sign>[-+])(?P<hours>\d\d):?(?P<minutes>\d\d)?)?)?"
)
_FORMS: Final = tuple(re.compile(date + _TIME, re.IGNORECASE) for date in _DATES)


def expiry_in(text: str) -> int | None:
    """Return when a domain ends, ms since 1970 UTC; None if the answer does not tell. A date is its first moment."""
    found: dict[str, int] = {}
    for line in text.splitlines():
        line = line[:_LONGEST_LINE]  # noqa: PLW2901 - whoever answers may write what he likes
        digit = _DIGIT.search(line)
        if digit is None or (label := line[: digit.start()].strip(_AROUND).lower()) not in _LABELS:
            continue
        when = date_in(line[digit.start() :])
        if when is not None:
            found.setdefault(label, when)
    return next((found[label] for label in _LABELS if label in found), None)


def date_in(text: str) -> int | None:
    """Return the time that a text begins with, ms since 1970 UTC; None if it is none. Without a zone it is UTC."""
    for form in _FORMS:
        match = form.match(text)
        if match is None:
            continue
        part = match.groupdict(default="0")
        month = part["month"].lower()
        offset = timedelta(hours=int(part["hours"]), minutes=int(part["minutes"]))
        try:
            when = datetime(
                int(part["year"]),
                int(month) if month.isdigit() else _MONTHS.index(month) + 1,
                int(part["day"]),
                int(part["hour"]),
                int(part["minute"]),
                int(part["second"]),
                tzinfo=timezone(-offset if part["sign"] == "-" else offset) if offset else UTC,
            )
        except ValueError:
            continue
        return round(when.timestamp() * 1_000)
    return None
