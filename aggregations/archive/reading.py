"""Events and sessions of a span as frames, in one snapshot, wherever they are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl
from polars import selectors

from aggregations.archive.layout import lay_out
from aggregations.archive.visits import with_visits
from aggregations.planner import Span
from core.errors import Unavailable
from core.spans import DAY, LONGEST_SESSION, day_of, hour_of
from storage import marks
from storage.archive import manifest, retention, rows
from storage.archive.files import FileKind
from storage.archive.schema import EVENTS, SESSIONS, TIMES, VISIT, VISIT_COLUMNS, VISIT_START
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from psycopg import Connection

    from aggregations.archive.layout import FilePiece
    from storage.archive.retention import RowDays
    from storage.archive.store import ArchiveStore
    from storage.hits import Meant


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
    most: int | None = None,
    categories: bool = False,
    meant: Meant | None = None,
) -> Frames:
    """Return all events of a span, and all sessions that began in it.

    Rows are read at once, files when the frames are collected: do so within `reading_files()`.

    Args:
        connection: in the snapshot of the report.
        store: where the files are; None without an archive.
        site: whose.
        span: from `begin` to before `end`, ms; may begin and end within an hour.
        marked: starts (ms) of its marked hours, if they are known; otherwise they are read.
        columns: of `EVENTS` and `SESSIONS`, those that are needed; the frames have them in this order.
        most: bytes of rows that fit into memory, as CSV, of each of the two and of each part that is read by itself.
        categories: whether texts are such, but for properties.
        meant: the events that are needed, if not all: of rows, others may be left out.

    Raises:
        Unavailable: some of the span is in files only, and no archive is configured; or the rows are too many.
    """
    begin, end = span
    if marked is None:
        marked = {mark.hour for mark in marks.of_span(connection, site=site, start=hour_of(begin), end=end)}
    row_days = retention.row_days(connection, site=site, begin=begin - LONGEST_SESSION, end=end)
    needless = store is None and all(row_days.has(day) for day in range(day_of(begin), end, DAY))
    pairs = [] if needless else manifest.current(connection, site=site, begin=begin, end=end)
    layout = lay_out(span, marked=marked, pairs=pairs, row_days=row_days)
    events: list[pl.LazyFrame] = []
    sessions: list[pl.LazyFrame] = []
    if layout.files:
        archive = required(store)
        if columns.events:
            events += of_files(archive, layout.files, FileKind.EVENTS, columns.events)
        if columns.sessions:
            sessions += of_files(archive, layout.files, FileKind.SESSIONS, columns.sessions)
    place = _Place(connection, store, site, row_days, most, categories, meant)
    if categories:
        events, sessions = (list(map(_as_categories, parts)) for parts in (events, sessions))
    for part in layout.rows:
        of_rows = _of_rows(place, part, columns)
        events.append(of_rows.events)
        sessions.append(of_rows.sessions)
    return Frames(_together(events, EVENTS, columns.events), _together(sessions, SESSIONS, columns.sessions))


def sessions_there(connection: Connection, store: ArchiveStore | None, site: int, span: Span) -> pl.DataFrame:
    """Return the sessions that have rows and were there in the span, and those that began on earlier days in files.

    In no order, texts as categories.

    Raises:
        Unavailable: the archive does not answer, or is not configured.
    """
    row_days = retention.row_days(connection, site=site, begin=span.begin - LONGEST_SESSION, end=span.end)
    return _sessions_there(_Place(connection, store, site, row_days, categories=True), span, SESSIONS).select(*SESSIONS)


def required(store: ArchiveStore | None) -> ArchiveStore:
    """Return the archive.

    Raises:
        Unavailable: there is none.
    """
    if store is None:
        raise Unavailable("what is asked for is in the archive only, and ARCHIVE_URL is not set", retry_after=60)
    return store


@contextmanager
def reading_files() -> Iterator[None]:
    """Tell in our own words that a file could not be read.

    Raises:
        Unavailable: the archive does not answer, or a file that it must have is not there.
    """
    try:
        yield
    except (OSError, pl.exceptions.ComputeError) as error:
        raise Unavailable(f"the archive cannot be read: {error}", retry_after=30) from error


def scan(store: ArchiveStore, names: Iterable[str], schema: pl.Schema) -> pl.LazyFrame:
    """Return files as they are, with times as times, to be collected within `reading_files()`."""
    addresses, options = store.sources(names)
    return pl.scan_parquet(
        addresses, storage_options=options, hive_partitioning=False, glob=False, credential_provider=None
    ).select(*schema)


def times_as_ms(columns: Iterable[str]) -> list[pl.Expr]:
    """The columns of a file as those of a frame."""
    return [pl.col(column).cast(pl.Int64) if column in TIMES else pl.col(column) for column in columns]


def _together(parts: list[pl.LazyFrame], schema: pl.Schema, columns: Collection[str]) -> pl.LazyFrame:
    if not parts or not columns:
        return pl.LazyFrame(schema={column: schema[column] for column in columns})
    return parts[0] if len(parts) == 1 else pl.concat(parts)


def _as_categories(part: pl.LazyFrame) -> pl.LazyFrame:
    return part.with_columns(
        (selectors.string() - selectors.by_name("properties", require_all=False)).cast(pl.Categorical)
    )


def of_files(
    store: ArchiveStore, pieces: Collection[FilePiece], kind: FileKind, columns: Collection[str]
) -> Iterator[pl.LazyFrame]:
    """What the pieces hold: whole files together, of others the parts that are meant."""
    schema, time = (EVENTS, "ts") if kind is FileKind.EVENTS else (SESSIONS, "start")
    whole = [_name(piece, kind) for piece in pieces if piece.whole]
    if whole:
        yield scan(store, whole, schema).select(times_as_ms(columns))
    for piece in pieces:
        if not piece.whole:
            found = scan(store, [_name(piece, kind)], schema)
            yield found.filter(_is_in(piece.spans, time)).select(times_as_ms(columns))


def _name(piece: FilePiece, kind: FileKind) -> str:
    return str((piece.pair.events if kind is FileKind.EVENTS else piece.pair.sessions).name)


def _is_in(spans: Iterable[Span], time: str) -> pl.Expr:
    """Said of the file's own times, so that what is elsewhere need not be read."""
    when = pl.col(time)
    return pl.any_horizontal((when >= _instant(begin)) & (when < _instant(end)) for begin, end in spans)


def _instant(ms: int) -> pl.Expr:
    return pl.lit(instant(ms)).cast(pl.Datetime("ms", "UTC"))


class _Place(NamedTuple):
    """Whose rows and files, and how they are reached."""

    connection: Connection
    store: ArchiveStore | None
    site: int
    row_days: RowDays
    most: int | None = None  # bytes of rows
    categories: bool = False  # whether texts are such
    meant: Meant | None = None  # of events


def _of_rows(place: _Place, span: Span, columns: Columns) -> Frames:
    begin, end = span
    visit = [column for column in columns.events if column == VISIT_START or column in VISIT_COLUMNS]
    needed = dict.fromkeys(columns.sessions)
    if visit:
        needed |= dict.fromkeys(column.removeprefix(VISIT) for column in visit)
    sessions = _sessions_there(place, span, needed) if needed else pl.DataFrame(schema=SESSIONS)
    events = pl.DataFrame(schema=EVENTS)
    if columns.events:
        own = dict.fromkeys(column for column in columns.events if column not in visit)
        wanted = own | dict.fromkeys(("session_id",) if visit else ())
        found = rows.events(
            place.connection,
            place.site,
            begin=begin,
            end=end,
            columns=wanted,
            most=place.most,
            categories=place.categories,
            meant=place.meant,
        )
        events = with_visits(found, sessions, visit) if visit else found
    return Frames(
        events.lazy().select(*columns.events),
        sessions.lazy().filter(pl.col("start") >= begin).select(*columns.sessions),
    )


def _sessions_there(place: _Place, span: Span, columns: Iterable[str]) -> pl.DataFrame:
    begin, end = span
    wanted = [*dict.fromkeys([*columns, "start", "last", "session_id"])]
    found = [
        rows.sessions(
            place.connection,
            place.site,
            begin=begin,
            end=end,
            columns=wanted,
            most=place.most,
            categories=place.categories,
        )
    ]
    before = [
        day for day in range(day_of(begin - LONGEST_SESSION), day_of(begin) + DAY, DAY) if not place.row_days.has(day)
    ]
    if before:
        pairs = manifest.current(place.connection, site=place.site, begin=before[0], end=before[-1] + DAY)
        layout = lay_out(Span(before[0], before[-1] + DAY), marked=(), pairs=pairs, row_days=place.row_days)
        if layout.files:
            with reading_files():
                of_days = of_files(required(place.store), layout.files, FileKind.SESSIONS, wanted)
                there = (part.filter(pl.col("last") >= begin, pl.col("start") < end) for part in of_days)
                found += [(_as_categories(part) if place.categories else part).collect() for part in there]
    # The tables may still hold what is in files already.
    return found[0] if len(found) == 1 else pl.concat(found).unique("session_id", keep="first")
