"""An export: a site's archive as a folder that anybody can read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.archive.layout import lay_out
from aggregations.archive.reading import of_files, reading_files
from aggregations.archive.verify import days_of
from aggregations.planner import Span
from core.errors import FootfallError, InvalidInput
from core.spans import DAY
from storage.archive import parquet
from storage.archive.files import FileKind
from storage.archive.meanings import table
from storage.archive.retention import RowDays
from storage.archive.schema import EVENT_ORDER, EVENTS, SESSION_ORDER, SESSIONS
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from storage.archive.manifest import ArchiveFile, FilePair
    from storage.archive.store import ArchiveStore

_EVER: Final = 1 << 45
_NO_ROWS: Final = RowDays(_EVER, frozenset())
_README: Final = """# The events and sessions of {domain}

Files in Apache Parquet, which DuckDB, pandas, Polars, Spark and many others read. Each is of one UTC day or month:
`events-2026-11-20.parquet`, `sessions-2026-10.parquet`. Together they hold each event and each session once, up to
{last} (UTC). A session is in the file of its start. Nothing is null: empty text and 0 mean none.

    SELECT count(*) AS pageviews FROM 'events-*.parquet' WHERE class = 0 AND type = 'page_view';
    SELECT count(*) AS visits FROM 'sessions-*.parquet' WHERE class = 0 AND visit;
    SELECT count(*) AS unique_visitors FROM 'events-*.parquet' WHERE class = 0 AND new;

## Events

{events}

## Sessions

{sessions}
"""


class Exported(NamedTuple):
    """One file that was written."""

    name: str
    size: int


def export(pairs: Sequence[FilePair], store: ArchiveStore, domain: str, folder: Path) -> Iterator[Exported]:
    """Write a site's files into a folder, and a README; yield each file when it is there.

    Args:
        pairs: the current ones.
        store: where they are.
        domain: the site's name, for the README.
        folder: made if it is missing; must be empty.

    Raises:
        InvalidInput: the folder is not empty, or cannot be written.
        FootfallError: a file is not what was written, or was replaced minutes ago, or there are none.
        Unavailable: the archive does not answer.
    """
    if not pairs:
        raise FootfallError(f"nothing of {domain} is in the archive yet: a day is, an hour after its end")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InvalidInput(f"{folder} is not empty")
        for pair in pairs:
            days = days_of(pair, pairs)
            for file in pair if days else ():
                path = folder / _plain_name(file)
                if len(days) == len(pair.days):
                    _copy(store, file, path)
                else:
                    _write_days(store, pair, pairs, file.name.kind, path)
                yield Exported(path.name, path.stat().st_size)
        last = instant(max(pair.end for pair in pairs) - DAY).date()
        readme = _README.format(domain=domain, last=last, events=table("events"), sessions=table("sessions"))
        (folder / "README.md").write_text(readme, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{folder} cannot be written: {error.strerror or error}") from error


def _plain_name(file: ArchiveFile) -> str:
    """The name without a version: there is one of each only."""
    name = str(file.name).rpartition("/")[2]
    return f"{name.partition('.v')[0]}.parquet"


def _copy(store: ArchiveStore, file: ArchiveFile, path: Path) -> None:
    read = hashlib.sha256()
    with path.open("wb") as written:
        for block in store.read(str(file.name)):
            read.update(block)
            written.write(block)
    if read.digest() != file.sha256:
        raise FootfallError(f"{file.name} is not what was written: `footfall archive rebuild` mends it")


def _write_days(store: ArchiveStore, pair: FilePair, pairs: Sequence[FilePair], kind: FileKind, path: Path) -> None:
    """What is left of a month some of whose days have files of their own."""
    layout = lay_out(Span(pair.begin, pair.end), marked=(), pairs=pairs, row_days=_NO_ROWS)
    schema, order = (EVENTS, EVENT_ORDER) if kind is FileKind.EVENTS else (SESSIONS, SESSION_ORDER)
    pieces = [piece for piece in layout.files if piece.pair is pair]
    with reading_files():
        frame = pl.concat(of_files(store, pieces, kind, schema)).sort(*order).collect()
    parquet.write(path, schema, [frame])
