"""Unfiltered reports over a year of rollups, the last hours from rows; without HTTP.

Each is timed in three ways: the very first of a process; for a range that ends today, asked for again and again while
events come in, as a page that is left open does; and for ranges that nobody has asked for before, beginning and ending
on days in no order, of a process that has answered thirty others.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from aggregations.reports import Reports
from benches.tools.sizes import sizes
from core.dimensions import NUMBERS, OF_SESSIONS, Dimension, value_of
from core.metrics import Metric
from core.query import Query
from core.ranges import Comparison, Days
from core.steps import parse_step
from core.telemetry import NoTelemetry
from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate
from storage.pool import open_pool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import psycopg
    from psycopg_pool import ConnectionPool

SIZES: Final = (1_000_000, 10_000_000)
PATHS: Final = 5_000
ROUNDS: Final = 60
#: Ranges that were asked for before those that are timed.
_WARM: Final = 30
#: The day of the reports, rolled up to noon; the rollups begin two years before.
TODAY: Final = date(2026, 11, 20)
YEARS: Final = 2
_VIEWS: Final = 0.6
#: How many values a dimension has.
VALUES: Final = {
    Dimension.CHANNEL: 6,
    Dimension.REFERRER: 2_000,
    Dimension.UTM: 200,
    Dimension.CITY: 1_000,
    Dimension.BROWSER: 10,
    Dimension.OS: 8,
    Dimension.DEVICE: 3,
    Dimension.SCREEN: 6,
}
_MARKED_HOURS: Final = 2
#: Names of custom events; days of rows, for funnels, and events of a visit in them.
_NAMES: Final = 200
_ROW_DAYS: Final = 30
_EACH: Final = 5

_SITE: Final = """
INSERT INTO roll_site
SELECT 1, 1, 0, span, sum(views) * 2, sum(views), sum(d1) / 2, sum(s1), sum(d1), sum(landings), sum(landings),
    sum(bounces), sum(bounces), sum(duration_ms), 0, 0, 0
FROM roll_path WHERE grain = 1 GROUP BY span
"""
#: Visits by dimension; the weight of the n-th value is 1/n.
_DIMS: Final = """
INSERT INTO roll_dim (
    site, grain, class, span, dim, value, visits, bounces, quiet_bounces, duration_ms, new, views, hits
)
SELECT 1, 1, 0, site.span, dim, value, n, n / 2, n / 2, n * 60000, n / 2, n * 2, n * 2
FROM roll_site AS site
CROSS JOIN unnest(%(dims)s::smallint[], %(values)s::text[], %(shares)s::float[]) AS known (dim, value, share)
CROSS JOIN LATERAL (
    -- Values that are rarer than a visit a day are there on some days only.
    SELECT floor(site.visits * share + abs(hashtextextended(value, date_part('day', site.span)::int) %% 1000)
        / 1000.0)::bigint AS n
) AS counted
WHERE site.grain = 1 AND n > 0
ORDER BY site.span, dim
"""
_DIM_MONTHS: Final = """
INSERT INTO roll_dim (
    site, grain, class, span, dim, value, visits, bounces, quiet_bounces, duration_ms, new, views, hits
)
SELECT 1, 2, 0, date_trunc('month', span), dim, value, sum(visits), sum(bounces), sum(quiet_bounces), sum(duration_ms),
    sum(new), sum(views), sum(hits)
FROM roll_dim WHERE grain = 1 AND span < %(today)s GROUP BY 4, 5, 6
"""
_SESSIONS: Final = """
INSERT INTO sessions
SELECT number, number, %(noon)s::timestamptz + number * %(gap)s * interval '1 second',
    %(noon)s::timestamptz + (number * %(gap)s + 60) * interval '1 second', 0, 1, 3, 3, 0, 0, true, '/', '/',
    'Direct', 'host-' || (random() * random() * 2000)::int, 'source', 'medium', 'campaign-' || number %% 200, '', '',
    'www.example.com', 'DE', 'BE', 'Berlin', 'browser-' || number %% 10, '141', 'os-' || number %% 8, '', 'desktop',
    '1441+'
FROM generate_series(0, %(count)s - 1) AS number
"""
_PATHS: Final = """
COPY roll_path (
    site, grain, class, span, path, views, s1, d1, landings, bounces, duration_ms, exits, quiet_bounces, engaged_ms,
    scroll_25, scroll_50, scroll_75, journey_entries, journey_exits
) FROM STDIN
"""
_MONTHS: Final = """
INSERT INTO roll_path (
    site, grain, class, span, path, views, s1, d1, landings, bounces, duration_ms, exits, quiet_bounces, engaged_ms,
    scroll_25, scroll_50, scroll_75, journey_entries, journey_exits
)
SELECT 1, 2, 0, date_trunc('month', span), path, sum(views), sum(s1), sum(d1), sum(landings), sum(bounces),
    sum(duration_ms), sum(exits), 0, 0, 0, 0, 0, 0, 0
FROM roll_path WHERE grain = 1 AND span < %(today)s GROUP BY 4, 5
"""
_SITE_MONTHS: Final = """
INSERT INTO roll_site
SELECT 1, 2, 0, date_trunc('month', span), sum(events), sum(views), sum(new), sum(views_s1), sum(views_d1),
    sum(visits), sum(landings), sum(bounces), 0, sum(duration_ms), 0, 0, 0
FROM roll_site WHERE grain = 1 AND span < %(today)s GROUP BY 4
"""
_THROUGH: Final = """
INSERT INTO roll_months
SELECT 1, date_trunc('month', span)::date, max(span)::date
FROM roll_site WHERE grain = 1 AND span < %(today)s GROUP BY 2
"""
_ROWS: Final = """
INSERT INTO events
SELECT %(noon)s::timestamptz + number * %(gap)s * interval '1 second', number, number / 3, number / 2, 1, 0, 0, 0,
    number %% 2 = 0, true, true, 'page_view', '', '/page/' || (random() * random() * 5000)::int,
    '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', ''
FROM generate_series(0, %(count)s - 1) AS number
"""
_EVENTS: Final = """
INSERT INTO roll_event (site, grain, class, span, type, name, count, s1, d1)
SELECT 1, 1, 0, span, 'custom', 'event ' || name, greatest(%(count)s / (name * 6), 1), 1, 1
FROM generate_series(1, %(names)s) AS name
CROSS JOIN generate_series(%(today)s - %(days)s * interval '1 day', %(today)s, interval '1 day') AS span
"""
_EVENT_MONTHS: Final = """
INSERT INTO roll_event (site, grain, class, span, type, name, count, s1, d1)
SELECT 1, 2, 0, date_trunc('month', span), type, name, sum(count), sum(s1), sum(d1)
FROM roll_event WHERE grain = 1 AND span < %(today)s GROUP BY 4, 5, 6
"""
_VISITS: Final = """
INSERT INTO sessions
SELECT number, number, start, start + interval '5 minutes', 0, 1, %(each)s, %(each)s, 0, 0, true, '/page/1', '/page/5',
    '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', ''
FROM (
    SELECT 1000000000 + number AS number, %(today)s - number * %(gap)s * interval '1 second' AS start
    FROM generate_series(1, %(count)s) AS number
) AS visit
"""
_STEPS: Final = """
INSERT INTO events
SELECT start + step * interval '1 minute', session_id * 10 + step, session_id, visitor, 1, 0, 0, 0, step = 0, true,
    true, 'page_view', '', '/page/' || (step + (random() * 2)::int),
    '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', ''
FROM sessions CROSS JOIN generate_series(0, %(each)s - 1) AS step
"""
_MARKS: Final = """
INSERT INTO marks
SELECT 1, %(noon)s::timestamptz + hour * interval '1 hour', 0, hour FROM generate_series(0, %(hours)s - 1) AS hour
"""
#: What a batch does that brings another event.
_COMING: Final = "UPDATE marks SET version = version + 1000 WHERE site = 1 AND hour = date_trunc('hour', %(noon)s)"


class _Clock:
    def now_ms(self) -> int:
        return int(datetime(TODAY.year, TODAY.month, TODAY.day, 14, tzinfo=UTC).timestamp()) * 1_000

    def monotonic(self) -> float:
        return time.perf_counter()


def run() -> None:
    """Print the times of each report for each size."""
    for size in sizes(SIZES):
        measure(size)


def measure(events: int) -> None:
    """Print the times of each report on a site of so many events a year."""
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as directory:
        database = EmbeddedPostgres(Path(directory))
        dsn = database.start()
        try:
            migrate(dsn)
            with open_pool(dsn, size=3) as pool:
                print(f"{events:,} events a year, {_fill(pool, events):,} rollup rows")
                asyncio.run(_report(pool))
        finally:
            database.stop()


def _fill(pool: ConnectionPool, events: int) -> int:
    random = Random(1)  # noqa: S311 - a history, no secret
    paths = [f"/page/{number}" for number in range(PATHS)]
    weights = list(accumulate(1 / (number + 1) for number in range(PATHS)))
    views = int(events * _VIEWS / 365)
    with pool.connection() as connection:
        with (
            connection.cursor() as cursor,
            cursor.copy(_PATHS) as copy,
        ):
            for days_ago in range(365 * YEARS + 1):
                day = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) - timedelta(days=days_ago)
                for path, n in Counter(random.choices(paths, cum_weights=weights, k=views)).items():
                    some = n // 3
                    copy.write_row((1, 1, 0, day, path, n, n, n, some, some, n * 9_000, some, *([0] * 7)))
        noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
        today = {"today": noon.replace(hour=0)}
        connection.execute(_SITE)
        connection.execute(_DIMS, _shares())
        connection.execute(_MONTHS, today)
        connection.execute(_DIM_MONTHS, today)
        connection.execute(_SITE_MONTHS, today)
        connection.execute(_EVENTS, {**today, "count": events // 365, "names": _NAMES, "days": 365 * YEARS})
        connection.execute(_EVENT_MONTHS, today)
        connection.execute(_THROUGH, today)
        visits = events * _ROW_DAYS // (365 * _EACH)
        each = {**today, "count": visits, "gap": _ROW_DAYS * 86_400 / visits, "each": _EACH}
        connection.execute(_VISITS, each)
        connection.execute(_STEPS, each)
        count = max(views * _MARKED_HOURS // 24, 1)
        connection.execute(_ROWS, {"noon": noon, "count": count, "gap": _MARKED_HOURS * 3_600 / count})
        visits = max(count // 3, 1)
        connection.execute(_SESSIONS, {"noon": noon, "count": visits, "gap": _MARKED_HOURS * 3_600 / visits})
        connection.execute(_MARKS, {"noon": noon, "hours": _MARKED_HOURS})
    with pool.connection() as connection:
        return _analyse(connection)


def _shares() -> dict[str, list[object]]:
    dims: list[object] = []
    values: list[object] = []
    shares: list[object] = []
    for dimension, count in VALUES.items():
        whole = sum(1 / number for number in range(1, count + 1))
        for number in range(1, count + 1):
            dims.append(NUMBERS[dimension])
            values.append(value_of([f"{column}-{number}" for column in OF_SESSIONS[dimension]]))
            shares.append(1 / number / whole)
    return {"dims": dims, "values": values, "shares": shares}


def _analyse(connection: psycopg.Connection) -> int:
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")
    row = connection.execute("SELECT (SELECT count(*) FROM roll_path) + (SELECT count(*) FROM roll_dim)").fetchone()
    connection.autocommit = False
    return int(row[0]) if row else 0


async def _report(pool: ConnectionPool) -> None:
    reports: Reports

    def query(ago: int, days: int, path: str | None = None) -> Query:
        last = TODAY - timedelta(days=ago)
        return Query(site=1, days=Days(first=last - timedelta(days=days - 1), last=last), zone=UTC, path=path)

    cases: dict[str, Callable[[int], Awaitable[object]]] = {
        "summary, 12 months": lambda n: reports.summary(query(n, 365)),
        "summary, 12 months, year over year": lambda n: reports.summary(query(n, 365), Comparison.YEAR_OVER_YEAR),
        "pages, 12 months": lambda n: reports.pages(query(n, 365), limit=50),
        "pages, 30 days": lambda n: reports.pages(query(n, 30), limit=50),
        "flow, 12 months": lambda n: reports.flow(query(n, 365), limit=50),
        "custom events, 12 months": lambda n: reports.custom_events(query(n, 365), limit=50),
        "sources by channel, 12 months": lambda n: reports.sources(query(n, 365), Dimension.CHANNEL, limit=50),
        "sources by domain, 12 months": lambda n: reports.sources(query(n, 365), Dimension.REFERRER, limit=50),
        "sources by domain, 30 days": lambda n: reports.sources(query(n, 30), Dimension.REFERRER, limit=50),
        "sources by campaign, 12 months": lambda n: reports.sources(query(n, 365), Dimension.UTM, limit=50),
        "devices, 12 months": lambda n: reports.devices(query(n, 365)),
        "timeseries, 12 months": lambda n: reports.timeseries(query(n, 365), Metric.PAGEVIEWS),
        "timeseries of a page, 12 months": lambda n: reports.timeseries(query(n, 365, "/page/7"), Metric.VISITS),
    }
    # Counted on rows, so over fewer days and not as often.
    funnel = ("/page/1", "/page/3", "/page/5")
    slow: dict[str, Callable[[int], Awaitable[object]]] = {
        f"funnel, {_ROW_DAYS} days": lambda n: reports.funnel(query(n, _ROW_DAYS), [*map(parse_step, funnel)])
    }
    print(f"  {'':36} first      until today, events coming in   ranges asked for the first time")
    for name, case in (cases | slow).items():
        rounds = ROUNDS if name in cases else 5
        reports = Reports(pool, clock=_Clock(), telemetry=NoTelemetry())
        first = await _timed(case, 0)
        live = [await _timed(case, 0, before=lambda: _come(pool)) for _ in range(rounds)]
        days = [*range(1, _WARM + rounds + 1)]
        Random(1).shuffle(days)  # noqa: S311 - an order, no secret
        for number in days[:_WARM] if name in cases else ():
            await case(number)
        new = [await _timed(case, number) for number in days[_WARM:]]
        print(f"  {name:36} {first:7.1f}    {_percentiles(live)}   {_percentiles(new)}")
        reports.close()


async def _timed(
    case: Callable[[int], Awaitable[object]], number: int, *, before: Callable[[], None] | None = None
) -> float:
    """Return the ms that a report takes."""
    await asyncio.sleep(0.02)
    if before is not None:
        await asyncio.to_thread(before)
    started = time.perf_counter()
    await case(number)
    return (time.perf_counter() - started) * 1_000


def _come(pool: ConnectionPool) -> None:
    """Let an event come in."""
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 13, 30, tzinfo=UTC)
    with pool.connection() as connection:
        connection.execute(_ROWS, {"noon": noon, "count": 1, "gap": 1})
        connection.execute(_COMING, {"noon": noon})


def _percentiles(times: list[float]) -> str:
    ordered = sorted(times)
    return f"p50 {ordered[len(ordered) // 2]:7.1f}  p95 {ordered[int(len(ordered) * 0.95)]:7.1f} ms"
