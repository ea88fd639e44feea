"""Made-up visits in a database: as rows, and as what the scheduler makes of them when their days are over."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Final

import polars as pl
from psycopg import sql

from aggregations.archive.writing import Contents, write_pair, write_parts
from aggregations.frames import DAY_EVENTS, DAY_SESSIONS
from aggregations.job import RollupJob, month_of
from aggregations.rollups import ROLLUPS
from aggregations.rollups.rollup import day_frames, roll
from core.spans import DAY, HOUR, MINUTE
from core.telemetry import NoTelemetry
from ops.archivist import FINAL_AFTER, Archivist
from storage import frames, rollups
from storage.archive import manifest
from storage.archive.files import FileKind, FileName
from storage.archive.manifest import FilePair
from storage.archive.schema import EVENTS, OWN, SESSIONS
from storage.rollups import DayHours, Grain
from storage.sql import load
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from aggregations.planner import Span
    from storage.archive.store import ArchiveStore

_SLICE: Final = 200_000
_PROPERTIES: Final = ("ts", "event_id", "visitor", "site", "properties")


def write_rows(connection: Connection, events: pl.DataFrame, sessions: pl.DataFrame) -> None:
    """Write frames as `benches.tools.visits` makes them into the tables of rows, and commit."""
    _copy(connection, "events", events, [*OWN])
    _copy(connection, "event_properties", events.filter(events["properties"] != ""), _PROPERTIES)
    _copy(connection, "sessions", sessions, [*SESSIONS])
    connection.commit()


def roll_days(pool: ConnectionPool, store: ArchiveStore, days: range, *, site: int = 1) -> None:
    """Roll up days (starts, ms) and write their files, each two hours after its end."""
    clock = SetClock(0)
    job = RollupJob(pool=pool, clock=clock, telemetry=NoTelemetry(), archive=store)
    for day in days:
        clock.now = day + DAY + 2 * HOUR
        job.roll_day(site, day, force=True)


def write_closed(pool: ConnectionPool, store: ArchiveStore, site: int, span: Span, frames_of: Contents) -> FilePair:
    """Write a day or month as it is when its rows are gone: rollups of its days, and two files, which are returned.

    What is of other days goes. The frames are as `benches.tools.visits` makes them.
    """
    begin, end = span
    events, sessions = (frame.with_columns(site=pl.lit(site, pl.Int32)) for frame in frames_of)
    events = events.filter(pl.col("ts").is_between(begin, end, closed="left"))
    by_time = events.select(*DAY_EVENTS).sort("ts", "event_id")
    with pool.connection() as connection:
        version = manifest.next_version(connection)
        pair = _files(store, site, span, Contents(events, sessions), version)
        manifest.replace(connection, pair, at=end)
        for day in range(begin, end, DAY):
            there = sessions.filter(pl.col("start") < day + DAY, pl.col("last") >= day).select(*DAY_SESSIONS)
            of_day = by_time.filter(pl.col("ts").is_between(day, day + DAY, closed="left"))
            prepared = day_frames(of_day, there, day=day)
            rolled = pl.collect_all([roll(rollup, prepared, day=day) for rollup in ROLLUPS])
            for rollup, frame in zip(ROLLUPS, rolled, strict=True):
                kept = frame if rollup.table.hours_for_ever else frame.filter(pl.col("grain") == Grain.DAY)
                rollups.replace_day(connection, rollup.table, DayHours(site, day, range(day, day + DAY, HOUR)), kept)
        tables = [rollup.table for rollup in ROLLUPS]
        rollups.replace_months(connection, tables, site=site, month=month_of(begin), through=end - DAY)
    return pair


def _files(store: ArchiveStore, site: int, span: Span, contents: Contents, version: int) -> FilePair:
    """A day's as the job writes them, a month's as they are put together."""
    if span.end - span.begin == DAY:
        return write_pair(store, site, span, contents, version=version)
    return FilePair(
        *(
            write_parts(store, FileName(site, kind, *span, version), schema, [frame])
            for kind, schema, frame in zip(FileKind, (EVENTS, SESSIONS), contents, strict=True)
        )
    )


def archive(pool: ConnectionPool, store: ArchiveStore, *, until: int, retention_days: int = 7) -> None:
    """Do what the archive has to do when the days before `until` (ms) become final."""
    clock = SetClock(until + FINAL_AFTER + HOUR)
    archivist = Archivist(
        pool=pool,
        job=RollupJob(pool=pool, clock=clock, telemetry=NoTelemetry(), archive=store),
        store=store,
        clock=clock,
        telemetry=NoTelemetry(),
        retention_days=retention_days,
    )
    for _ in range(3):  # files are final, months are put together, what was replaced goes
        archivist.work(Event())
        clock.now += 11 * MINUTE


def _copy(connection: Connection, table: str, frame: pl.DataFrame, columns: Sequence[str]) -> None:
    statement = sql.SQL(load("archive.copy")).format(
        table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    for part in frame.select(*columns).iter_slices(_SLICE):
        frames.write(connection, statement, frames.as_instants(part))
