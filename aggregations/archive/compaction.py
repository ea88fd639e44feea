"""Months whose days are all final become one pair of files: opening a file costs more than reading a small one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.archive.layout import lay_out
from aggregations.archive.reading import of_files, reading_files
from aggregations.archive.verify import problems
from aggregations.archive.writing import write_parts
from core.errors import FootfallError
from core.spans import DAY
from storage import marks
from storage.archive import manifest, retention
from storage.archive.files import FileKind, FileName
from storage.archive.manifest import FilePair
from storage.archive.retention import RowDays
from storage.archive.schema import EVENT_ORDER, EVENTS, SESSION_ORDER, SESSIONS, VISIT_START
from storage.snapshots import snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg import Connection

    from aggregations.archive.layout import FilePiece
    from aggregations.planner import Span
    from storage.archive.store import ArchiveStore

#: Everything is in files here, whatever the tables hold.
_NO_ROWS: Final = RowDays(1 << 62, frozenset())


def compact(connection: Connection, store: ArchiveStore, site: int, month: Span, *, at: int) -> FilePair | None:
    """Write a month's files from those of its days, and make them current in their place, if all of them are final.

    Args:
        connection: holds the site's lock, so nobody else writes its files; in no transaction.
        store: where the files are.
        site: whose.
        month: from its first instant to that of the next one, ms.
        at: now, ms.

    Returns:
        None if a day is not final, or is marked, or nothing is there to be put together.

    Raises:
        Unavailable: the archive does not answer.
        FootfallError: what was written is not what the rollups say; nothing was changed.
    """
    with connection.transaction():
        pairs = _ready(connection, site, month)
        version = manifest.next_version(connection)
    days = [pair for pair in pairs if pair.end - pair.begin != month.end - month.begin]
    if not days:
        return None
    layout = lay_out(month, marked=(), pairs=pairs, row_days=_NO_ROWS)
    with reading_files():
        written = FilePair(
            write_parts(
                store, FileName(site, FileKind.EVENTS, *month, version), EVENTS, _events(store, layout.files, month)
            ),
            write_parts(
                store,
                FileName(site, FileKind.SESSIONS, *month, version),
                SESSIONS,
                _sessions(store, layout.files, month),
            ),
        )
    with snapshot(connection):
        wrong = problems(connection, store, written, days=written.days)
        marked = marks.of_span(connection, site=site, start=month.begin, end=month.end)
    if wrong or marked:
        store.remove(str(file.name) for file in written)
        if wrong and not marked:
            raise FootfallError(f"a month's files differ from their days': {'; '.join(wrong)}")
        return None
    final = FilePair(*(file._replace(final=True, verified_at=at) for file in written))
    with connection.transaction():
        # A mark that comes now stands for what is in rows, and its day gets files of its own again.
        manifest.replace_days(connection, final, days, at=at)
    return final


def _ready(connection: Connection, site: int, month: Span) -> list[FilePair]:
    pairs = manifest.current(connection, site=site, begin=month.begin, end=month.end)
    if marks.of_span(connection, site=site, start=month.begin, end=month.end):
        return []
    # A month's files speak of all of its days: none may have rows alone.
    row_days = retention.row_days(connection, site=site, begin=month.begin, end=month.end)
    alone = lay_out(month, marked=(), pairs=pairs, row_days=row_days).rows
    if any(retention.has_rows(connection, site=site, begin=begin, end=end) for begin, end in alone):
        return []
    return pairs if all(pair.final for pair in pairs) else []


def _events(store: ArchiveStore, pieces: Sequence[FilePiece], month: Span) -> Iterator[pl.DataFrame]:
    """The events of a month in the order of files, by the day on which their visits began: first those of none."""
    began, days = pl.col(VISIT_START), range(month.begin, month.end, DAY)

    def part(first: int, last: int, *meant: pl.Expr) -> pl.DataFrame:
        found = of_files(store, _of_days(pieces, first, last), FileKind.EVENTS, EVENTS)
        return pl.concat([pl.LazyFrame(schema=EVENTS), *found]).filter(*meant).sort(*EVENT_ORDER).collect()

    for day in days:
        yield part(day, day, began == 0, pl.col("ts").is_between(day, day + DAY, closed="left"))
    yield part(month.begin, month.begin, began > 0, began < month.begin)
    for day in days:
        # None lasts over two midnights.
        yield part(day, day + DAY, began.is_between(day, day + DAY, closed="left"))


def _sessions(store: ArchiveStore, pieces: Sequence[FilePiece], month: Span) -> Iterator[pl.DataFrame]:
    for day in range(month.begin, month.end, DAY):
        found = of_files(store, _of_days(pieces, day, day), FileKind.SESSIONS, SESSIONS)
        began = pl.col("start").is_between(day, day + DAY, closed="left")
        yield pl.concat([pl.LazyFrame(schema=SESSIONS), *found]).filter(began).sort(*SESSION_ORDER).collect()


def _of_days(pieces: Sequence[FilePiece], first: int, last: int) -> list[FilePiece]:
    return [piece for piece in pieces if piece.pair.begin <= last and piece.pair.end > first]
