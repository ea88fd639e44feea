"""The whole rollup job on one day of one site in the embedded PostgreSQL, and where its time goes."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.frames import DAY_EVENTS, DAY_SESSIONS
from aggregations.job import RollupJob
from aggregations.rollups import ROLLUPS
from aggregations.rollups.rollup import day_frames, roll
from benches.tools.large import large
from core.spans import DAY
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage import frames
from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate
from storage.pool import open_pool
from storage.times import instant

if TYPE_CHECKING:
    import psycopg

SIZES: Final = (200_000, 1_000_000)
LARGE: Final = (5_000_000,)
ROUNDS: Final = 3
PROMISED: Final = 400_000
DAY_START: Final = 20_000 * DAY

#: Visits of five page views, their pages of unequal weight, one event in ten a custom one; spread over the day.
_EVENTS: Final = """
INSERT INTO events
SELECT %(day)s::timestamptz + (n / 5 * 86000.0 / (%(count)s / 5) + n %% 5 * 40) * interval '1 second', n, n / 5, n / 10,
    1, 0, 0, 200, n %% 10 = 0, n %% 5 < 4, n %% 10 < 8,
    CASE WHEN n %% 10 = 7 THEN 'custom' ELSE 'page_view' END, CASE WHEN n %% 10 = 7 THEN 'signup' ELSE '' END,
    '/articles/' || (random() * random() * 5000)::int || '/a-page-of-some-length',
    '', 'www.google.com/', 'www.google.com', 'organic_search', '', '', '', '', '', 'www.example.com', 'DE', 'BE',
    'Berlin', 'Firefox', '141', 'Linux', '', 'desktop', 'xl', ''
FROM generate_series(0, %(count)s - 1) AS n
"""
_SESSIONS: Final = """
INSERT INTO sessions
SELECT session_id, max(visitor), min(ts), max(ts), 0, 1, count(*), count(*) FILTER (WHERE type = 'page_view'),
    count(*) FILTER (WHERE type = 'custom'), 0, true, min(path), max(path),
    'organic_search', 'www.google.com', '', '', '', '', '', 'www.example.com', 'DE', 'BE', 'Berlin', 'Firefox', '141',
    'Linux', '', 'desktop', 'xl'
FROM events GROUP BY session_id
"""


def run() -> None:
    """Print events a second of the job, and how much of it is reading, rolling and writing."""
    for events in (*SIZES, *(LARGE if large() else ())):
        with tempfile.TemporaryDirectory(prefix="footfall-bench-") as folder:
            server = EmbeddedPostgres(Path(folder))
            dsn = server.start()
            try:
                migrate(dsn)
                _measure(dsn, events)
            finally:
                server.stop()


def _measure(dsn: str, events: int) -> None:
    with open_pool(dsn, size=2) as pool:
        with pool.connection() as connection:
            given = {"day": instant(DAY_START), "count": events}
            connection.execute(_EVENTS, given)
            connection.execute(_SESSIONS)
            connection.commit()
            connection.autocommit = True
            connection.execute("VACUUM ANALYZE events, sessions")
            connection.autocommit = False
        job = RollupJob(pool=pool, clock=SystemClock(), telemetry=NoTelemetry())
        whole, rows = min(_job(job) for _ in range(ROUNDS))
        with pool.connection() as connection:
            read, rolled = (min(times) for times in zip(*(_parts(connection) for _ in range(ROUNDS)), strict=True))
    rate = events / whole
    print(
        f"{events:9,} events, {rows:,} rows: {whole:5.2f} s, {rate:,.0f} events/s, {rate / PROMISED:.2f} of the "
        f"{PROMISED:,} promised; reading {read / whole:.0%}, rolling {rolled / whole:.0%}, "
        f"writing {(whole - read - rolled) / whole:.0%}"
    )


def _job(job: RollupJob) -> tuple[float, int]:
    began = time.perf_counter()
    rolled = job.roll_day(1, DAY_START, force=True)
    if rolled is None:
        raise AssertionError("a forced day was not rolled up")
    return time.perf_counter() - began, rolled.rows


def _parts(connection: psycopg.Connection) -> tuple[float, float]:
    """Return the seconds of reading the day's rows, and of rolling them up in memory."""
    span = {"site": 1, "start": instant(DAY_START), "end": instant(DAY_START + DAY)}
    began = time.perf_counter()
    events = frames.read(connection, "events.of_day", span, DAY_EVENTS)
    sessions = frames.read(connection, "sessions.of_day", span, DAY_SESSIONS)
    read = time.perf_counter()
    prepared = day_frames(events, sessions, day=DAY_START)
    pl.collect_all([roll(rollup, prepared, day=DAY_START) for rollup in ROLLUPS])
    return read - began, time.perf_counter() - read
