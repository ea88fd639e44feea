"""Which days are in the tables and which in files only, and how rows leave and come back.

A day of a site has one truth: its rows, or its file once the rows were dropped. Days from the watermark on are in the
tables; an earlier day is, if its rows were put back so that something could be added: it is thawed.

What changes where a day's truth is holds the lock of the past alone; what adds rows to such days shares it. So where
it is stays as it is until an import or a replay has committed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg import sql

from core.spans import DAY, day_of
from storage import frames, locks
from storage.archive.schema import OWN, SESSIONS
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl
    from psycopg import AsyncConnection, Connection

#: The tables whose rows the archive has, with their time.
TABLES: Final = (("events", "ts"), ("event_properties", "ts"), ("sessions", "start"))


class RowDays(NamedTuple):
    """Which days of a site have rows, among those that were asked for."""

    rows_from: int  # start of a day, ms; 0: all days have
    thawed: frozenset[int]  # starts of earlier days, ms

    def has(self, day: int) -> bool:
        """Whether the truth of the day (start, ms) are its rows."""
        return day >= self.rows_from or day in self.thawed


class Watermark(NamedTuple):
    """From which day on rows are in the tables, and since when that is said."""

    rows_from: int  # start of a day, ms
    moved_at: int  # ms


def watermark(connection: Connection) -> Watermark | None:
    """Return the watermark, None if no row was ever dropped."""
    row = connection.execute(load("archive.watermark")).fetchone()
    return None if row is None else Watermark(millis(row[0]), millis(row[1]))


def row_days(connection: Connection, *, site: int, begin: int, end: int) -> RowDays:
    """Return which of the days that [begin, end), ms, touches have rows."""
    mark = watermark(connection)
    rows_from = 0 if mark is None else mark.rows_from
    if begin >= rows_from:
        return RowDays(rows_from, frozenset())
    span = {"site": site, "begin": instant(day_of(begin)).date(), "end": instant(day_of(end - 1) + DAY).date()}
    return RowDays(rows_from, frozenset(millis(day) for (day,) in connection.execute(load("archive.thawed"), span)))


async def without_rows(connection: AsyncConnection, days: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return those of (site, start of a day in ms) that are in files only."""
    given = {"sites": [site for site, _ in days], "days": [instant(day).date() for _, day in days]}
    cursor = await connection.execute(load("archive.without_rows"), given)
    return [(site, millis(day)) async for site, day in cursor]


def has_rows(connection: Connection, *, site: int, begin: int, end: int) -> bool:
    """Return whether the tables have anything of a site in [begin, end), ms."""
    given = {"site": site, "begin": instant(begin), "end": instant(end)}
    row = connection.execute(load("archive.has_rows"), given).fetchone()
    return row is not None and bool(row[0])


def oldest_rows(connection: Connection) -> int | None:
    """Return when the oldest event or session in the tables was, ms."""
    row = connection.execute(load("archive.oldest_rows")).fetchone()
    return None if row is None or row[0] is None else millis(row[0])


def unready(connection: Connection, day: int) -> list[int]:
    """Return the living sites whose rows of the day (start, ms) must stay: their files are not final and verified."""
    given = {"begin": instant(day), "end": instant(day + DAY), "day": instant(day).date()}
    return [site for (site,) in connection.execute(load("archive.unready"), given)]


def move_watermark(connection: Connection, day: int, *, at: int) -> list[int]:
    """Let the rows of the day that begins at `day` (ms) be the truth of no site from `at` (ms) on; the caller commits.

    Returns:
        The sites for which this cannot be; then nothing was done.
    """
    locks.wait_for_past_alone(connection)
    held_back = unready(connection, day)
    if not held_back:
        connection.execute(load("archive.move_watermark"), {"day": instant(day + DAY).date(), "at": instant(at)})
    return held_back


def thaw(connection: Connection, *, site: int, day: int, events: pl.DataFrame, sessions: pl.DataFrame) -> None:
    """Let the rows given be those of the site's day (start, ms), and its truth. The caller commits.

    Args:
        connection: in a transaction that holds the lock of the past alone, and the site's.
        site: whose.
        day: before the watermark.
        events: of `OWN`, with `properties`.
        sessions: those that began on the day, of `SESSIONS`.
    """
    _clear(connection, site, day)
    connection.execute(load("archive.thaw"), {"site": site, "day": instant(day).date()})
    own = list(OWN)
    frames.write(connection, _copy("events", own), frames.as_instants(events.select(own)))
    with_properties = events.filter(events["properties"] != "")
    columns = ["ts", "event_id", "visitor", "site", "properties"]
    frames.write(connection, _copy("event_properties", columns), frames.as_instants(with_properties.select(columns)))
    frames.write(connection, _copy("sessions", [*SESSIONS]), frames.as_instants(sessions.select(*SESSIONS)))


def thawed(connection: Connection) -> list[tuple[int, int]]:
    """Return (site, start of the day in ms) of all thawed days of living sites, the oldest first."""
    return [(site, millis(day)) for site, day in connection.execute(load("archive.all_thawed"))]


def freeze(connection: Connection, *, site: int, day: int) -> bool:
    """Let the files of a thawed day be its truth again; False if they are not final. The caller commits."""
    locks.wait_for_past_alone(connection)
    if site in unready(connection, day):
        return False
    _clear(connection, site, day)
    connection.execute(load("archive.freeze"), {"site": site, "day": instant(day).date()})
    return True


def has_hypertables(connection: Connection) -> bool:
    """Whether rows leave by whole chunks."""
    row = connection.execute(load("timescaledb.exists")).fetchone()
    return row is not None and bool(row[0])


def chunk_days(connection: Connection, *, rows_from: int) -> list[int]:
    """Return the days (starts, ms) before the watermark that have chunks and nothing thawed in them."""
    rows = connection.execute(load("archive.chunk_days"), {"rows_from": instant(rows_from)})
    return [millis(day) for (day,) in rows]


def drop_chunks(connection: Connection, day: int) -> None:
    """Drop the chunks of the day (start, ms). The caller holds the lock of the past alone, and commits."""
    for table, _ in TABLES:
        connection.execute(
            load("archive.drop_chunk"), {"table": table, "begin": instant(day), "end": instant(day + DAY)}
        )


def drop_rows(connection: Connection, *, site: int, rows_from: int, rows: int) -> int:
    """Remove so many of a site's rows of each plain table that are not its truth any more; return how many it was.

    The caller holds the lock of the past alone, and commits.
    """
    given = {"site": site, "rows_from": instant(rows_from), "rows": rows}
    return sum(
        connection.execute(_statement("archive.drop_rows", table, time), given).rowcount for table, time in TABLES
    )


def all_sites(connection: Connection) -> list[int]:
    """Return the ids of all sites, deleted ones too."""
    return [site for (site,) in connection.execute(load("sites.ids"))]


def _clear(connection: Connection, site: int, day: int) -> None:
    given = {"site": site, "begin": instant(day), "end": instant(day + DAY)}
    for table, time in TABLES:
        connection.execute(_statement("archive.clear_rows", table, time), given)


def _statement(name: str, table: str, time: str) -> sql.Composed:
    return sql.SQL(load(name)).format(table=sql.Identifier(table), time=sql.Identifier(time))


def _copy(table: str, columns: list[str]) -> sql.Composed:
    return sql.SQL(load("archive.copy")).format(
        table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )
