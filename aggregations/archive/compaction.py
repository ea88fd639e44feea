"""Months whose days are all final become one pair of files: opening a file costs more than reading a small one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.archive.layout import lay_out
from aggregations.archive.reading import of_files, reading_files
from aggregations.archive.verify import problems
from aggregations.archive.writing import Contents, write_pair
from core.errors import FootfallError
from storage import marks
from storage.archive import manifest
from storage.archive.files import FileKind
from storage.archive.manifest import FilePair
from storage.archive.retention import RowDays
from storage.archive.schema import EVENT_ORDER, EVENTS, SESSION_ORDER, SESSIONS
from storage.snapshots import snapshot

if TYPE_CHECKING:
    from psycopg import Connection

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
        contents = Contents(
            *(
                pl.concat(of_files(store, layout.files, kind, schema)).sort(*order).collect()
                for kind, schema, order in (
                    (FileKind.EVENTS, EVENTS, EVENT_ORDER),
                    (FileKind.SESSIONS, SESSIONS, SESSION_ORDER),
                )
            )
        )
    written = write_pair(store, site, month, contents, version=version)
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
    return pairs if all(pair.final for pair in pairs) else []
