"""Events and sessions of a span as frames, in one snapshot, wherever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.archive.visits import with_visits
from storage.archive import rows
from storage.archive.schema import EVENTS, SESSIONS, VISIT, VISIT_COLUMNS, VISIT_START

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg import Connection

    from aggregations.planner import Span
    from storage.archive.store import ArchiveStore


class Frames(NamedTuple):
    """Events and sessions of a site, in no order, of all classes. To be collected within the snapshot."""

    events: pl.LazyFrame
    sessions: pl.LazyFrame  # by start: those that began in the span


class Columns(NamedTuple):
    """What a question needs: of rows, nothing else is read. Without any, the frame has no rows either."""

    events: Collection[str] = tuple(EVENTS)
    sessions: Collection[str] = tuple(SESSIONS)


ALL: Final = Columns()


def read_frames(  # noqa: PLR0913 - where, what and how much of it
    connection: Connection,
    store: ArchiveStore | None,
    site: int,
    span: Span,
    *,
    marked: Collection[int] | None = None,
    columns: Columns = ALL,
) -> Frames:
    """Return all events of a span, and all sessions that began in it.

    Args:
        connection: in the snapshot of the report.
        store: where the files are; None without an archive.
        site: whose.
        span: from `begin` to before `end`, ms; may begin and end within an hour.
        marked: starts (ms) of its marked hours, if they are known; otherwise they are read.
        columns: of `EVENTS` and `SESSIONS`, those that are needed; the frames have them in this order.

    Raises:
        Unavailable: the archive does not answer, or a file that it must have is not there.
    """
    del store, marked
    return _of_rows(connection, site, span, columns)


def _of_rows(connection: Connection, site: int, span: Span, columns: Columns) -> Frames:
    begin, end = span
    visit = [column for column in columns.events if column == VISIT_START or column in VISIT_COLUMNS]
    needed = dict.fromkeys(columns.sessions)
    if visit:
        needed |= dict.fromkeys(("session_id", *(column.removeprefix(VISIT) for column in visit)))
    sessions = pl.DataFrame(schema=SESSIONS)
    if needed:
        needed["start"] = None
        sessions = rows.sessions(connection, site, begin=begin, end=end, columns=needed)
    events = pl.DataFrame(schema=EVENTS)
    if columns.events:
        own = dict.fromkeys(column for column in columns.events if column not in visit)
        wanted = own | dict.fromkeys(("session_id",) if visit else ())
        events = with_visits(rows.events(connection, site, begin=begin, end=end, columns=wanted), sessions, visit)
    return Frames(
        events.lazy().select(*columns.events),
        sessions.lazy().filter(pl.col("start") >= begin).select(*columns.sessions),
    )
