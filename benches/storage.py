"""Bytes that an event costs, all in, on sites of 1 and 10 million events a year.

A month of made-up visits goes through the real code: the sink for the rows, the rollup job, the archive's upkeep. What
does not stay for ever is weighed by the part of the year for which it is there.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl
from psycopg import sql

from aggregations.rollups import ROLLUPS
from benches.tools import history
from benches.tools.visits import FIRST, year
from core.events import Event
from core.spans import DAY
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage.archive import manifest
from storage.archive.folder import Folder
from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate
from storage.pool import open_async_pool, open_pool
from storage.rollups import Grain
from streams.codec import NO_PRODUCER
from streams.engine import Message, PartitionEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from storage.archive.manifest import FilePair

#: Bytes an event by events a year.
PROMISED: Final = {1_000_000: 200, 10_000_000: 120}
_MONTH: Final = range(FIRST, FIRST + 31 * DAY, DAY)
#: Days of 365: rows and the hours made of them, on average; the files of days that no month has yet.
_IN_ROWS: Final = 7.5
_IN_DAY_FILES: Final = 17.5
#: Events that go through the sink, at a time, and the sites that they are of in turn; vacuums on the way.
_THROUGH_SINK: Final = 20_000
_BATCH: Final = 5
_SITES: Final = 8
_VACUUMS: Final = 10
_TABLES: Final = ("events", "event_properties", "sessions")


class Part(NamedTuple):
    """Something that is stored."""

    name: str
    each: float  #: bytes per event that it is there of
    days: float = 365  #: of the year's 365 for which it is there

    @property
    def weight(self) -> float:
        """Bytes per event of the year."""
        return self.each * self.days / 365


def run() -> None:
    """Print the bytes of each part at both sizes, and their sums beside what is promised."""
    found = {size: measure(size) for size in PROMISED}
    heads = "".join(f"{f'{size // 1_000_000} M a year':>22}" for size in found)
    print(f"{'bytes an event (while it is there)':36} {'days':>5}{heads}")
    for parts in zip(*found.values(), strict=True):
        weights = "".join(f"{part.weight:13.1f} {f'({part.each:.1f})':>8}" for part in parts)
        print(f"{parts[0].name:36} {parts[0].days:5g}{weights}")
    sums = {size: sum(part.weight for part in parts) for size, parts in found.items()}
    print(f"{'all in':42}" + "".join(f"{total:13.1f}{'':9}" for total in sums.values()))
    print(f"{'promised: at most':42}" + "".join(f"{PROMISED[size]:13}{'':9}" for size in sums))


def measure(size: int) -> list[Part]:
    """Return the parts on a site of so many events a year."""
    events, sessions = year(size * len(_MONTH) // 365, days=len(_MONTH))
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "data")
        dsn = server.start()
        try:
            migrate(dsn)
            rows = asyncio.run(_fill(dsn, events.sort("ts", "event_id").head(_THROUGH_SINK)))
            with open_pool(dsn, size=2) as pool:
                rest = _close(pool, Folder(Path(folder) / "archive"), events, sessions)
        finally:
            server.stop()
    names = ("event rows, two indexes", "properties, one index", "session rows, two indexes")
    each = min(_THROUGH_SINK, events.height)
    parts = [Part(name, rows[table] / each, _IN_ROWS) for name, table in zip(names, _TABLES, strict=True)]
    return [*parts, *(part._replace(each=part.each / events.height) for part in rest)]


async def _fill(dsn: str, events: pl.DataFrame) -> Mapping[str, int]:
    """Let events come in, a few a commit, and return the bytes of each table."""
    frame = events.rename({"class": "traffic"}).with_columns(prev=0, site=1 + pl.col("visitor") % _SITES)
    coming = [Event._make(row) for row in frame.select(*Event._fields).iter_rows()]
    pool = await open_async_pool(dsn, size=2, check=False)
    async with pool:
        engine = PartitionEngine(pool, "bench", 0, clock=SystemClock(), telemetry=NoTelemetry())
        await engine.open()
        batches = [tuple(coming[begin : begin + _BATCH]) for begin in range(0, len(coming), _BATCH)]
        for number, batch in enumerate(batches):
            await engine.apply([Message(number, batch[-1].ts, NO_PRODUCER, 0, batch)])
            if number % (len(batches) // _VACUUMS) == 0:
                async with pool.connection() as connection:
                    await connection.set_autocommit(True)
                    await connection.execute("VACUUM events, event_properties, sessions")
                    await connection.set_autocommit(False)
        async with pool.connection() as connection:
            found = await connection.execute(
                "SELECT name, pg_total_relation_size(name::regclass) FROM unnest(%s::text[]) AS name", [[*_TABLES]]
            )
            sizes = {name: size async for name, size in found}
            await connection.execute("TRUNCATE events, event_properties, sessions, midnight_links, marks, positions")
    return sizes


def _close(pool: ConnectionPool, store: Folder, events: pl.DataFrame, sessions: pl.DataFrame) -> list[Part]:
    """Let the month be over, and return the bytes of what is made of it."""
    with pool.connection() as connection:
        connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
        connection.execute("INSERT INTO sites (account_id, domain) SELECT id, 'example.com' FROM accounts")
        history.write_rows(connection, events, sessions)
    history.roll_days(pool, store, _MONTH)
    with pool.connection() as connection:
        rolled = [*_rollups(connection)]
        days = _files(connection)
    history.archive(pool, store, until=_MONTH.stop)
    with pool.connection() as connection:
        months = [pair for pair in _files(connection) if len(pair.days) > 1]
    if not months:
        raise AssertionError("the month was not put together")
    in_months = 365 - _IN_DAY_FILES
    return [
        Part("event files of months", _bytes(months, "events"), in_months),
        Part("session files of months", _bytes(months, "sessions"), in_months),
        Part("event files of days", _bytes(days, "events"), _IN_DAY_FILES),
        Part("session files of days", _bytes(days, "sessions"), _IN_DAY_FILES),
        *rolled,
    ]


def _rollups(connection: Connection) -> Iterator[Part]:
    """Each rollup by grain, in a table of its own with the same indexes, written in the same order."""
    for grain in Grain:
        kept, passing = 0, 0
        for rollup in ROLLUPS:
            given = {"part": sql.Identifier("part"), "table": sql.Identifier(rollup.table.name), "grain": int(grain)}
            connection.execute(sql.SQL("CREATE TABLE {part} (LIKE {table} INCLUDING ALL)").format(**given))
            copied = sql.SQL("INSERT INTO {part} SELECT * FROM {table} WHERE grain = {grain} ORDER BY span, ctid")
            connection.execute(copied.format(**given))
            row = connection.execute("SELECT pg_total_relation_size('part')").fetchone()
            size = int(row[0]) if row else 0
            connection.execute("DROP TABLE part")
            if grain is Grain.HOUR and not rollup.table.hours_for_ever:
                passing += size
            else:
                kept += size
        if passing:
            yield Part("hours of paths and dimensions", passing, _IN_ROWS)
        yield Part({Grain.HOUR: "hours of totals", Grain.DAY: "days", Grain.MONTH: "months"}[grain], kept)


def _files(connection: Connection) -> list[FilePair]:
    return manifest.current(connection, site=1, begin=_MONTH.start, end=_MONTH.stop)


def _bytes(pairs: Sequence[FilePair], kind: str) -> int:
    return sum((pair.events if kind == "events" else pair.sessions).size for pair in pairs)
