"""When owners are told of their certificates."""

from __future__ import annotations

from typing import Final

import pytest

from core.certificates import EXPIRED, INVALID, Presented, Warned, days_until, warning
from core.spans import DAY, HOUR, MINUTE

NOW: Final = 1_800_000_000_000
END: Final = NOW + 90 * DAY
WELL: Final = Presented(END, is_valid=True)
REFUSED: Final = Presented(END, is_valid=False, problem="Certificate is self-signed")


@pytest.mark.parametrize(
    ("certificate", "left", "expected"),
    [
        (WELL, 31 * DAY, None),
        (WELL, 30 * DAY, 30),
        (WELL, 14 * DAY + 1, 30),
        (WELL, 14 * DAY, 14),
        (WELL, 7 * DAY, 7),
        (WELL, DAY, 1),
        (WELL, 1, 1),
        (WELL, 0, EXPIRED),
        (WELL, -DAY, EXPIRED),
        (REFUSED, 31 * DAY, INVALID),
        (REFUSED, DAY, INVALID),
        (REFUSED, 0, EXPIRED),
    ],
)
def test_a_level(certificate: Presented, left: int, expected: int | None) -> None:
    """By how long it holds, unless it is refused anyway."""
    assert expected == certificate.level(END - left)


def test_each_level_is_told_once() -> None:
    """From the first check on to a month after the end, and again for the next certificate."""
    warned, told = Warned(), list[tuple[int, int]]()
    for now in range(NOW, END + 30 * DAY, 5 * MINUTE):
        level, warned = warning(WELL, warned, now)
        if level is not None:
            told.append((level, (END - now) // DAY))
    assert told == [(30, 30), (14, 14), (7, 7), (1, 1), (EXPIRED, 0)]
    renewed = Presented(END + 120 * DAY, is_valid=True)
    assert warning(renewed, warned, END + 30 * DAY) == (None, Warned(None, warned.at))
    assert warning(renewed, Warned(None, warned.at), END + 90 * DAY)[0] == 30


def test_who_begins_late_is_told_the_level_it_has() -> None:
    """Not those before."""
    assert warning(WELL, Warned(), END - 3 * DAY) == (7, Warned(7, END - 3 * DAY))


def test_machines_that_differ_are_told_of_once_a_day() -> None:
    """However often one or the other answers."""
    warned, told = Warned(), 0
    for number, now in enumerate(range(NOW, NOW + 2 * DAY, HOUR)):
        level, warned = warning((WELL, REFUSED)[number % 2], warned, now)
        told += level is not None
    assert told == 2


def test_what_was_refused_may_end_soon() -> None:
    """It is told once it is valid."""
    _, warned = warning(REFUSED, Warned(), END - 20 * DAY)
    assert warned.level == INVALID
    assert warning(REFUSED, warned, END - 16 * DAY)[0] is None
    assert warning(WELL, warned, END - 16 * DAY) == (30, Warned(30, END - 16 * DAY))


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (-1, 0),
        (0, 0),
        (HOUR, 0),
        (22 * HOUR, 1),
        (DAY, 1),
        (168 * DAY, 168),
        (168 * DAY - 10 * HOUR, 168),
        (168 * DAY - 11 * HOUR, 167),
    ],
)
def test_days_until(end: int, expected: int) -> None:
    """As a calendar has them; it is ten in the morning."""
    morning = NOW - NOW % DAY + 10 * HOUR
    assert expected == days_until(morning + end, morning)
