"""Durations in words, for people."""

from __future__ import annotations

_DAY = 24 * 60
_HOUR = 60


def in_words(seconds: int) -> str:
    """Return a duration like `15 minutes`, `1 hour 5 minutes`, `2 days` or `less than a minute`.

    It is rounded down, to minutes or, from a day on, to hours: what is told has passed.
    """
    minutes = max(seconds, 0) // 60
    days, hours = minutes // _DAY, minutes % _DAY // _HOUR
    parts = [(days, "day"), (hours, "hour"), (0 if days else minutes % _HOUR, "minute")]
    words = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
    return " ".join(words) or "less than a minute"
