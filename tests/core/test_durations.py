"""Durations in words."""

from __future__ import annotations

import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.durations import in_words

_SECONDS: Final = {"day": 86_400, "hour": 3_600, "minute": 60}


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "less than a minute"),
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (119, "1 minute"),
        (900, "15 minutes"),
        (3_600, "1 hour"),
        (3_900, "1 hour 5 minutes"),
        (7_199, "1 hour 59 minutes"),
        (86_399, "23 hours 59 minutes"),
        (86_400 + 1_800, "1 day"),
        (90_000, "1 day 1 hour"),
        (2 * 86_400, "2 days"),
        (400 * 86_400 + 7_200, "400 days 2 hours"),
    ],
)
def test_words(seconds: int, expected: str) -> None:
    """Down to minutes, from a day on to hours."""
    assert expected == in_words(seconds)


def told(words: str) -> int:
    """The seconds that words say."""
    return sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"(\d+) (day|hour|minute)", words))


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_words_say_what_has_passed(one: int, other: int) -> None:
    """Never more than it was, less than an hour too little, and never less for what lasted longer."""
    for seconds in (one, other):
        assert told(in_words(seconds)) <= seconds < told(in_words(seconds)) + (3_600 if seconds >= 86_400 else 60)
    shorter, longer = sorted((one, other))
    assert told(in_words(shorter)) <= told(in_words(longer))
