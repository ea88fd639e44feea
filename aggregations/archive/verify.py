"""Files held to what is said of them: their bytes to the manifest, what they hold to the rollups."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

import polars as pl

from aggregations.archive.reading import reading_files, scan
from aggregations.archive.sums import SUMS, sums_of
from core.errors import NotFound
from core.events import TrafficClass
from core.spans import DAY
from storage.archive import sums as rolled
from storage.archive.files import FileKind
from storage.archive.schema import EVENTS, SESSIONS

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg import Connection

    from storage.archive.manifest import ArchiveFile, FilePair, Sums
    from storage.archive.store import ArchiveStore

_COUNTED = {str(int(traffic)) for traffic in TrafficClass if traffic is not TrafficClass.FLOOD}


def problems(connection: Connection, store: ArchiveStore, pair: FilePair, *, days: Collection[int]) -> list[str]:
    """Return what is wrong with a pair of files; nothing is if there is no mark on them and the list is empty.

    Args:
        connection: in a snapshot, the one in which the pair is current.
        store: where the files are.
        pair: every byte of them is read.
        days: its days (starts, ms) that have no files of their own.

    Raises:
        Unavailable: the archive does not answer.
    """
    found = file_problems(store, pair)
    if found:
        return found
    held: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for file in pair:
        for traffic, sums in _of_days(store, file, days, whole=len(days) == len(pair.days)).items():
            held[traffic] |= sums
    site = pair.events.name.site
    said = rolled.of_rollups(connection, site=site, days=days, names=[*SUMS[FileKind.EVENTS], *SUMS[FileKind.SESSIONS]])
    for traffic in sorted(_COUNTED & (held.keys() | said.keys())):
        for name in (name for sums in SUMS.values() for name in sums):
            of_files, of_rollups = held[traffic].get(name, 0), said.get(traffic, {}).get(name, 0)
            if of_files != of_rollups:
                found.append(f"{pair.events.name}: {name} of class {traffic} is {of_files}, rollups say {of_rollups}")
    return found


def days_of(pair: FilePair, current: Collection[FilePair]) -> list[int]:
    """Return the days (starts, ms) that are read from the pair, and not from files of their own."""
    own = {other.begin for other in current if other.end - other.begin == DAY and other.events.name != pair.events.name}
    return [day for day in pair.days if day not in own or len(pair.days) == 1]


def file_problems(store: ArchiveStore, pair: FilePair) -> list[str]:
    """Return what is wrong with the bytes of a pair of files, and with what they say of themselves."""
    return [*_problems_of(store, pair.events), *_problems_of(store, pair.sessions)]


def _problems_of(store: ArchiveStore, file: ArchiveFile) -> list[str]:
    """What is wrong with the file's bytes, or with what they say against what was written down."""
    read, size = hashlib.sha256(), 0
    try:
        for block in store.read(str(file.name)):
            read.update(block)
            size += len(block)
    except NotFound:
        return [f"{file.name} is not there"]
    if (size, read.digest()) != (file.size, file.sha256):
        return [f"{file.name} is not what was written: {size} bytes of {file.size}, or others"]
    frame = _scanned(store, file)
    with reading_files():
        height = frame.select(pl.len()).collect().item()
        sums = sums_of(frame, file.name.kind)
    if (height, sums) != (file.rows, file.sums):
        return [f"{file.name} holds {height} rows and {sums}, and {file.rows} and {file.sums} were written"]
    return []


def _of_days(store: ArchiveStore, file: ArchiveFile, days: Collection[int], *, whole: bool) -> Sums:
    if whole:
        return file.sums
    time = pl.col("ts" if file.name.kind is FileKind.EVENTS else "start").cast(pl.Int64)
    with reading_files():
        return sums_of(_scanned(store, file).filter((time - time % DAY).is_in(list(days))), file.name.kind)


def _scanned(store: ArchiveStore, file: ArchiveFile) -> pl.LazyFrame:
    return scan(store, [str(file.name)], EVENTS if file.name.kind is FileKind.EVENTS else SESSIONS)
