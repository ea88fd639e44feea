"""Words for ranges, and the instants of local days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.ranges import Comparison, Days, Period, bounds, compared, date_at, days_of, ends
from core.spans import DAY, HOUR

TODAY = date(2026, 3, 1)


def days(first: str, last: str) -> Days:
    """Days from one ISO date to another."""
    return Days(first=date.fromisoformat(first), last=date.fromisoformat(last))


def utc(text: str) -> int:
    """Ms of an ISO instant in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("yesterday", days("2026-02-28", "2026-02-28")),
        ("today", days("2026-03-01", "2026-03-01")),
        ("7d", days("2026-02-23", "2026-03-01")),
        ("30d", days("2026-01-31", "2026-03-01")),
        ("90d", days("2025-12-02", "2026-03-01")),
        ("12m", days("2025-03-02", "2026-03-01")),
        ("ytd", days("2026-01-01", "2026-03-01")),
        ("all", days("2024-06-30", "2026-03-01")),
    ],
)
def test_a_word_means_these_days(period: str, expected: Days) -> None:
    """Every word but yesterday ends today."""
    assert expected == days_of(Period(period), today=TODAY, oldest=date(2024, 6, 30))


def test_all_of_a_site_without_anything_is_today() -> None:
    """The first day with anything may not have come yet, by a clock that is ahead."""
    assert days("2026-03-01", "2026-03-01") == days_of(Period.ALL, today=TODAY, oldest=date(2026, 3, 2))


@pytest.mark.parametrize(
    ("comparison", "of", "expected"),
    [
        ("previous_period", days("2026-02-23", "2026-03-01"), days("2026-02-16", "2026-02-22")),
        ("previous_period", days("2026-03-01", "2026-03-01"), days("2026-02-28", "2026-02-28")),
        ("yoy", days("2026-02-23", "2026-03-01"), days("2025-02-23", "2025-03-01")),
        ("yoy", days("2024-02-29", "2024-02-29"), days("2023-02-28", "2023-02-28")),
    ],
)
def test_what_a_range_is_compared_with(comparison: str, of: Days, expected: Days) -> None:
    """The period just before, or the same dates a year earlier."""
    assert expected == compared(of, Comparison(comparison))


@pytest.mark.parametrize("comparison", list(Comparison))
def test_before_the_calendar_there_is_nothing_to_compare_with(comparison: Comparison) -> None:
    """The year 1 has no predecessor."""
    with pytest.raises(OverflowError):
        compared(days("0001-01-01", "0001-01-02"), comparison)


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("UTC", "2026-11-20", "2026-11-20T00:00", 24),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", 25),
        ("Asia/Kathmandu", "2026-11-20", "2026-11-19T18:15", 24),
        ("Asia/Kolkata", "2026-11-20", "2026-11-19T18:30", 24),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00", 23),  # the clock leapt from 0:00 to 1:00
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00", 25),  # and back from 24:00 to 23:00
        ("America/Toronto", "1919-03-31", "1919-03-31T04:30", 23.5),  # the clock leapt from 23:30 to 0:30
        ("America/St_Johns", "2000-10-28", "2000-10-28T02:30", 24),  # ends at the first of two midnights
        ("America/St_Johns", "2000-10-29", "2000-10-29T02:30", 25),  # the clock went back from 0:01 to 23:01
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00", 0),  # left out when the date line moved
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30", 23.5),
    ],
)
def test_a_local_day_begins_and_ends_with_its_date(zone: str, day: str, start: str, hours: float) -> None:
    """A day has as many hours as its date lasted."""
    begins = utc(start)
    assert [begins, begins + int(hours * HOUR)] == bounds(days(day, day), ZoneInfo(zone))


def _is_twice(wall: datetime) -> bool:
    """Whether clocks show this time twice."""
    first, second = wall.utcoffset(), wall.replace(fold=1).utcoffset()
    assert first is not None
    assert second is not None
    return first > second


@given(
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Africa/Cairo", "Pacific/Chatham"]),
    st.dates(date(1990, 1, 1), date(2037, 1, 1)),
    st.integers(0, 40),
    st.integers(0, DAY - 1),
)
def test_every_instant_of_a_range_has_the_date_of_its_day(zone: str, first: date, length: int, within: int) -> None:
    """The bounds cut time where the date changes, unless it changes back."""
    given_days = Days(first=first, last=first + timedelta(days=length))
    walls = [
        datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
        for day in (*given_days, given_days.last + timedelta(days=1))
    ]
    assume(not any(map(_is_twice, walls)))
    edges = bounds(given_days, ZoneInfo(zone))
    assert length + 2 == len(edges)
    assert (edges[0], edges[-1]) == ends(given_days, ZoneInfo(zone))
    for day, begin, end in zip(given_days, edges, edges[1:], strict=False):
        instant = begin + within % (end - begin)
        assert [day, day, day] == [date_at(ms, ZoneInfo(zone)) for ms in (begin, instant, end - 1)]
