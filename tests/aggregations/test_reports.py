"""Reports against the definitions, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest

from aggregations.planner import Span
from aggregations.reports import Reports
from core.globs import PathGroups
from core.metrics import Metric, Totals, value_of
from core.query import Group, Query
from core.ranges import Days
from core.sites import ContentGroup
from core.spans import DAY
from core.telemetry import NoTelemetry
from storage.migrate import migrate
from storage.pool import open_pool
from tests.aggregations.history import PATHS, History, make_history, totals, write_rollups, write_rows
from tests.databases import fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST: Final = date(2026, 2, 1)
DAYS: Final = 85
ZONES: Final = ("UTC", "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns")
GROUPS: Final = PathGroups(
    [ContentGroup("Old", "/blog/old/*"), ContentGroup("Blog", "/blog/*"), ContentGroup("Any", "*")]
)
SEEDS: Final = range(8)


class StillClock:
    """A clock that stands still: what is kept for a moment is kept for ever."""

    def now_ms(self) -> int:
        """The end of the history."""
        return (FIRST.toordinal() - date(1970, 1, 1).toordinal() + DAYS) * DAY

    def monotonic(self) -> float:
        """Always the same."""
        return 100.0


@pytest.fixture(scope="module")
def dsn(postgres_dsn: str) -> Iterator[str]:
    """A database with our tables."""
    with fresh_database(postgres_dsn) as address:
        migrate(address)
        yield address


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
    first_day = (FIRST.toordinal() - date(1970, 1, 1).toordinal()) * DAY
    history = make_history(random, site=seed + 1, first_day=first_day, days=DAYS)

    async def write() -> None:
        async with await psycopg.AsyncConnection.connect(dsn) as connection:
            await write_rows(connection, history)

    asyncio.run(write())
    with psycopg.connect(dsn) as connection:
        write_rollups(connection, random, history, first_day=first_day, days=DAYS)
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
        span = Span(query.edges[0], query.edges[-1])
        counted = [
            (path, found.views, found.unique_views)
            for path in PATHS
            if query.group is None or query.group.has(path)
            if (found := totals(history, span, bots=query.bots, has=lambda seen, path=path: seen == path)).views  # type: ignore[misc]  # mypy infers no lambda with a default
        ]
        counted.sort(key=lambda page: (-page[1], page[0]))
        for offset in range(0, len(counted) + 1, 2):
            page = await reports.pages(query, limit=2, offset=offset)
            assert counted[offset : offset + 2] == [tuple(row) for row in page.rows], query


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
