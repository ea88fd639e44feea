"""What is asked with a query: pages, days in a zone, and filters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pytest

from api.dialects.tinylytics.filters import GroupBy, HitFilters, hit_filters, text
from api.dialects.tinylytics.paging import Paging, paging
from api.dialects.tinylytics.ranges import Boundaries, boundaries, days_range
from core.errors import InvalidInput
from core.spans import HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOW: Final = int(datetime(2026, 2, 14, 20, 30, tzinfo=UTC).timestamp()) * 1_000


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, Paging(1, 100)),
        ({"page": "", "per_page": ""}, Paging(1, 100)),
        ({"page": "3", "per_page": "7"}, Paging(3, 7)),
        ({"page": "0", "per_page": "0"}, Paging(1, 1)),
        ({"page": "-5", "per_page": "-1"}, Paging(1, 1)),
        ({"page": "999999999999", "per_page": "1001"}, Paging(1_000_000_000, 1_000)),
    ],
)
def test_a_page(query: dict[str, str], expected: Paging) -> None:
    """Numbers out of bounds are brought to the bound."""
    assert expected == paging(query, usual=100, most=1_000)


@pytest.mark.parametrize("text", ["x", "1.5", "1e3", "٣", " 1", "1" * 13, "\0"])
@pytest.mark.parametrize("name", ["page", "per_page"])
def test_no_page(name: str, text: str) -> None:
    """What is no number is refused by name."""
    with pytest.raises(InvalidInput, match=f"^{name} must be a whole number"):
        paging({name: text}, usual=100, most=1_000)


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (50, 1), (51, 2), (230, 5)])
def test_what_is_said_of_a_page(total: int, pages: int) -> None:
    """All pages together hold all rows."""
    asked = Paging(2, 50)
    expected = {"current_page": 2, "per_page": 50, "total_count": total, "total_pages": pages}
    assert (expected, 50, 50) == (asked.shown(total), asked.limit, asked.offset)


#: Zone, first and last day, and how many hours lie between their begin and end.
DAYS: Final = [
    ("UTC", "2026-02-13", "2026-02-13", "2026-02-13T00:00:00+00:00", 24.0),
    ("Asia/Kathmandu", "2026-02-13", "2026-02-13", "2026-02-12T18:15:00+00:00", 24.0),
    ("America/New_York", "2026-03-08", "2026-03-08", "2026-03-08T05:00:00+00:00", 23.0),
    ("America/New_York", "2026-11-01", "2026-11-01", "2026-11-01T04:00:00+00:00", 25.0),
    ("Europe/Berlin", "2026-03-28", "2026-03-30", "2026-03-27T23:00:00+00:00", 71.0),
    ("Australia/Lord_Howe", "2026-04-05", "2026-04-05", "2026-04-04T13:00:00+00:00", 24.5),
    ("America/Havana", "2026-03-08", "2026-03-08", "2026-03-08T05:00:00+00:00", 23.0),
    ("UTC", "2024-02-16", "2026-02-14", "2024-02-16T00:00:00+00:00", 730 * 24.0),
]


@pytest.mark.parametrize(("zone", "first", "last", "begin", "hours"), DAYS)
def test_days_begin_at_the_midnights_of_the_zone(zone: str, first: str, last: str, begin: str, hours: float) -> None:
    """Days of 23 and 25 hours too, and where a day begins with a leap of the clock."""
    query = {"start_date": first, "end_date": last}
    found = days_range(query, now_ms=NOW, where=Boundaries.USER, zone=ZoneInfo(zone))
    assert datetime.fromisoformat(begin) == datetime.fromtimestamp(found.begin / 1_000, tz=UTC)
    assert hours == (found.end - found.begin) / HOUR
    assert found.shown() == {"start_date": first, "end_date": last, "time_zone": "user"}


@pytest.mark.parametrize(
    ("zone", "query", "first", "last"),
    [
        ("UTC", {}, "2026-01-15", "2026-02-14"),
        ("Asia/Kathmandu", {}, "2026-01-16", "2026-02-15"),
        ("UTC", {"start_date": "", "end_date": ""}, "2026-01-15", "2026-02-14"),
        ("UTC", {"start_date": "2026-02-01"}, "2026-02-01", "2026-02-14"),
        ("UTC", {"end_date": "2026-02-01"}, "2026-01-15", "2026-02-01"),
    ],
)
def test_what_is_not_said(zone: str, query: dict[str, str], first: str, last: str) -> None:
    """From 30 days ago to today, in the zone."""
    found = days_range(query, now_ms=NOW, where=Boundaries.USER, zone=ZoneInfo(zone))
    assert (first, last) == (found.days.first.isoformat(), found.days.last.isoformat())


def test_a_day_of_kathmandu_ends_where_the_next_begins() -> None:
    """Not a quarter of an hour is counted twice or left out."""
    zone = ZoneInfo("Asia/Kathmandu")
    days = [
        days_range({"start_date": day, "end_date": day}, now_ms=NOW, where=Boundaries.USER, zone=zone)
        for day in ("2026-02-12", "2026-02-13")
    ]
    assert days[0].end == days[1].begin
    assert days[0].end % HOUR == 15 * MINUTE


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"start_date": "2026-02-30"}, "start_date must be a date as YYYY-MM-DD"),
        ({"end_date": "20260213"}, "end_date must be a date as YYYY-MM-DD"),
        ({"end_date": "2026-02-13T00:00"}, "end_date must be a date as YYYY-MM-DD"),
        ({"start_date": "0001-01-01"}, "start_date must be a date as YYYY-MM-DD"),
        ({"end_date": "9999-12-31"}, "end_date must be a date as YYYY-MM-DD"),
        (
            {"start_date": "2026-02-14", "end_date": "2026-02-13"},
            "start_date 2026-02-14 must not be after end_date 2026-02-13",
        ),
        ({"start_date": "2026-02-15"}, "start_date 2026-02-15 must not be after end_date 2026-02-14"),
        (
            {"start_date": "2024-02-15", "end_date": "2026-02-14"},
            "the range must be at most 730 days, got 731",
        ),
    ],
)
def test_no_range(query: dict[str, str], message: str) -> None:
    """It says what to send."""
    with pytest.raises(InvalidInput) as refused:
        days_range(query, now_ms=NOW, where=Boundaries.UTC, zone=ZoneInfo("UTC"))
    assert message == str(refused.value)


@pytest.mark.parametrize(
    ("query", "expected"), [({}, Boundaries.UTC), ({"time_zone": ""}, Boundaries.UTC), ({"time_zone": "user"}, "user")]
)
def test_boundaries(query: dict[str, str], expected: str) -> None:
    """In UTC unless said."""
    assert expected == boundaries(query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, HitFilters()),
        ({"country": "", "path": "", "grouped": "", "group_by": ""}, HitFilters()),
        ({"country": "DE", "path": "/a", "referrer": "Goo"}, HitFilters(country="DE", path="/a", referrer="Goo")),
        ({"grouped": "true"}, HitFilters(grouped=True, group_by=GroupBy.PATH)),
        ({"grouped": "false", "group_by": "country"}, HitFilters(group_by=GroupBy.COUNTRY)),
    ],
)
def test_filters(query: dict[str, str], expected: HitFilters) -> None:
    """An empty value is as good as none."""
    assert expected == hit_filters(query)


@pytest.mark.parametrize(
    ("filters", "stored"),
    [
        (HitFilters(), (None, None, None)),
        (
            HitFilters(country="XX", path="caf%C3%A9?x=1", referrer="https://www.google.com"),
            ("", "/café", "google.com"),
        ),
        (HitFilters(country="DE", path="/a", referrer="goo"), ("DE", "/a", "goo")),
        (HitFilters(referrer="https://"), (None, None, None)),
    ],
)
def test_what_filters_mean_in_the_store(filters: HitFilters, stored: tuple[str | None, ...]) -> None:
    """What an answer shows can be asked for."""
    assert stored == (filters.stored_country, filters.stored_path, filters.stored_referrer)


def test_filters_are_repeated() -> None:
    """With what hits are grouped by only where they are."""
    shown = {"country": None, "path": "/a?b", "referrer": None, "grouped": False}
    assert shown == HitFilters(path="/a?b").shown()
    assert shown | {"grouped": True, "group_by": "path"} == HitFilters(path="/a?b", grouped=True).shown()


@pytest.mark.parametrize(
    ("read", "query", "message"),
    [
        (boundaries, {"time_zone": "Europe/Berlin"}, "time_zone must be utc or user"),
        (hit_filters, {"country": "de"}, "country must be two upper-case letters, such as US"),
        (hit_filters, {"grouped": "yes"}, "grouped must be true or false"),
        (
            hit_filters,
            {"group_by": "source"},
            "group_by must be one of path, country, referrer, browser_name, platform_name",
        ),
        (hit_filters, {"path": "\0"}, "path must not contain U+0000 or half a surrogate pair"),
        (hit_filters, {"referrer": "x" * 1_025}, "referrer must be at most 1024 characters"),
        (lambda query: text(query, "uid"), {"uid": "\ud800"}, "uid must not contain U+0000 or half a surrogate pair"),
    ],
)
def test_no_filter(read: Callable[[Mapping[str, str]], object], query: dict[str, str], message: str) -> None:
    """It says what to send."""
    with pytest.raises(InvalidInput) as refused:
        read(query)
    assert message == str(refused.value)
