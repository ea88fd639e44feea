"""Series and comparisons against the definitions, on a real PostgreSQL, over days on which the clock is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pytest

from aggregations.planner import Span
from aggregations.reports import Reports
from aggregations.series import Asked
from core.comparisons import Against, opposite, other
from core.dimensions import Dimension
from core.filters import parse_filters
from core.intervals import Calendar, Interval, label, slots
from core.metrics import Metric, value_of
from core.query import Query
from core.ranges import Days, at
from core.sites import WeekStart
from core.spans import DAY
from core.telemetry import NoTelemetry
from storage.pool import open_pool
from storage.reports import oldest
from tests.aggregations.history import totals
from tests.aggregations.test_reports import (
    DAYS,
    FIRST,
    FIRST_DAY,
    expected_custom_events,
    expected_flow,
    expected_pages,
    expected_totals,
    fill,
    seeded,
    visits_by,
)
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.aggregations.history import History

SEEDS: Final = range(4)
#: The clock is changed on 8 March in St. John's, on 29 March in Berlin, on 5 April on Lord Howe, by half an hour.
ZONES: Final = ("UTC", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe")
CHANGED: Final = {"Europe/Berlin": date(2026, 3, 29), "America/St_Johns": date(2026, 3, 8)}
LENGTHS: Final = {Interval.MINUTE: 1, Interval.HOUR: 5, Interval.DAY: 40, Interval.WEEK: 60, Interval.MONTH: 80}


@pytest.fixture(scope="module")
def dsn(module_database: str) -> str:
    """A database with our tables."""
    return module_database


@pytest.fixture(scope="module")
def histories(dsn: str) -> dict[int, History]:
    """A site for each seed, each rolled up in part."""
    return {seed: fill(dsn, seed) for seed in SEEDS}


@pytest.fixture
def clock() -> SetClock:
    """Long after the history."""
    return SetClock(FIRST_DAY + 2 * DAYS * DAY)


@pytest.fixture
def reports(dsn: str, clock: SetClock) -> Iterator[Reports]:
    """The service under test."""
    with open_pool(dsn, size=2) as pool:
        service = Reports(pool, clock=clock, telemetry=NoTelemetry())
        yield service
        service.close()


def random_query(random: Random, history: History, interval: Interval) -> Query:
    """Some days in some zone, often those on which its clock is changed."""
    zone = random.choice(ZONES)
    first = FIRST + timedelta(days=random.randrange(-2, DAYS))
    if zone in CHANGED and random.random() < 0.7:
        first = CHANGED[zone] - timedelta(days=random.randrange(2))
    days = Days(first=first, last=first + timedelta(days=random.randrange(LENGTHS[interval])))
    path = random.choice((None, None, "/", "/about"))
    return Query(site=history.site, days=days, zone=ZoneInfo(zone), bots=random.random() < 0.5, path=path)


@pytest.mark.parametrize("interval", Interval)
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_series_is_what_the_definitions_say(
    reports: Reports, histories: dict[int, History], seed: int, interval: Interval
) -> None:
    """Every point is the metric over that time and nothing else, wherever it is read."""
    random, history = seeded(100 * seed + len(interval)), histories[seed]
    for metric in (Metric.UNIQUE_VISITORS, Metric.PAGEVIEWS, random.choice(list(Metric))):
        query = random_query(random, history, interval)
        calendar = Calendar(zone=query.zone, week_start=random.choice(list(WeekStart)))
        found = await reports.series(query, Asked(metric, interval, calendar))
        assert [
            (slot, value_of(metric, expected_totals(history, query, Span(slot.begin, slot.end))), None)
            for slot in slots(query.days, interval, calendar)
        ] == [tuple(point) for point in found.points], (metric, query)
        assert not found.open


@pytest.mark.parametrize("interval", Interval)
async def test_a_series_of_chosen_visits_is_what_the_definitions_say(
    reports: Reports, histories: dict[int, History], clock: SetClock, interval: Interval
) -> None:
    """Counted from frames: a filter that all visits pass leaves out only what is in none; compared ones too."""
    random, history = seeded(len(interval)), histories[0]
    inside = history._replace(events=[row for row in history.events if row.session_id])
    clock.now = FIRST_DAY + DAYS * DAY
    for metric in (Metric.UNIQUE_VISITORS, Metric.PAGEVIEWS, Metric.BOUNCE_RATE):
        query = replace(random_query(random, history, interval), filters=parse_filters([("country", "*")]))
        calendar = Calendar(zone=query.zone)
        held = other(query.days, Against.PREVIOUS, now_ms=clock.now, zone=query.zone)
        found = await reports.series(query, Asked(metric, interval, calendar, held))
        points = [slot for slot in slots(query.days, interval, calendar) if slot.begin <= clock.now]
        begin = _oldest(reports, history.site)
        theirs, places = opposite(points, held, interval=interval, calendar=calendar)
        assert [
            (
                slot,
                value_of(metric, expected_totals(inside, query, Span(slot.begin, slot.end))),
                None
                if place is None or theirs[place].end <= begin
                else value_of(metric, expected_totals(inside, query, Span(theirs[place].begin, theirs[place].end))),
            )
            for slot, place in zip(points, places, strict=True)
        ] == [tuple(point) for point in found.points], (metric, query)


async def test_visitors_of_local_days_add_up_to_those_of_the_week(
    reports: Reports, histories: dict[int, History]
) -> None:
    """On UTC; elsewhere who is seen on both sides of a local midnight is on two days, and in a week still one a day."""
    history = histories[0]
    for zone, equal in (("UTC", True), ("Asia/Kathmandu", False)):
        calendar = Calendar(zone=ZoneInfo(zone))
        query = Query(site=history.site, days=Days(first=FIRST, last=FIRST + timedelta(days=55)), zone=calendar.zone)
        found = [
            await reports.series(query, Asked(Metric.UNIQUE_VISITORS, interval, calendar))
            for interval in (Interval.DAY, Interval.WEEK)
        ]
        by_day, by_week = (sum(point.value for point in one.points) for one in found)
        assert (by_day == by_week) is equal
        assert by_day >= by_week > 0


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("hour", "2026-03-29T15:20+02:00"), (15, "2026-03-29T15:00:00+02:00", True)),  # 02:00 was not
        (("hour", "2026-03-29T15:00+02:00"), (15, "2026-03-29T15:00:00+02:00", True)),
        (("minute", "2026-03-29T03:01+02:00"), (122, "2026-03-29T03:01:00+02:00", True)),
        (("day", "2026-03-29T15:20+02:00"), (1, "2026-03-29", True)),
        (("month", "2026-03-29T15:20+02:00"), (1, "2026-03-29", True)),
        (("hour", "2026-03-30T00:00+02:00"), (23, "2026-03-29T23:00:00+02:00", False)),
        (("hour", "2026-03-28T23:59+01:00"), (0, None, False)),
    ],
)
async def test_a_series_ends_now(
    reports: Reports,
    histories: dict[int, History],
    clock: SetClock,
    asked: tuple[str, str],
    expected: tuple[int, str | None, bool],
) -> None:
    """What is yet to come has no point, and the point that still grows is said to."""
    interval, now = asked
    clock.now = int(datetime.fromisoformat(now).timestamp()) * 1_000
    calendar, kind = Calendar(zone=ZoneInfo("Europe/Berlin")), Interval(interval)
    query = Query(site=histories[0].site, days=_days(date(2026, 3, 29), 1), zone=calendar.zone)
    found = await reports.series(query, Asked(Metric.PAGEVIEWS, kind, calendar))
    names = [label(point.slot, kind, calendar.zone) for point in found.points]
    assert expected == (len(names), names[-1] if names else None, found.open)


@pytest.mark.parametrize("against", Against)
@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_compared_is_what_the_definitions_say(
    reports: Reports, histories: dict[int, History], clock: SetClock, seed: int, against: Against
) -> None:
    """Summaries and series: the other range up to what clocks show now."""
    random, history = seeded(seed), histories[seed]
    begin = _oldest(reports, history.site)
    for _ in range(6):
        interval = random.choice((Interval.HOUR, Interval.DAY, Interval.WEEK))
        zone = ZoneInfo(random.choice(ZONES))
        last = FIRST + timedelta(days=random.randrange(30, DAYS))
        days = Days(first=last - timedelta(days=random.randrange(LENGTHS[interval])), last=last)
        wall = datetime(last.year, last.month, last.day, random.randrange(24), random.randrange(60), tzinfo=zone)
        clock.now = at(wall) + random.choice((0, 0, 0, 3 * DAY))
        query, calendar = Query(site=history.site, days=days, zone=zone), Calendar(zone=zone)
        held = other(days, against, now_ms=clock.now, zone=zone)
        past = query.before(held)
        summary = (await reports.summary(query, other=held)).before
        assert summary is not None
        known = expected_totals(history, past, Span(*past.ends)) if past.ends[1] > begin else None
        assert known == summary.found
        assert (against is Against.YEAR) <= (known is None)
        found = await reports.series(query, Asked(Metric.VISITS, interval, calendar, held))
        points = [point.slot for point in found.points]
        slots_before, places = opposite(points, held, interval=interval, calendar=calendar)
        expected = [
            None
            if place is None or slots_before[place].end <= begin
            else totals(history, Span(slots_before[place].begin, slots_before[place].end), bots=False).visits
            for place in places
        ]
        assert expected == [point.before for point in found.points], (query, interval)


def _oldest(reports: Reports, site: int) -> int:
    with reports._pool.connection() as connection:
        found = oldest(connection, site=site)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", SEEDS)
async def test_rows_are_compared_with_themselves(reports: Reports, histories: dict[int, History], seed: int) -> None:
    """Each list knows what its rows were in the other range, as its own report says, and nothing of other rows."""
    history = histories[seed]
    query = Query(site=history.site, days=_days(date(2026, 3, 15), 10), zone=ZoneInfo("Europe/Berlin"))
    cut = at(datetime(2026, 3, 14, 11, 30, tzinfo=query.zone))
    held = replace(other(query.days, Against.PREVIOUS, now_ms=0, zone=query.zone), until=cut)
    past = query.before(held)
    pages = await reports.pages(query, limit=2, other=held)
    flow = await reports.flow(query, limit=2, other=held)
    events = await reports.custom_events(query, limit=2, other=held)
    sources = await reports.sources(query, Dimension.REFERRER, limit=2, other=held)
    devices = await reports.devices(query, other=held)
    assert pages.before is not None
    assert pages.before.found == {
        path: views for path, views, _ in expected_pages(history, past) if path in {page.path for page in pages.rows}
    }
    assert flow.before is not None
    assert flow.before.found == tuple(
        {path: visits for path, visits in rows if path in {path for path, _ in shown}}
        for rows, shown in zip(expected_flow(history, past), (flow.landings, flow.exits), strict=True)
    )
    assert events.before is not None
    assert events.before.found == dict(expected_custom_events(history, past))
    assert sources.before is not None
    assert sources.before.found == {
        names: visits for names, visits in visits_by(history, past, Dimension.REFERRER).items() if any(names)
    }
    assert devices.before is not None
    assert devices.before.found is not None
    assert devices.before.found[Dimension.BROWSER] == {
        name or "unknown": visits for (name,), visits in visits_by(history, past, Dimension.BROWSER).items()
    }


async def test_before_its_first_data_a_site_has_nothing_to_compare_with(
    reports: Reports, histories: dict[int, History]
) -> None:
    """Nothing is not zero; a range that reaches over the beginning is compared as it is."""
    history = histories[0]
    begin = _oldest(reports, history.site)
    assert FIRST_DAY <= begin < FIRST_DAY + 2 * DAY
    early = Query(site=history.site, days=_days(FIRST, 3), zone=ZoneInfo("UTC"))
    later = Query(site=history.site, days=_days(FIRST + timedelta(days=3), 5), zone=ZoneInfo("UTC"))
    for query, known in ((early, False), (later, True)):
        held = other(query.days, Against.PREVIOUS, now_ms=FIRST_DAY + DAYS * DAY, zone=query.zone)
        for before in (
            (await reports.summary(query, other=held)).before,
            (await reports.pages(query, limit=5, other=held)).before,
            (await reports.devices(query, other=held)).before,
        ):
            assert before is not None
            assert (before.found is not None) is known
    calendar = Calendar(zone=ZoneInfo("UTC"))
    held = other(later.days, Against.PREVIOUS, now_ms=FIRST_DAY + DAYS * DAY, zone=later.zone)
    found = await reports.series(later, Asked(Metric.PAGEVIEWS, Interval.DAY, calendar, held))
    assert [point.before is None for point in found.points[:2]] == [True, True]
    assert all(point.before is not None for point in found.points[3:])
    empty = await reports.series(replace(later, site=999), Asked(Metric.VISITS, Interval.DAY, calendar, held))
    assert {point[1:] for point in empty.points} == {(0, None)}


def _days(first: date, count: int) -> Days:
    return Days(first=first, last=first + timedelta(days=count - 1))
