"""Numbers, names and times as sentences have them, in English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.metrics import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Characters of a path or a host: strangers choose them, and a sentence shall stay one.
_LONGEST: Final = 60
#: From so many times on, nobody asks for a decimal.
_MANY_TIMES: Final = 10


def count(number: int, noun: str) -> str:
    """Return `1 hit` or `1,234 hits`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def about(number: float, noun: str) -> str:
    """Return a mean as a count: to one decimal below 10, whole above."""
    shown = decimal(number)
    return f"{shown} {noun}" if shown == "1" else f"{shown} {noun}s"


def times(ratio: float) -> str:
    """Return `5.2 times` or `12 times`."""
    return f"{decimal(ratio)} times"


def decimal(number: float) -> str:
    """Return a number to one decimal below 10, whole above."""
    tenths = round(number * 10)
    if tenths >= _MANY_TIMES * 10 or tenths % 10 == 0:
        return f"{round(number):,}"
    return f"{tenths / 10:.1f}"


def percent(part: int, whole: int) -> str:
    """Return a share in whole percent; `less than 1%` of what is not nothing."""
    share = rounded(100 * part, whole, decimals=0) if whole else 0
    return "less than 1%" if part and not share else f"{share:,}%"


def listing(items: Sequence[str]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def short(name: str) -> str:
    """Return a name that strangers chose, cut if it is long; what is no letter of a line is a question mark."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in name)
    return clean if len(clean) <= _LONGEST else f"{clean[: _LONGEST - 1]}…"


def clock(hour: int) -> str:
    """Return a whole hour as clocks show it; 24 is the end of the day."""
    return f"{hour:02}:00"
