"""Notes: what an owner says of a day of the site."""

from __future__ import annotations

from datetime import date
from typing import Final

from core.errors import InvalidInput
from core.text import short_text

#: Of one site.
MAX_NOTES: Final = 1_000
#: Characters: what fits beside a line in a chart.
MAX_TITLE: Final = 60
_FIRST_YEAR, _LAST_YEAR = 1970, 2199


def check_title(text: str) -> str:
    """Return the title without surrounding blanks.

    Raises:
        InvalidInput: it is empty, too long or cannot be stored.
    """
    return short_text(text, "title", most=MAX_TITLE)


def check_day(text: str, field: str = "day") -> date:
    """Return the day that a text says, in ISO 8601.

    Raises:
        InvalidInput: it says none, or one that no chart reaches; the message names the field.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(f"{field} must be a date such as 2026-11-10") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise InvalidInput(f"{field} must be of the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return day
