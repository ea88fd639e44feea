"""The whole rollup job on one day of one site in the embedded PostgreSQL, and where its time goes.

Every hour of the day is written, which no day in service needs: most have been when their time came. Once a day has
files they are written anew from the old ones where no hour is marked. A day of a million events takes about three
minutes on two cores.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.archive.day import read_day
from aggregations.archive.writing import write_pair
from aggregations.frames import DAY_EVENTS, DAY_SESSIONS
from aggregations.job import RollupJob
from aggregations.planner import Span
from aggregations.rollups import ROLLUPS
from aggregations.rollups.rollup import day_frames, roll
from benches.tools.processors import spent_by
from benches.tools.sizes import sizes
from core.spans import DAY, HOUR
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage import frames, rollups
from storage.archive.folder import Folder
from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate
from storage.pool import open_pool
from storage.rollups import DayHours
from storage.snapshots import snapshot
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from aggregations.archive.day import SiteDay
    from aggregations.archive.writing import Contents

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


class Times(NamedTuple):
    """Seconds of one job by the clock, and seconds of the processors, in this process and in PostgreSQL."""

    clock: float
    ours: float
    postgres: float


def run() -> None:
    """Print for each size what a whole job takes, without and with files, and its parts by themselves."""
    print(f"Best of {ROUNDS}; processor time in this process and in PostgreSQL; promised: {PROMISED:,} events/s\n")
    print("| events | step | s | events/s | of the promised | us of the processor an event, ours + PostgreSQL |")
    print("|---|---|---|---|---|---|")
    for events in sizes(SIZES, large=LARGE):
        with tempfile.TemporaryDirectory(prefix="footfall-bench-") as folder:
            server = EmbeddedPostgres(Path(folder) / "data")
            dsn = server.start()
            try:
                migrate(dsn)
                with open_pool(dsn, size=2) as pool:
                    _fill(pool, events)
                    _measure(pool, Folder(Path(folder) / "archive"), events, postgres=server.pid or 0)
            finally:
                server.stop()


def _fill(pool: ConnectionPool, events: int) -> None:
    with pool.connection() as connection:
        connection.execute(_EVENTS, {"day": instant(DAY_START), "count": events})
        connection.execute(_SESSIONS)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE events, sessions")
        connection.autocommit = False


def _measure(pool: ConnectionPool, store: Folder, events: int, *, postgres: int) -> None:
    def told(name: str, work: Callable[[], object]) -> None:
        time = _best(work, postgres)
        rate = events / time.clock
        print(
            f"| {events:,} | {name} | {time.clock:.2f} | {rate:,.0f} | {rate / PROMISED:.2f} "
            f"| {time.ours * 1e6 / events:.1f} + {time.postgres * 1e6 / events:.1f} |",
            flush=True,
        )

    with_files, without = (
        RollupJob(pool=pool, clock=SystemClock(), telemetry=NoTelemetry(), archive=archive) for archive in (store, None)
    )
    told("whole job, no files", lambda: without.roll_day(1, DAY_START, force=True))
    with pool.connection() as connection:
        day = Span(DAY_START, DAY_START + DAY)
        rows: dict[str, tuple[pl.DataFrame, pl.DataFrame]] = {}
        told("- read what rollups need", lambda: rows.update(rollups=_read(connection)))
        rolled: dict[str, list[pl.DataFrame]] = {}
        told("- roll up in memory", lambda: rolled.update(day=_roll(*rows["rollups"])))
        height = sum(frame.height for frame in rolled["day"])
        told(f"- write {height:,} rows", lambda: _write(connection, rolled["day"]))
        connection.commit()
    told("whole job, with files", lambda: with_files.roll_day(1, DAY_START, force=True))
    told("files again, no hour marked", lambda: with_files.roll_day(1, DAY_START, files=True))
    with pool.connection() as connection:
        found: dict[str, SiteDay] = {}
        told("- read everything", lambda: found.update(day=_read_all(connection, store)))
        contents: dict[str, Contents] = {}
        told("- join and sort", lambda: contents.update(day=found["day"].for_files()))
        told("- write two files", lambda: write_pair(store, 1, day, contents["day"], version=1 << 40))


def _best(work: Callable[[], object], postgres: int) -> Times:
    """Return the least of each."""

    def once() -> Times:
        before, ours, began = spent_by({"": postgres}), time.process_time(), time.perf_counter()
        work()
        clock, ours = time.perf_counter() - began, time.process_time() - ours
        return Times(clock, ours, sum(spent_by({"": postgres}).values()) - sum(before.values()))

    return Times(*map(min, zip(*(once() for _ in range(ROUNDS)), strict=True)))


def _read(connection: Connection) -> tuple[pl.DataFrame, pl.DataFrame]:
    span = {"site": 1, "start": instant(DAY_START), "end": instant(DAY_START + DAY)}
    return (
        frames.read(connection, "events.of_day", span, DAY_EVENTS).sort("ts", "event_id"),
        frames.read(connection, "sessions.of_day", span, DAY_SESSIONS),
    )


def _read_all(connection: Connection, store: Folder) -> SiteDay:
    with snapshot(connection):
        return read_day(connection, store, 1, DAY_START)


def _roll(events: pl.DataFrame, sessions: pl.DataFrame) -> list[pl.DataFrame]:
    prepared = day_frames(events, sessions, day=DAY_START)
    return pl.collect_all([roll(rollup, prepared, day=DAY_START) for rollup in ROLLUPS])


def _write(connection: Connection, rolled: Sequence[pl.DataFrame]) -> None:
    what = DayHours(1, DAY_START, range(DAY_START, DAY_START + DAY, HOUR))
    with connection.transaction():
        for rollup, frame in zip(ROLLUPS, rolled, strict=True):
            rollups.replace_day(connection, rollup.table, what, frame)
