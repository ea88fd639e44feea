"""A day's or month's two files made and put into the archive."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.archive.sums import added, sums_of
from storage.archive import parquet
from storage.archive.files import FileKind, FileName
from storage.archive.manifest import ArchiveFile, FilePair, Sums
from storage.archive.parquet import ROW_GROUP
from storage.archive.schema import EVENTS, SESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from aggregations.planner import Span
    from storage.archive.store import ArchiveStore

#: Rows that are gathered before some are written.
_AT_A_TIME: Final = 4 * ROW_GROUP


class Contents(NamedTuple):
    """What a pair of files is to hold, in the order of files: `EVENTS` and `SESSIONS`; texts may be categories."""

    events: pl.DataFrame
    sessions: pl.DataFrame


def write_pair(store: ArchiveStore, site: int, span: Span, contents: Contents, *, version: int) -> FilePair:
    """Put the two files of a site's day into the archive, and return what to say of them in the manifest.

    Raises:
        Unavailable: the archive does not take them; what was put is an orphan.
    """

    def write(kind: FileKind, schema: pl.Schema, frame: pl.DataFrame) -> ArchiveFile:
        def make(path: Path) -> _Made:
            parquet.write(path, schema, [frame], level=parquet.OF_DAYS)
            return _Made(frame.height, sums_of(frame.lazy(), kind))

        return _put(store, FileName(site, kind, *span, version), make)

    events, sessions = map(write, FileKind, (EVENTS, SESSIONS), contents)
    return FilePair(events, sessions)


def write_parts(store: ArchiveStore, name: FileName, schema: pl.Schema, parts: Iterable[pl.DataFrame]) -> ArchiveFile:
    """Put one file made of parts, in their order, into the archive: no more than one of them is in memory, or few.

    Raises:
        Unavailable: the archive does not take it; what was put is an orphan.
    """

    def make(path: Path) -> _Made:
        rows, sums = 0, list[Sums]()

        def counted() -> Iterator[pl.DataFrame]:
            nonlocal rows
            for part in _in_groups(parts, schema):
                rows += part.height
                sums.append(sums_of(part.lazy(), name.kind))
                yield part

        parquet.write(path, schema, counted())
        return _Made(rows, added(sums))

    return _put(store, name, make)


class _Made(NamedTuple):
    """What a file holds."""

    rows: int
    sums: Sums


def _in_groups(parts: Iterable[pl.DataFrame], schema: pl.Schema) -> Iterator[pl.DataFrame]:
    """The same rows in whole row groups, some at a time; the last one is what is left, or an empty one."""
    held = pl.DataFrame(schema=schema)
    for part in parts:
        held = pl.concat([held, part])
        if held.height >= _AT_A_TIME:
            whole = held.height - held.height % ROW_GROUP
            yield held[:whole]
            held = held[whole:]
    yield held


def _put(store: ArchiveStore, name: FileName, make: Callable[[Path], _Made]) -> ArchiveFile:
    scratch = store.scratch()
    try:
        made = make(scratch)
        with scratch.open("rb") as file:
            size, sha256 = scratch.stat().st_size, hashlib.file_digest(file, "sha256").digest()
        store.put(scratch, str(name))
    finally:
        scratch.unlink(missing_ok=True)
    return ArchiveFile(name=name, rows=made.rows, size=size, sha256=sha256, sums=made.sums)
