"""A day's or month's two files made and put into the archive."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

from aggregations.archive.sums import sums_of
from storage.archive.files import FileKind, FileName
from storage.archive.manifest import ArchiveFile, FilePair
from storage.archive.schema import EVENTS, SESSIONS, in_file

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from aggregations.planner import Span
    from storage.archive.store import ArchiveStore

#: Rows of a row group: smaller ones gain nothing and cost a tenth.
ROW_GROUP: Final = 131_072
#: Told in every file; another number would mean that columns are other ones, or mean something else.
METADATA: Final = {"footfall_schema": "1"}
_BLOCK: Final = 1 << 20


class Contents(NamedTuple):
    """What a pair of files is to hold, in the order of files: frames of `EVENTS` and `SESSIONS`."""

    events: pl.DataFrame
    sessions: pl.DataFrame


def write_pair(store: ArchiveStore, site: int, span: Span, contents: Contents, *, version: int) -> FilePair:
    """Put the two files of a site's day or month into the archive, and return what to say of them in the manifest.

    Raises:
        Unavailable: the archive does not take them; what was put is an orphan.
    """
    events, sessions = (
        _write(store, FileName(site, kind, *span, version), frame.cast(in_file(schema)))
        for kind, schema, frame in zip(FileKind, (EVENTS, SESSIONS), contents, strict=True)
    )
    return FilePair(events, sessions)


def _write(store: ArchiveStore, name: FileName, frame: pl.DataFrame) -> ArchiveFile:
    scratch = store.scratch()
    try:
        frame.write_parquet(scratch, compression="zstd", row_group_size=ROW_GROUP, statistics=True, metadata=METADATA)
        size, sha256 = scratch.stat().st_size, _hash(scratch)
        store.put(scratch, str(name))
    finally:
        scratch.unlink(missing_ok=True)
    return ArchiveFile(name=name, rows=frame.height, size=size, sha256=sha256, sums=sums_of(frame.lazy(), name.kind))


def _hash(path: Path) -> bytes:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.digest()
