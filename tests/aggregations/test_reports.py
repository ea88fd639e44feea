"""Reports against the definitions, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, timedelta
from random import Random
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest

from aggregations import answering
from aggregations.job import RollupJob
from aggregations.planner import Span
from aggregations.reports import Reports
from core.dimensions import OF_SESSIONS, Dimension
from core.errors import Unavailable
from core.globs import PathGroups
from core.metrics import Metric, Totals, value_of
from core.query import Group, Query
from core.ranges import Days
from core.sites import ContentGroup
from core.spans import DAY, hour_of
from core.steps import parse_step
from core.telemetry import NoTelemetry
from storage.pool import open_pool
from storage.sql import load
from storage.times import instant
from tests.aggregations.history import NAMES, PATHS, History, make_history, totals, write_rollups, write_rows
from tests.filter_oracle import funnel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIRST: Final = date(2026, 2, 1)
DAYS: Final = 85
FIRST_DAY: Final = (FIRST.toordinal() - date(1970, 1, 1).toordinal()) * DAY
ZONES: Final = ("UTC", "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns")
GROUPS: Final = PathGroups(
    [ContentGroup("Old", "/blog/old/*"), ContentGroup("Blog", "/blog/*"), ContentGroup("Any", "*")]
)
SEEDS: Final = range(8)
STEPS: Final = (
    "/",
    "/about",
    "/blog/1",
    "/nowhere",
    "signup",
    "buy",
    "custom",
    "outbound_link",
    "scroll_50",
    "page_view",
)


class StillClock:
    """A clock that stands still: what is kept for a moment is kept for ever."""

    def now_ms(self) -> int:
        """The end of the history."""
        return FIRST_DAY + DAYS * DAY

    def monotonic(self) -> float:
        """Always the same."""
        return 100.0


class HastyClock(StillClock):
    """A clock on which a minute passes between two looks."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def monotonic(self) -> float:
        """Always later."""
        self._seconds += 61
        return self._seconds


@pytest.fixture(scope="module")
def dsn(module_database: str) -> str:
    """A database with our tables."""
    return module_database


@pytest.fixture(scope="module")
def histories(dsn: str) -> dict[int, History]:
    """A site for each seed, each rolled up in part."""
    return {seed: fill(dsn, seed) for seed in SEEDS}


@pytest.fixture
def reports(dsn: str) -> Iterator[Reports]:
    """The service under test."""
    pool = open_pool(dsn, size=2)
    service = Reports(pool, clock=StillClock(), telemetry=NoTelemetry())
    yield service
    service.close()
    pool.close()


def seeded(seed: int) -> Random:
    """The same numbers for the same seed."""
    return Random(seed)  # noqa: S311 - a history, no secret


def fill(dsn: str, seed: int) -> History:
    """Make a history and its rollups, and write both."""
    random = seeded(seed)
    history = make_history(random, site=seed + 1, first_day=FIRST_DAY, days=DAYS)

    async def write() -> None:
        async with await psycopg.AsyncConnection.connect(dsn) as connection:
            await write_rows(connection, history)

    asyncio.run(write())
    with psycopg.connect(dsn) as connection:
        write_rollups(connection, random, history, first_day=FIRST_DAY, days=DAYS)
    return history


def random_query(random: Random, history: History) -> Query:
    """Any days in any zone, of the site, a page or a group."""
    first = FIRST + timedelta(days=random.randrange(-3, DAYS))
    last = first + timedelta(days=random.choice((0, 0, 1, 6, random.randrange(DAYS), DAYS)))
    scope = random.choice(("site", "path", "group"))
    return Query(
        site=history.site,
        days=Days(first=first, last=last),
        zone=ZoneInfo(random.choice(ZONES)),
        bots=random.random() < 0.5,
        path=random.choice((*PATHS, "/nowhere")) if scope == "path" else None,
        group=Group(name=random.choice(("Old", "Blog", "Any", "None")), groups=GROUPS) if scope == "group" else None,
    )


def expected_totals(history: History, query: Query, span: Span) -> Totals:
    """The definition's totals for a query's scope."""
    if query.path is not None:
        return totals(history, span, bots=query.bots, has=lambda path: path == query.path)
    if query.group is not None:
        return totals(history, span, bots=query.bots, has=query.group.has, grouped=True)
    return totals(history, span, bots=query.bots)


def expected_pages(history: History, query: Query) -> list[tuple[str, int, int]]:
    """The definition's pages, in order."""
    span = Span(*query.ends)
    found = [
        (path, of_page.views, of_page.unique_views)
        for path in PATHS
        if query.group is None or query.group.has(path)
        if (of_page := totals(history, span, bots=query.bots, has={path}.__contains__)).views
    ]
    return sorted(found, key=lambda page: (-page[1], page[0]))


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_summary_is_what_the_definitions_say(
    reports: Reports, histories: dict[int, History], seed: int
) -> None:
    """Whatever is rolled up, marked, or wrong under a mark; in every zone and scope."""
    random, history = seeded(seed), histories[seed]
    for _ in range(60):
        query = random_query(random, history)
        summary = await reports.summary(query)
        assert expected_totals(history, query, Span(query.edges[0], query.edges[-1])) == summary.totals, query


@pytest.mark.parametrize("seed", SEEDS)
async def test_pages_are_what_the_definitions_say(reports: Reports, histories: dict[int, History], seed: int) -> None:
    """Every page with views, most views first, paged exactly."""
    random, history = seeded(seed), histories[seed]
    for _ in range(30):
        query = random_query(random, history)
        if query.path is not None:
            continue
        counted = expected_pages(history, query)
        for offset in range(0, len(counted) + 1, 2):
            page = await reports.pages(query, limit=2, offset=offset)
            assert counted[offset : offset + 2] == [tuple(row) for row in page.rows], query


def ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """The lines of a list, in order."""
    return sorted(((key, n) for key, n in counts.items() if n), key=lambda line: (-line[1], line[0]))


def in_scope(query: Query, path: str) -> bool:
    """Whether the query's group, if it has one, has the path."""
    return query.group is None or query.group.has(path)


def expected_flow(history: History, query: Query) -> list[list[tuple[str, int]]]:
    """The definition's landings and exits."""
    begin, end = query.ends
    began = [
        one
        for one in history.sessions
        if one.visit and one.views and one.traffic in query.classes and begin <= one.start < end
    ]
    paths = [one.entry_path for one in began], [one.exit_path for one in began]
    return [ranked(Counter(path for path in of_one if in_scope(query, path))) for of_one in paths]


def expected_custom_events(history: History, query: Query) -> list[tuple[str, int]]:
    """The definition's counts by name."""
    begin, end = query.ends
    rows = [row.event for row in history.events if begin <= row.event.ts < end and row.event.traffic in query.classes]
    return ranked(Counter(row.name for row in rows if row.type == "custom" and in_scope(query, row.path)))


def site_or_group(random: Random, history: History) -> Query:
    """A query that is not of one page."""
    return replace(random_query(random, history), path=None)


@pytest.mark.parametrize("seed", SEEDS)
async def test_flow_is_what_the_definitions_say(reports: Reports, histories: dict[int, History], seed: int) -> None:
    """Landings and exits of the visits that began in the range, both paged exactly."""
    random, history = seeded(seed), histories[seed]
    for _ in range(30):
        query = site_or_group(random, history)
        landings, exits = expected_flow(history, query)
        for offset in range(0, max(len(landings), len(exits)) + 1, 3):
            flow = await reports.flow(query, limit=3, offset=offset)
            assert landings[offset : offset + 3] == list(flow.landings), query
            assert exits[offset : offset + 3] == list(flow.exits), query


@pytest.mark.parametrize("seed", SEEDS)
async def test_custom_events_are_what_the_definitions_say(
    reports: Reports, histories: dict[int, History], seed: int
) -> None:
    """By name, without views, passive events and outbound links; in a group those on its paths."""
    random, history = seeded(seed), histories[seed]
    for _ in range(30):
        query = site_or_group(random, history)
        counted = expected_custom_events(history, query)
        for offset in range(0, len(counted) + 1, 2):
            events = await reports.custom_events(query, limit=2, offset=offset)
            assert counted[offset : offset + 2] == list(events.rows), query
        for name in (*NAMES, "never"):
            events = await reports.custom_events(query, name, limit=2)
            assert [line for line in counted if line[0] == name] == list(events.rows), query


def visits_by(history: History, query: Query, dimension: Dimension) -> Counter[tuple[str, ...]]:
    """The definition's visits by the columns of a dimension."""
    begin, end = query.ends
    seen = {
        row.session_id
        for row in history.events
        if row.event.type == "page_view" and begin <= row.event.ts < end and in_scope(query, row.event.path)
    }
    return Counter(
        tuple(getattr(one, column) for column in OF_SESSIONS[dimension])
        for one in history.sessions
        if one.visit and one.traffic in query.classes
        if (begin <= one.start < end if query.group is None else one.session_id in seen)
    )


@pytest.mark.parametrize("seed", SEEDS)
async def test_sources_are_what_the_definitions_say(reports: Reports, histories: dict[int, History], seed: int) -> None:
    """Visits by channel, by host or by campaign, where there is one, paged exactly."""
    random, history = seeded(seed), histories[seed]
    for dimension in (Dimension.CHANNEL, Dimension.REFERRER, Dimension.UTM) * 8:
        query = site_or_group(random, history)
        counts = {names: count for names, count in visits_by(history, query, dimension).items() if any(names)}
        counted = sorted(counts.items(), key=lambda line: (-line[1], line[0]))
        for offset in range(0, len(counted) + 1, 4):
            found = await reports.sources(query, dimension, limit=4, offset=offset)
            assert counted[offset : offset + 4] == list(found.rows), query


@pytest.mark.parametrize("seed", SEEDS)
async def test_devices_are_what_the_definitions_say(reports: Reports, histories: dict[int, History], seed: int) -> None:
    """Visits by device, browser, system and screen; what is not known is so called, so each list has all visits."""
    random, history = seeded(seed), histories[seed]
    for _ in range(20):
        query = site_or_group(random, history)
        found = await reports.devices(query)
        visits = set()
        for dimension in (Dimension.DEVICE, Dimension.BROWSER, Dimension.OS, Dimension.SCREEN):
            counts: Counter[str] = Counter()
            for (name,), count in visits_by(history, query, dimension).items():
                counts[name or "unknown"] += count
            assert ranked(counts) == list(found.rows[dimension]), query
            visits.add(counts.total())
        summary = await reports.summary(query)
        assert {summary.totals.visits} == visits, query


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_funnel_is_what_the_definitions_say(reports: Reports, histories: dict[int, History], seed: int) -> None:
    """Visits that began in the range, with all their events."""
    random, history = seeded(seed), histories[seed]
    for _ in range(15):
        query = site_or_group(random, history)
        steps = random.choices(STEPS, k=random.randrange(1, 5))
        found = await reports.funnel(query, [parse_step(step) for step in steps])
        assert list(zip(steps, expected_funnel(history, query, steps), strict=True)) == list(found.steps), query


def expected_funnel(history: History, query: Query, steps: Sequence[str]) -> list[int]:
    """The definition's funnel."""
    begin, end = query.ends
    visits = {
        one.session_id: [row.event for row in history.events if row.session_id == one.session_id]
        for one in history.sessions
        if one.visit and one.traffic in query.classes and begin <= one.start < end
    }
    if query.group is not None:
        has = query.group.has
        visits = {
            key: rows for key, rows in visits.items() if any(row.type == "page_view" and has(row.path) for row in rows)
        }
    return funnel(visits.values(), [parse_step(step) for step in steps])


async def test_a_funnel_that_takes_too_long_is_given_up(dsn: str, histories: dict[int, History]) -> None:
    """With what to do about it."""
    with open_pool(dsn, size=1) as pool:
        service = Reports(pool, clock=HastyClock(), telemetry=NoTelemetry())
        query = Query(site=histories[0].site, days=Days(first=FIRST, last=FIRST), zone=UTC)
        with pytest.raises(Unavailable, match="ask for fewer days"):
            await service.funnel(query, [parse_step("/"), parse_step("/about")])
        service.close()


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_timeseries_is_what_the_definitions_say(
    reports: Reports, histories: dict[int, History], seed: int
) -> None:
    """One point for each local day."""
    random, history = seeded(seed), histories[seed]
    for metric in Metric:
        query = random_query(random, history)
        series = await reports.timeseries(query, metric)
        edges = query.edges
        expected = [
            (day, value_of(metric, expected_totals(history, query, Span(begin, end))))
            for day, begin, end in zip(query.days, edges, edges[1:], strict=False)
        ]
        assert expected == list(series.points), (metric, query)


@pytest.mark.parametrize(
    "database", ["postgres_database", pytest.param("timescale_database", marks=pytest.mark.timescale)]
)
async def test_rolling_up_changes_no_report(request: pytest.FixtureRequest, database: str) -> None:
    """From rows alone, from rollups of ever more days, and with late events: always what the definitions say."""
    address = request.getfixturevalue(database)
    random = seeded(99)
    history = make_history(random, site=1, first_day=FIRST_DAY, days=40)
    late = set(random.sample(range(len(history.events)), k=10))
    early = [row for number, row in enumerate(history.events) if number not in late]
    pool = open_pool(address, size=4)
    service = Reports(pool, clock=StillClock(), telemetry=NoTelemetry())
    job = RollupJob(pool=pool, clock=StillClock(), telemetry=NoTelemetry())
    await commit(address, History(1, early, history.sessions))
    for day in random.sample(range(40), k=30):
        await asyncio.to_thread(job.roll_day, 1, FIRST_DAY + day * DAY)
    await commit(address, History(1, [row for row in history.events if row not in early], []))
    for day in (-1, *random.sample(range(40), k=8)):
        if day >= 0:
            await asyncio.to_thread(job.roll_day, 1, FIRST_DAY + day * DAY)
        for _ in range(10):
            query = random_query(random, history)
            summary = await service.summary(query)
            assert expected_totals(history, query, Span(query.edges[0], query.edges[-1])) == summary.totals, query
            query = replace(query, path=None)
            events = await service.custom_events(query, limit=9)
            assert expected_custom_events(history, query) == list(events.rows), query
            campaigns = visits_by(history, query, Dimension.UTM_CAMPAIGN)
            found = await service.sources(query, Dimension.UTM_CAMPAIGN, limit=9)
            assert {names: count for names, count in campaigns.items() if any(names)} == dict(found.rows), query
    service.close()
    pool.close()


async def test_pages_that_a_job_wrote_again_are_not_remembered(postgres_database: str) -> None:
    """The plan is the same as before the late events came, its rollups are not."""
    random = seeded(7)
    history = make_history(random, site=1, first_day=FIRST_DAY, days=40)
    late = random.sample(history.events, k=10)
    pool = open_pool(postgres_database, size=4)
    service = Reports(pool, clock=StillClock(), telemetry=NoTelemetry())
    job = RollupJob(pool=pool, clock=StillClock(), telemetry=NoTelemetry())
    query = Query(site=1, days=Days(first=FIRST, last=FIRST + timedelta(days=39)), zone=UTC, bots=True)
    early = History(1, [row for row in history.events if row not in late], history.sessions)
    for rows, known in ((early, early), (History(1, late, []), history)):
        await commit(postgres_database, rows)
        for day in range(40):
            await asyncio.to_thread(job.roll_day, 1, FIRST_DAY + day * DAY)
        for _ in range(2):
            page = await service.pages(query, limit=50)
            assert expected_pages(known, query) == [tuple(row) for row in page.rows]
    service.close()
    pool.close()


async def commit(address: str, rows: History) -> None:
    """Write rows and marks in one transaction, as an engine does."""
    async with await psycopg.AsyncConnection.connect(address) as connection:
        await write_rows(connection, rows)
        hours = {hour_of(row.event.ts) for row in rows.events} | {hour_of(one.start) for one in rows.sessions}
        await connection.execute(
            load("marks.put"), {"site": rows.site, "hours": [instant(hour) for hour in hours], "partition": 0}
        )


async def test_a_report_that_takes_too_long_is_given_up(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so, rather than that the store is away."""
    monkeypatch.setattr(answering, "LONGEST", 1)
    with open_pool(postgres_database, size=1) as pool, psycopg.connect(postgres_database) as other:
        other.execute("LOCK TABLE marks")
        service = Reports(pool, clock=StillClock(), telemetry=NoTelemetry())
        query = Query(site=1, days=Days(first=FIRST, last=FIRST), zone=UTC)
        with pytest.raises(Unavailable, match="takes longer than 1 s: ask for fewer days"):
            await service.summary(query)
        service.close()


async def test_a_store_that_is_away_is_said_to_be(postgres_database: str) -> None:
    """Nobody waits for it for ever, and the next report may be asked at once."""
    with open_pool(postgres_database, size=1) as pool:
        service = Reports(pool, clock=StillClock(), telemetry=NoTelemetry())
        pool.close()
        query = Query(site=1, days=Days(first=FIRST, last=FIRST), zone=ZoneInfo("UTC"))
        with pytest.raises(Unavailable):
            await service.summary(query)
        service.close()
