"""The points of series, in calendars of all kinds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.intervals import Calendar, Interval, Slot, count, label, slots
from core.ranges import Days, bounds, date_at, ends
from core.sites import WeekStart
from core.spans import HOUR, MINUTE

ZONES: Final = (
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",  # half an hour off
    "Asia/Kathmandu",  # 45 minutes off
    "Pacific/Chatham",  # the same, with summer time
    "Australia/Lord_Howe",  # summer time is half an hour
    "America/Sao_Paulo",  # midnights were leapt over
    "Pacific/Apia",  # 30 December 2011 never was
    "Africa/Casablanca",
)


def days(first: str, last: str) -> Days:
    """Days from one ISO date to another."""
    return Days(first=date.fromisoformat(first), last=date.fromisoformat(last))


def labels(found: list[Slot], interval: Interval, zone: str) -> list[str]:
    """What the points are called."""
    return [label(slot, interval, ZoneInfo(zone)) for slot in found]


def comes_twice(day: date, zone: tzinfo) -> bool:
    """Whether the clock goes back over the day's first midnight soon after it, as it did in St. John's up to 2011."""
    begin, _ = ends(Days(first=day, last=day), zone)
    return any(date_at(begin + minutes * MINUTE, zone) < day for minutes in (1, 30, 59))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("UTC", "2026-03-29", 24),
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Asia/Kathmandu", "2026-03-29", 24),
        ("Australia/Lord_Howe", "2026-10-04", 24),  # one of them of half an hour
        ("Australia/Lord_Howe", "2026-04-05", 25),  # same
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("Pacific/Apia", "2011-12-30", 0),
    ],
)
def test_a_day_has_so_many_hours(zone: str, day: str, hours: int) -> None:
    """Hours are instants; a day that never was has none."""
    calendar = Calendar(zone=ZoneInfo(zone))
    assert hours == len(slots(days(day, day), Interval.HOUR, calendar))


@pytest.mark.parametrize(
    ("zone", "interval", "range_", "first", "last"),
    [
        ("UTC", "hour", ("2026-03-29", "2026-03-29"), "2026-03-29T00:00:00+00:00", "2026-03-29T23:00:00+00:00"),
        (
            "Europe/Berlin",
            "hour",
            ("2026-03-29", "2026-03-29"),
            "2026-03-29T00:00:00+01:00",
            "2026-03-29T23:00:00+02:00",
        ),
        (
            "Asia/Kolkata",
            "minute",
            ("2026-03-29", "2026-03-29"),
            "2026-03-29T00:00:00+05:30",
            "2026-03-29T23:59:00+05:30",
        ),
        ("Asia/Kolkata", "day", ("2026-03-29", "2026-03-30"), "2026-03-29", "2026-03-30"),
        ("UTC", "week", ("2026-02-27", "2026-03-10"), "2026-02-27", "2026-03-09"),
        ("UTC", "month", ("2026-01-15", "2026-03-10"), "2026-01-15", "2026-03-01"),
    ],
)
def test_what_points_are_called(zone: str, interval: str, range_: tuple[str, str], first: str, last: str) -> None:
    """By their first day, or by what clocks show when they begin."""
    kind = Interval(interval)
    found = labels(slots(days(*range_), kind, Calendar(zone=ZoneInfo(zone))), kind, zone)
    assert (found[0], found[-1]) == (first, last)


def test_an_hour_that_clocks_show_twice_is_there_twice() -> None:
    """Told apart by the distance to UTC."""
    calendar = Calendar(zone=ZoneInfo("Europe/Berlin"))
    found = labels(slots(days("2026-10-25", "2026-10-25"), Interval.HOUR, calendar), Interval.HOUR, "Europe/Berlin")
    assert found[1:5] == [
        "2026-10-25T01:00:00+02:00",
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T03:00:00+01:00",
    ]


@pytest.mark.parametrize(
    ("week_start", "expected"),
    [
        ("monday", ["2026-11-18", "2026-11-23", "2026-11-30"]),
        ("saturday", ["2026-11-18", "2026-11-21", "2026-11-28"]),
        ("sunday", ["2026-11-18", "2026-11-22", "2026-11-29"]),
    ],
)
def test_weeks_begin_as_the_site_says(week_start: str, expected: list[str]) -> None:
    """The first one may be cut by the range: 18 November 2026 is a Wednesday."""
    calendar = Calendar(zone=UTC, week_start=WeekStart(week_start))
    found = slots(days("2026-11-18", "2026-11-30"), Interval.WEEK, calendar)
    assert expected == labels(found, Interval.WEEK, "UTC")


@settings(deadline=None)
@example(  # its clocks went back from one minute past midnight to one past eleven
    zone="America/St_Johns",
    first=date(2000, 10, 1),
    length=28,
    interval=Interval.HOUR,
    week_start=WeekStart.MONDAY,
)
@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    length=st.integers(0, 40),
    interval=st.sampled_from(Interval),
    week_start=st.sampled_from(WeekStart),
)
def test_points_cover_the_range_once(
    zone: str, first: date, length: int, interval: Interval, week_start: WeekStart
) -> None:
    """Without a gap, from its first instant to its last, each on the days it says; their number is known before."""
    calendar = Calendar(zone=ZoneInfo(zone), week_start=week_start)
    over = Days(first=first, last=first + timedelta(days=length if interval is not Interval.MINUTE else length % 3))
    found = slots(over, interval, calendar)
    assert (found[0].begin if found else ends(over, calendar.zone)[1], ends(over, calendar.zone)[1]) == (
        ends(over, calendar.zone)[0],
        found[-1].end if found else ends(over, calendar.zone)[0],
    )
    assert all(before.end == after.begin for before, after in pairwise(found))
    for slot in found:
        assert slot.begin <= slot.end
        begin, end = ends(Days(first=slot.first, last=slot.last), calendar.zone)
        assert begin <= slot.begin <= slot.end <= end
        if slot.begin < slot.end and not any(comes_twice(day, calendar.zone) for day in (slot.first, slot.last)):
            assert slot.first <= date_at(slot.begin, calendar.zone) <= date_at(slot.end - 1, calendar.zone) <= slot.last
    changes = 120 if interval is Interval.MINUTE else 3
    assert abs(count(over, interval) - len(found)) <= changes * (length + 2)


@settings(deadline=None)
@given(zone=st.sampled_from(ZONES), day=st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_hours_begin_when_clocks_show_whole_ones(zone: str, day: date) -> None:
    """Except where the clock itself leapt; none is longer than an hour."""
    calendar = Calendar(zone=ZoneInfo(zone))
    found = slots(Days(first=day, last=day), Interval.HOUR, calendar)
    begin, end = bounds(Days(first=day, last=day), calendar.zone)
    shown = [datetime.fromtimestamp(slot.begin // 1_000, tz=calendar.zone).minute for slot in found]
    assert all(0 < slot.end - slot.begin <= HOUR for slot in found)
    assert sum(minute != 0 for minute in shown) <= (end - begin != 24 * HOUR)


@settings(deadline=None)
@given(zone=st.sampled_from(ZONES), day=st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_minutes_are_minutes(zone: str, day: date) -> None:
    """Each of sixty seconds."""
    found = slots(Days(first=day, last=day), Interval.MINUTE, Calendar(zone=ZoneInfo(zone)))
    assert {slot.end - slot.begin for slot in found} <= {MINUTE}
