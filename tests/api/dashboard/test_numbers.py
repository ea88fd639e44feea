"""How numbers, durations and dates read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from api.dashboard import numbers
from api.dashboard.numbers import Direction, Verdict
from core.metrics import Unit

_ENGLISH = Locale.parse("en")
_BRITISH = Locale.parse("en_GB")
_GERMAN = Locale.parse("de")
_TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("number", "english", "german"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (34_218, "34,218", "34.218"),
        (99_999, "99,999", "99.999"),
        (100_000, "100k", "100k"),
        (123_456, "123k", "123k"),
        (999_499, "999k", "999k"),
        (999_500, "1.00M", "1,00M"),
        (1_234_567, "1.23M", "1,23M"),
        (12_345_678, "12.3M", "12,3M"),
        (999_499_999, "999M", "999M"),
        (999_500_000, "1.00B", "1,00B"),
        (1_234_567_890_123, "1,235B", "1.235B"),
    ],
)
def test_counts(number: int, english: str, german: str) -> None:
    """Exact as long as they are short, then three digits."""
    assert english == numbers.count(number, _ENGLISH)
    assert german == numbers.count(number, _GERMAN)


@given(st.integers(0, 10**11))
def test_a_count_is_never_far_from_the_number(number: int) -> None:
    """Half a unit of its third digit."""
    text = numbers.count(number, _ENGLISH).replace(",", "")
    scale = {"k": 10**3, "M": 10**6, "B": 10**9}.get(text[-1], 1)
    assert abs(float(text.rstrip("kMB")) * scale - number) <= number * 0.005


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (45, "45s"),
        (59.4, "59s"),
        (59.5, "1m\u00a000s"),
        (84, "1m\u00a024s"),
        (185, "3m\u00a005s"),
        (3_599, "59m\u00a059s"),
        (3_900, "1h\u00a005m"),
        (90_000, "25h\u00a000m"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    """Two units at most, the smaller one with two digits."""
    assert text == numbers.duration(seconds)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (42.3, 1, "42.3\u00a0%"),
        (0, 1, "0.0\u00a0%"),
        (24.5, 0, "25\u00a0%"),
        (100, 0, "100\u00a0%"),
        (0.4, 0, "0\u00a0%"),
    ],
)
def test_percentages(value: float, decimals: int, text: str) -> None:
    """A half goes up."""
    assert text == numbers.percent(value, _ENGLISH, decimals=decimals)


_UP, _DOWN, _NONE = Direction
_GOOD, _BAD, _NEUTRAL = Verdict


@pytest.mark.parametrize(
    ("now", "before", "unit", "better", "text", "direction", "verdict", "spoken"),
    [
        (110, 100, Unit.COUNT, True, "10\u00a0%", _UP, _GOOD, "up 10 percent"),
        (94, 100, Unit.COUNT, True, "6\u00a0%", _DOWN, _BAD, "down 6 percent"),
        (1_000, 1_000, Unit.COUNT, True, "0\u00a0%", _NONE, _NEUTRAL, "unchanged"),
        (1_004, 1_000, Unit.COUNT, True, "0\u00a0%", _NONE, _NEUTRAL, "unchanged"),
        (1_005, 1_000, Unit.COUNT, True, "1\u00a0%", _UP, _GOOD, "up 1 percent"),
        (0, 0, Unit.COUNT, True, "0\u00a0%", _NONE, _NEUTRAL, "unchanged"),
        (7, 0, Unit.COUNT, True, "new", _NONE, _NEUTRAL, "new"),
        (0, 7, Unit.COUNT, True, "100\u00a0%", _DOWN, _BAD, "down 100 percent"),
        (1_099, 110, Unit.COUNT, True, "899\u00a0%", _UP, _GOOD, "up 899 percent"),
        (10_990, 1_000, Unit.COUNT, True, "999\u00a0%", _UP, _GOOD, "up 999 percent"),
        (12_000, 1_000, Unit.COUNT, True, "\u00d712", _UP, _GOOD, "12 times as much"),
        (42.3, 44.1, Unit.PERCENT, False, "1.8\u00a0pt", _DOWN, _GOOD, "down 1.8 points"),
        (44.1, 42.3, Unit.PERCENT, False, "1.8\u00a0pt", _UP, _BAD, "up 1.8 points"),
        (5.0, 0.0, Unit.PERCENT, False, "5.0\u00a0pt", _UP, _BAD, "up 5.0 points"),
        (42.3, 42.3, Unit.PERCENT, False, "0\u00a0pt", _NONE, _NEUTRAL, "unchanged"),
        (185, 172, Unit.SECONDS, True, "8\u00a0%", _UP, _GOOD, "up 8 percent"),
    ],
)
def test_changes(
    now: float,
    before: float,
    unit: Unit,
    *,
    better: bool,
    text: str,
    direction: Direction,
    verdict: Verdict,
    spoken: str,
) -> None:
    """Counts in percent, rates in points; new from nothing, so many times as much beyond 999 %, 0 below a half."""
    found = numbers.change(now, before, unit, _ENGLISH, more_is_better=better)
    assert text == found.text
    assert direction == found.direction
    assert verdict == found.verdict
    assert spoken == found.spoken


@pytest.mark.parametrize(
    ("first", "last", "british", "german"),
    [
        (
            date(2026, 10, 23),
            date(2026, 11, 21),
            "23 Oct\u2009\u2013\u200921 Nov",
            "23. Okt.\u2009\u2013\u200921. Nov.",
        ),
        (date(2026, 11, 1), date(2026, 11, 21), "1\u201321 Nov", "1.\u201321. Nov."),
        (date(2026, 11, 7), date(2026, 11, 7), "7 Nov", "7. Nov."),
        (date(2025, 11, 7), date(2025, 11, 7), "7 Nov 2025", "7. Nov. 2025"),
    ],
)
def test_spans_of_days(first: date, last: date, british: str, german: str) -> None:
    """What both dates have in common is said once; the year only where it is another than this."""
    assert british == numbers.days(first, last, _BRITISH, today=_TODAY)
    assert german == numbers.days(first, last, _GERMAN, today=_TODAY)


@pytest.mark.parametrize(
    ("language", "date_", "time"),
    [
        ("en_GB", "Sat 7 Nov", "15:00"),
        ("en_US", "Sat, Nov 7", "3 PM"),
        ("de", "Sa., 7. Nov.", "15:00"),
        ("ja", "11月7日(土)", "15:00"),
    ],
)
def test_days_and_hours(language: str, date_: str, time: str) -> None:
    """As the language has them."""
    locale = Locale.parse(language)
    assert date_ == numbers.day(date(2026, 11, 7), locale, today=_TODAY, weekday=True)
    assert time == numbers.hour(datetime(2026, 11, 7, 15), locale)  # noqa: DTZ001 - what clocks show


def test_an_hour_is_that_of_its_own_zone() -> None:
    """One instant is told by the clocks of each zone, whoever asked before."""
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    zones = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "UTC")
    assert [numbers.hour(noon.astimezone(ZoneInfo(zone)), _BRITISH) for zone in zones] == [
        "12:00",
        "13:00",
        "17:45",
        "12:00",
    ]
