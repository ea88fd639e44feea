"""Ticks stand where a calendar has them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from api.dashboard.ticks import Shown, ticks
from core.intervals import Calendar, Interval, slots
from core.ranges import Days
from core.sites import WeekStart

_BERLIN = Calendar(zone=ZoneInfo("Europe/Berlin"))
_BRITISH = Locale.parse("en_GB")


@pytest.mark.parametrize(
    ("first", "last", "interval", "open_", "desk", "phone"),
    [
        (
            date(2026, 10, 23),
            date(2026, 11, 21),
            Interval.DAY,
            True,
            ["26 Oct", "2 Nov", "9 Nov", "16 Nov"],
            ["26 Oct", "2 Nov", "9 Nov"],
        ),
        (
            date(2026, 11, 20),
            date(2026, 11, 20),
            Interval.HOUR,
            False,
            ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"],
            ["00:00", "06:00", "12:00", "18:00"],
        ),
        (
            date(2026, 11, 15),
            date(2026, 11, 21),
            Interval.DAY,
            True,
            ["Sun 15", "Mon 16", "Tue 17", "Wed 18", "Thu 19", "Fri 20"],
            ["Mon 16", "Wed 18", "Fri 20"],
        ),
        (date(2026, 8, 24), date(2026, 11, 21), Interval.DAY, True, 13, ["Sept", "Oct", "Nov"]),
        (
            date(2025, 11, 22),
            date(2026, 11, 21),
            Interval.WEEK,
            True,
            ["Dec", "2026", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov"],
            ["2026", "Mar", "May", "Jul"],
        ),
    ],
)
def test_ticks_of_a_series(
    first: date, last: date, interval: Interval, *, open_: bool, desk: list[str] | int, phone: list[str]
) -> None:
    """Every third hour, days of a week, Mondays, months, a year by its number; fewer of them on a phone."""
    points = slots(Days(first=first, last=last), interval, _BERLIN)
    found = ticks(points, interval, _BERLIN, _BRITISH, now=len(points) - 1 if open_ else None)
    on_desk = [tick.text for tick in found if tick.shown is not Shown.PHONE]
    assert desk == (len(on_desk) if isinstance(desk, int) else on_desk)
    assert phone == [tick.text for tick in found if tick.shown is not Shown.DESK]


def test_weeks_begin_as_the_site_says() -> None:
    """On Sundays, where that is the first day of a week."""
    calendar = Calendar(zone=ZoneInfo("America/New_York"), week_start=WeekStart.SUNDAY)
    points = slots(Days(first=date(2026, 10, 23), last=date(2026, 11, 21)), Interval.DAY, calendar)
    found = ticks(points, Interval.DAY, calendar, Locale.parse("en_US"), now=None)
    expected = ["Oct 25", "Nov 1", "Nov 8", "Nov 15"]
    assert expected == [tick.text for tick in found]


@settings(max_examples=30, deadline=None)  # a calendar of years takes its time
@given(st.integers(1, 3_000), st.sampled_from([Interval.DAY, Interval.WEEK, Interval.MONTH]), st.booleans())
def test_there_is_room_for_all_of_them(length: int, interval: Interval, open_: bool) -> None:  # noqa: FBT001 - drawn
    """Thirteen at most on a desk, four on a phone, each at a point of the series and none on the named last one."""
    first = date(2015, 3, 7)
    points = slots(Days(first=first, last=date.fromordinal(first.toordinal() + length - 1)), interval, _BERLIN)
    found = ticks(points, interval, _BERLIN, _BRITISH, now=len(points) - 1 if open_ else None)
    assert sum(tick.shown is not Shown.PHONE for tick in found) <= 13
    assert sum(tick.shown is not Shown.DESK for tick in found) <= 4
    assert all(0 <= tick.place < len(points) - open_ for tick in found)
