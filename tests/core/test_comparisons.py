"""What ranges are compared with, while they are open and when the clock is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.comparisons import Against, opposite, other
from core.intervals import Calendar, Interval, Slot, label, slots
from core.ranges import Days, at, date_at, ends, wall_at
from core.spans import DAY, HOUR
from tests.core.test_intervals import ZONES, days

BERLIN: Final = ZoneInfo("Europe/Berlin")


def ms(text: str) -> int:
    """An ISO instant with its distance to UTC."""
    return int(datetime.fromisoformat(text).timestamp()) * 1_000


@pytest.mark.parametrize(
    ("against", "range_", "now", "expected", "until"),
    [
        ("previous", ("2026-11-15", "2026-11-21"), "2026-11-21T15:00+01:00", ("2026-11-08", "2026-11-14"), "14T15:00"),
        ("previous", ("2026-11-21", "2026-11-21"), "2026-11-21T15:00+01:00", ("2026-11-20", "2026-11-20"), "20T15:00"),
        ("previous", ("2026-11-14", "2026-11-20"), "2026-11-21T15:00+01:00", ("2026-11-07", "2026-11-13"), None),
        # Minutes are whole.
        ("previous", ("2026-11-21", "2026-11-21"), "2026-11-21T15:00:59+01:00", ("2026-11-20",) * 2, "20T15:00"),
        # A range that goes on after today ends today.
        ("previous", ("2026-11-20", "2026-11-23"), "2026-11-21T15:00+01:00", ("2026-11-16", "2026-11-19"), "17T15:00"),
        # Nothing of it has passed yet.
        ("previous", ("2026-11-23", "2026-11-24"), "2026-11-21T15:00+01:00", ("2026-11-21", "2026-11-22"), "21T00:00"),
        # 52 weeks before a Saturday is a Saturday.
        ("year", ("2026-11-21", "2026-11-21"), "2026-11-21T15:00+01:00", ("2025-11-22", "2025-11-22"), "22T15:00"),
        ("year", ("2026-11-01", "2026-11-20"), "2026-11-21T15:00+01:00", ("2025-11-02", "2025-11-21"), None),
        # The day after a day of 23 hours: by the clock, not by hours that have passed.
        ("previous", ("2026-03-30", "2026-03-30"), "2026-03-30T15:00+02:00", ("2026-03-29", "2026-03-29"), "29T15:00"),
        ("previous", ("2026-03-29", "2026-03-29"), "2026-03-29T15:00+02:00", ("2026-03-28", "2026-03-28"), "28T15:00"),
        # 02:30 was not: nothing happened between 02:00 and 03:00.
        ("previous", ("2026-03-30", "2026-03-30"), "2026-03-30T02:30+02:00", ("2026-03-29", "2026-03-29"), "29T03:00"),
        # 02:30 was twice: the first of them.
        ("previous", ("2026-10-26", "2026-10-26"), "2026-10-26T02:30+01:00", ("2026-10-25", "2026-10-25"), "25T02:30"),
    ],
)
def test_what_a_range_is_compared_with(
    against: str, range_: tuple[str, str], now: str, expected: tuple[str, str], until: str | None
) -> None:
    """As many days, cut at what clocks show now if the range is open."""
    found = other(days(*range_), Against(against), now_ms=ms(now), zone=BERLIN)
    assert found.days == days(*expected)
    shown = None if found.until is None else wall_at(found.until, BERLIN).strftime("%dT%H:%M:%S").removesuffix(":00")
    assert shown == until


def test_of_a_time_that_is_twice_on_both_days_the_same_is_meant() -> None:
    """The second 02:30 of 25 October 2026 is held against a plain day's only one."""
    found = other(days("2026-10-25", "2026-10-25"), Against.YEAR, now_ms=ms("2026-10-25T02:30+01:00"), zone=BERLIN)
    assert found.until == ms("2025-10-26T02:30+01:00")  # 52 weeks before the clock was set back too


def test_before_the_calendar_there_is_nothing() -> None:
    """The year 1 has no predecessor."""
    with pytest.raises(OverflowError):
        other(days("0001-01-01", "0001-01-02"), Against.PREVIOUS, now_ms=0, zone=UTC)


@pytest.mark.parametrize(
    ("range_", "now", "ours", "theirs"),
    [
        # 02:00 was not the day before, 03:00 is held against 03:00.
        (("2026-03-30", "2026-03-30"), "2026-04-01T00:00+02:00", "2026-03-30T02:00+02:00", None),
        (("2026-03-30", "2026-03-30"), "2026-04-01T00:00+02:00", "2026-03-30T03:00+02:00", "2026-03-29T03:00+02:00"),
        # 02:00 is twice: the second one has nothing to be held against.
        (("2026-10-25", "2026-10-25"), "2026-11-01T00:00+01:00", "2026-10-25T02:00+02:00", "2026-10-24T02:00+02:00"),
        (("2026-10-25", "2026-10-25"), "2026-11-01T00:00+01:00", "2026-10-25T02:00+01:00", None),
        (("2026-10-25", "2026-10-25"), "2026-11-01T00:00+01:00", "2026-10-25T03:00+01:00", "2026-10-24T03:00+02:00"),
        # The hour that is open, and one that is yet to come.
        (("2026-11-21", "2026-11-21"), "2026-11-21T15:20+01:00", "2026-11-21T15:00+01:00", "2026-11-20T15:00+01:00"),
        (("2026-11-21", "2026-11-21"), "2026-11-21T15:20+01:00", "2026-11-21T16:00+01:00", None),
    ],
)
def test_hours_are_held_against_hours_by_the_clock(
    range_: tuple[str, str], now: str, ours: str, theirs: str | None
) -> None:
    """Not by their number on the day; gaps stay gaps."""
    calendar = Calendar(zone=BERLIN)
    points = slots(days(*range_), Interval.HOUR, calendar)
    against = other(days(*range_), Against.PREVIOUS, now_ms=ms(now), zone=BERLIN)
    found = opposite(points, against, interval=Interval.HOUR, calendar=calendar)
    (place,) = (found.places[number] for number, slot in enumerate(points) if _name(slot) == ours)
    assert theirs == (None if place is None else _name(found.slots[place]))


def test_weeks_are_held_against_as_many_days() -> None:
    """Also where the days before begin on another day of the week."""
    calendar = Calendar(zone=BERLIN)
    over = days("2026-11-04", "2026-11-20")
    points = slots(over, Interval.WEEK, calendar)
    against = other(over, Against.PREVIOUS, now_ms=ms("2026-11-21T15:00+01:00"), zone=BERLIN)
    found = opposite(points, against, interval=Interval.WEEK, calendar=calendar)
    assert [(slot.last - slot.first).days for slot in points] == [4, 6, 4]
    assert [(slot.last - slot.first).days for slot in found.slots] == [4, 6, 4]
    assert found.places == [0, 1, 2]


@settings(deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    now=st.integers(ms("2010-01-01T00:00+00:00") // 1_000, ms("2030-01-01T00:00+00:00") // 1_000),
    length=st.integers(1, 400),
    to_come=st.integers(-2, 2),
    against=st.sampled_from(Against),
)
def test_a_cut_is_what_clocks_show(zone: str, now: int, length: int, to_come: int, against: Against) -> None:
    """The other range has as many days; its cut shows the minute that clocks show now, unless they leapt over it."""
    tz, now_ms = ZoneInfo(zone), now * 1_000
    last = date_at(now_ms, tz) + timedelta(days=to_come)
    over = Days(first=last - timedelta(days=length - 1), last=last)
    found = other(over, against, now_ms=now_ms, zone=tz)
    assert len(found.days) == length
    assert (over.first - found.days.first).days == found.shift
    assert (found.until is None) is (to_come < 0)
    if found.until is None:
        return
    begin, end = ends(found.days, tz)
    assert begin <= found.until <= end
    if begin < found.until < end:
        wall = wall_at(now_ms, tz).replace(tzinfo=None, fold=0, second=0) - timedelta(days=found.shift)
        shown = wall_at(found.until, tz).replace(tzinfo=None, fold=0)
        assert timedelta() <= shown - wall <= timedelta(hours=24)
        if shown != wall:  # a leap: a moment before it was before that time
            assert wall_at(found.until - 1_000, tz).replace(tzinfo=None, fold=0) < wall


@settings(deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    now=st.integers(ms("2010-01-01T00:00+00:00") // 1_000, ms("2030-01-01T00:00+00:00") // 1_000),
    length=st.integers(1, 20),
    interval=st.sampled_from([each for each in Interval if each is not Interval.MINUTE]),
    against=st.sampled_from(Against),
)
def test_a_point_is_held_against_one_at_the_same_place(
    zone: str, now: int, length: int, interval: Interval, against: Against
) -> None:
    """As many days before, at the same time by the clock, neither after the cut; no point is used twice."""
    calendar, now_ms = Calendar(zone=ZoneInfo(zone)), now * 1_000
    last = date_at(now_ms, calendar.zone)
    over = Days(first=last - timedelta(days=length - 1), last=last)
    against_that = other(over, against, now_ms=now_ms, zone=calendar.zone)
    ours = slots(over, interval, calendar)
    found = opposite(ours, against_that, interval=interval, calendar=calendar)
    places = [place for place in found.places if place is not None]
    assert len(found.places) == len(ours)
    assert len(set(places)) == len(places)
    assert against_that.until is not None
    assert all(slot.end <= against_that.until for slot in found.slots)
    for slot, place in zip(ours, found.places, strict=True):
        if place is not None:
            theirs = found.slots[place]
            assert (slot.first - theirs.first).days == (slot.last - theirs.last).days == against_that.shift
            if interval is Interval.HOUR:
                assert label(slot, interval, calendar.zone)[11:16] == label(theirs, interval, calendar.zone)[11:16]


@settings(deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    instant=st.integers(ms("2000-01-01T00:00+00:00"), ms("2030-01-01T00:00+00:00")),
)
def test_an_instant_is_where_clocks_show_it(zone: str, instant: int) -> None:
    """There and back, also where clocks show a time twice."""
    assert instant == at(wall_at(instant, ZoneInfo(zone)))


def test_a_day_before_is_a_day_before_by_the_clock() -> None:
    """24 hours, unless the clock was changed."""
    noon = ms("2026-03-29T12:00+02:00")
    assert noon - at(wall_at(noon, BERLIN) - timedelta(days=1)) == 23 * HOUR
    assert at(wall_at(noon, BERLIN) + timedelta(days=1)) - noon == DAY


def _name(slot: Slot) -> str:
    return label(slot, Interval.HOUR, BERLIN).replace(":00+", "+")
