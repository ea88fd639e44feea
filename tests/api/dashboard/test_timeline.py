"""The chart of a report: what is drawn, and what is read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from aggregations.answers import Point, Series
from api.dashboard.report import Asked
from api.dashboard.state import State
from api.dashboard.timeline import Timeline, interval_of, timeline
from core.comparisons import Other
from core.intervals import Calendar, Interval, slots
from core.metrics import Metric
from core.query import Query
from core.ranges import Days
from storage.notes import Note

_ZONE = ZoneInfo("Europe/Berlin")
_CALENDAR = Calendar(zone=_ZONE)
_TODAY = date(2026, 11, 21)
_NOON = int(datetime(2026, 11, 21, 11, tzinfo=UTC).timestamp() * 1_000)
_EARLY = date(2020, 1, 1)


def _timeline(
    days: Days,
    interval: Interval,
    *,
    begins: date = _EARLY,
    notes: tuple[Note, ...] = (),
    other: Other | None = None,
    metric: Metric = Metric.UNIQUE_VISITORS,
) -> Timeline:
    points = [slot for slot in slots(days, interval, _CALENDAR) if slot.begin <= _NOON]
    found = Series(
        days=days,
        metric=metric,
        interval=interval,
        points=tuple(Point(slot, 10 * place, None if other is None else 5) for place, slot in enumerate(points)),
        open=points[-1].end > _NOON,
        other=other,
    )
    asked = Asked(query=Query(site=1, days=days, zone=_ZONE), calendar=_CALENDAR, other=other, days=days, today=_TODAY)
    return timeline(
        asked,
        found,
        notes,
        State(compare=None if other is None else State().compare),
        Locale.parse("en_GB"),
        begins=begins,
    )


def _days(first: str, last: str) -> Days:
    return Days(first=date.fromisoformat(first), last=date.fromisoformat(last))


@pytest.mark.parametrize(
    ("days", "chosen", "interval"),
    [
        (1, None, Interval.HOUR),
        (2, None, Interval.HOUR),
        (3, None, Interval.DAY),
        (92, None, Interval.DAY),
        (93, None, Interval.WEEK),
        (366, None, Interval.WEEK),
        (1_000, None, Interval.MONTH),
        (30, Interval.HOUR, Interval.HOUR),
        (1, Interval.MINUTE, Interval.MINUTE),
        (3, Interval.MINUTE, Interval.DAY),
        (366, Interval.HOUR, Interval.WEEK),
    ],
)
def test_points_are_as_long_as_suits_the_range(days: int, chosen: Interval | None, interval: Interval) -> None:
    """Unless another length is chosen, and there are not too many of them."""
    range_ = Days(first=date.fromordinal(_TODAY.toordinal() - days + 1), last=_TODAY)
    assert interval == interval_of(State(interval=chosen), range_)


def test_today_is_as_wide_at_noon_as_in_the_evening() -> None:
    """Hours to come are on the axis, and nowhere else; the hour that runs stands apart."""
    found = _timeline(_days("2026-11-21", "2026-11-21"), Interval.HOUR)
    assert (found.places, len(found.readings)) == (24, 13)
    assert found.readings[-1].name == "12:00, so far"
    assert found.open == "this hour"
    assert found.svg.count('class="open"') == 1
    assert ">now<" in found.svg


def test_days_are_read_with_what_they_are_compared_with() -> None:
    """The day that runs, by this hour."""
    other = Other(days=_days("2026-11-12", "2026-11-16"), shift=5, until=_NOON - 5 * 86_400_000)
    found = _timeline(_days("2026-11-17", "2026-11-21"), Interval.DAY, other=other)
    assert [reading.name for reading in found.readings][-2:] == ["Fri 20 Nov", "Sat 21 Nov, so far"]
    assert [reading.before_name for reading in found.readings][-2:] == ["15 Nov", "16 Nov, by this hour"]
    assert [reading.change and reading.change.text for reading in found.readings][:2] == ["100\u00a0%", "100\u00a0%"]
    assert found.compared_with == "5 days before"
    assert found.readings[0].opened.days == _days("2026-11-17", "2026-11-17")


def test_before_the_site_there_is_nothing_which_is_not_zero() -> None:
    """No line, and no number."""
    found = _timeline(_days("2026-11-01", "2026-11-10"), Interval.DAY, begins=date(2026, 11, 4))
    assert [reading.value for reading in found.readings][:4] == ["no data"] * 3 + ["30"]
    assert [reading.number for reading in found.readings][:4] == [None, None, None, 30]


def test_weeks_that_the_range_cuts_stand_apart() -> None:
    """They are named by the days that they have."""
    found = _timeline(_days("2026-10-01", "2026-11-18"), Interval.WEEK)
    assert found.readings[0].name == "1\u20134 Oct"
    assert found.svg.count('class="cut"') == 2
    assert not found.open


def test_notes_are_in_the_chart_and_in_the_table() -> None:
    """On the point that has their day."""
    note = Note(UUID(int=1), date(2026, 11, 10), "Front page")
    found = _timeline(_days("2026-10-23", "2026-11-21"), Interval.DAY, notes=(note,))
    assert [(reading.day, reading.notes) for reading in found.readings if reading.notes] == [
        (date(2026, 11, 10), ("Front page",))
    ]
    assert ">Front page<" in found.svg


def test_the_chart_is_said_in_one_sentence() -> None:
    """Its span, its peak and its last whole point."""
    found = _timeline(_days("2026-11-17", "2026-11-21"), Interval.DAY)
    assert "17\u201321 Nov: most 40 (Sat 21 Nov, so far), last 30 (Fri 20 Nov)." in found.svg


def test_lengths_are_offered_where_they_make_sense() -> None:
    """Of a month days and weeks; the one that suits the range is left out of its address."""
    found = _timeline(_days("2026-10-23", "2026-11-21"), Interval.DAY)
    assert [(name, state.interval, chosen) for name, state, chosen in found.intervals] == [
        ("day", None, True),
        ("week", Interval.WEEK, False),
    ]
