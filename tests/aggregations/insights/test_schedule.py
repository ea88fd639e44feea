"""01:00 in any zone, and which day has its insights then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregations.insights.schedule import latest_day, made_at, next_time
from core.ranges import date_at
from core.spans import DAY, HOUR, SECOND

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Havana", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo")


def ms(text: str) -> int:
    """An instant of UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("UTC", "2026-02-13", "2026-02-14T01:00"),
        ("America/New_York", "2026-02-13", "2026-02-14T06:00"),
        ("Asia/Kathmandu", "2026-02-13", "2026-02-13T19:15"),
        ("Europe/Berlin", "2026-03-28", "2026-03-29T00:00"),  # an hour before the leap
        ("Europe/Berlin", "2026-10-24", "2026-10-24T23:00"),
        ("Europe/London", "2026-03-28", "2026-03-29T01:00"),  # 01:00 is leapt over: at the leap
        ("Europe/London", "2026-10-24", "2026-10-25T00:00"),  # 01:00 comes twice: the first
        ("America/Havana", "2026-03-07", "2026-03-08T05:00"),  # midnight is leapt over: 01:00 is the leap
        ("America/Havana", "2026-10-31", "2026-11-01T06:00"),  # midnight comes twice: two hours after the first
        ("Pacific/Apia", "2011-12-29", "2011-12-30T10:00"),  # the 30th never was
    ],
)
def test_when_a_day_has_its_insights(zone: str, day: str, expected: str) -> None:
    """Once, whatever the clocks do."""
    assert ms(expected) == made_at(date.fromisoformat(day), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "now", "day", "expected"),
    [
        ("UTC", "2026-02-14T00:59:59", "2026-02-12", "2026-02-14T01:00"),
        ("UTC", "2026-02-14T01:00", "2026-02-13", "2026-02-15T01:00"),
        ("UTC", "2026-02-14T23:00", "2026-02-13", "2026-02-15T01:00"),
        ("America/New_York", "2026-02-14T06:00", "2026-02-13", "2026-02-15T06:00"),
        ("Europe/London", "2026-03-29T01:00", "2026-03-28", "2026-03-30T00:00"),
        ("Europe/London", "2026-10-25T00:00", "2026-10-24", "2026-10-26T01:00"),
        ("Europe/London", "2026-10-25T01:00", "2026-10-24", "2026-10-26T01:00"),
        ("Pacific/Apia", "2011-12-30T10:30", "2011-12-29", "2011-12-30T11:00"),
    ],
)
def test_which_day_is_the_latest(zone: str, now: str, day: str, expected: str) -> None:
    """And when the next one is."""
    assert date.fromisoformat(day) == latest_day(ms(now), ZoneInfo(zone))
    assert ms(expected) == next_time(ms(now), ZoneInfo(zone))


@given(st.integers(ms("2011-01-01"), ms("2030-01-01")), st.sampled_from(ZONES))
def test_there_is_one_a_day(now: int, name: str) -> None:
    """The next is after now and no further than a day and a leap, and then its day is the latest."""
    zone = ZoneInfo(name)
    following = next_time(now, zone)
    assert now < following <= now + DAY + HOUR
    assert made_at(latest_day(now, zone), zone) <= now
    days = latest_day(following, zone) - latest_day(now, zone)
    assert days == timedelta(days=1)
    assert latest_day(now, zone) < date_at(now, zone)
