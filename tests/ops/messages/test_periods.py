"""When reports are sent, and what they are of: weeks and months of calendars that differ."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from core.intervals import Calendar, Interval
from core.ranges import Days, at, wall_at
from core.sites import WeekStart
from core.spans import DAY, HOUR, MINUTE
from ops.messages import periods

WEEK, MONTH = Interval.WEEK, Interval.MONTH
ZONES: Final = ("UTC", "America/New_York", "Pacific/Apia", "Africa/Casablanca", "Australia/Lord_Howe")


def calendar(zone: str = "UTC", start: WeekStart = WeekStart.MONDAY) -> Calendar:
    """How a site counts time."""
    return Calendar(zone=ZoneInfo(zone), week_start=start)


def moment(text: str, zone: str = "UTC") -> int:
    """An instant by the clocks of a zone, ms."""
    return at(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("interval", "zone", "start", "now", "first", "last", "following"),
    [
        (WEEK, "UTC", "monday", "2026-11-23T07:00", "2026-11-16", "2026-11-22", "2026-11-30T07:00"),
        (WEEK, "UTC", "monday", "2026-11-23T06:59", "2026-11-09", "2026-11-15", "2026-11-23T07:00"),
        (WEEK, "UTC", "sunday", "2026-11-23T07:00", "2026-11-15", "2026-11-21", "2026-11-29T07:00"),
        (WEEK, "UTC", "saturday", "2026-11-23T07:00", "2026-11-14", "2026-11-20", "2026-11-28T07:00"),
        (MONTH, "UTC", "monday", "2026-03-01T07:00", "2026-02-01", "2026-02-28", "2026-04-01T07:00"),
        (MONTH, "UTC", "monday", "2026-03-01T06:59", "2026-01-01", "2026-01-31", "2026-03-01T07:00"),
        (MONTH, "UTC", "monday", "2027-01-15T12:00", "2026-12-01", "2026-12-31", "2027-02-01T07:00"),
        # The week before the report has 167 hours, and the one after it 169.
        (WEEK, "Europe/Berlin", "monday", "2026-03-30T07:00", "2026-03-23", "2026-03-29", "2026-04-06T07:00"),
        (WEEK, "Europe/Berlin", "monday", "2026-10-26T07:00", "2026-10-19", "2026-10-25", "2026-11-02T07:00"),
        # The first day of a week is the one on which clocks leap.
        (WEEK, "Europe/Berlin", "sunday", "2026-03-29T07:00", "2026-03-22", "2026-03-28", "2026-04-05T07:00"),
        # 30 December 2011 was left out.
        (MONTH, "Pacific/Apia", "monday", "2012-01-01T07:00", "2011-12-01", "2011-12-31", "2012-02-01T07:00"),
    ],
)
def test_reports_have_their_days(  # noqa: PLR0917 - the columns of the table
    interval: Interval, zone: str, start: str, now: str, first: str, last: str, following: str
) -> None:
    """Whole weeks and months; at seven by the site's own clocks."""
    at_site = calendar(zone, WeekStart(start))
    found = periods.latest(interval, moment(now, zone), at_site)
    assert (first, last) == (found.first.isoformat(), found.last.isoformat())
    assert moment(following, zone) == periods.next_time(interval, moment(now, zone), at_site)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("interval", [WEEK, MONTH])
def test_no_days_are_left_out_or_told_twice(interval: Interval, zone: str) -> None:
    """From one report to the next, over two years, however clocks are changed."""
    at_site = calendar(zone)
    now = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 1_000
    end, known = now + 700 * DAY, []
    while now < end:
        now = periods.next_time(interval, now, at_site)
        assert wall_at(now, at_site.zone).hour == 7
        for late in (0, 17 * HOUR, DAY):
            assert periods.latest(interval, now, at_site) == periods.latest(interval, now + late, at_site)
        known.append(periods.latest(interval, now, at_site))
        assert periods.latest(interval, now - MINUTE, at_site) == periods.before(interval, known[-1].first, at_site)
    days = [day for each in known for day in each]
    assert list(Days(first=days[0], last=days[-1])) == days
