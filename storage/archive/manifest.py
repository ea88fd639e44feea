"""The manifest: which files the archive has, and which of them are current.

What reads takes its files from here, in its own snapshot; what writes changes it in the transaction that changes what
depends on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg.types.json import Jsonb

from core.spans import DAY
from storage.archive.files import FileKind, FileName
from storage.sql import load
from storage.times import instant, millis, millis_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from psycopg import Connection

#: Sums by class and name; see `aggregations.archive.sums`.
Sums = dict[str, dict[str, int]]


class ArchiveFile(NamedTuple):
    """One file and what it must hold."""

    name: FileName
    rows: int
    size: int  # bytes
    sha256: bytes
    sums: Sums
    final: bool = False
    verified_at: int | None = None  # ms
    written_at: int = 0  # ms


class FilePair(NamedTuple):
    """The events and the sessions of a site's day or month."""

    events: ArchiveFile
    sessions: ArchiveFile

    @property
    def begin(self) -> int:
        """The first instant that they are of, ms."""
        return self.events.name.begin

    @property
    def end(self) -> int:
        """The instant after the last, ms."""
        return self.events.name.end

    @property
    def days(self) -> range:
        """The starts (ms) of its days."""
        return range(self.begin, self.end, DAY)

    @property
    def final(self) -> bool:
        """Whether nothing but an import or a replay can change what they hold."""
        return self.events.final and self.sessions.final


class SiteMonth(NamedTuple):
    """A month of a site."""

    site: int
    begin: int  # ms
    end: int


class MissingDay(NamedTuple):
    """A day of a site that has ended and has no files."""

    site: int
    day: int  # start, ms


def next_version(connection: Connection) -> int:
    """Return a version that no file ever had."""
    row = connection.execute(load("archive.next_version")).fetchone()
    if row is None:
        raise LookupError("a sequence gave no value")
    return int(row[0])


def current(connection: Connection, *, site: int | None, begin: int, end: int) -> list[FilePair]:
    """Return the current files of a site (or of all) that are of some of [begin, end), ms: of months before days."""
    span = {"site": site, "begin": instant(begin), "end": instant(end)}
    return _pairs(connection.execute(load("archive.current"), span))


def replace(connection: Connection, pair: FilePair, *, at: int) -> None:
    """Make the pair current, from `at` (ms) on, in place of the one of the same day or month. The caller commits."""
    span = {"site": pair.events.name.site, "begins": _date(pair.begin), "ends": _date(pair.end), "at": instant(at)}
    connection.execute(load("archive.replace"), span)
    for file in pair:
        _insert(connection, file)


def replace_file(connection: Connection, old: ArchiveFile, new: ArchiveFile, *, at: int) -> None:
    """Make one file current, from `at` (ms) on, in place of another one of the same kind and time. The caller commits.

    The caller holds the site's lock since before it read the old one.
    """
    site, kind, begin, _, version = old.name
    given = {"site": site, "kind": kind.value, "begins": _date(begin), "version": version, "at": instant(at)}
    connection.execute(load("archive.replace_file"), given)
    _insert(connection, new)


def _insert(connection: Connection, file: ArchiveFile) -> None:
    connection.execute(
        load("archive.insert"),
        {
            "site": file.name.site,
            "begins": _date(file.name.begin),
            "ends": _date(file.name.end),
            "kind": file.name.kind.value,
            "version": file.name.version,
            "rows": file.rows,
            "bytes": file.size,
            "sha256": file.sha256,
            "sums": Jsonb(file.sums),
            "final": file.final,
            "verified_at": None if file.verified_at is None else instant(file.verified_at),
        },
    )


def replace_days(connection: Connection, month: FilePair, days: Iterable[FilePair], *, at: int) -> None:
    """Make the pair of a month current, from `at` (ms) on, in place of the pairs of its days. The caller commits."""
    replace(connection, month, at=at)
    for day in days:
        given = {"site": day.events.name.site, "begins": _date(day.begin), "ends": _date(day.end), "at": instant(at)}
        connection.execute(load("archive.replace"), given)


def settle(connection: Connection, pair: FilePair, *, at: int) -> bool:
    """Note that the pair is final and was verified at `at` (ms), if it is current still and its days have no mark.

    The caller commits.
    """
    site, _, begin, end, version = pair.events.name
    given = {
        "site": site,
        "begins": _date(begin),
        "versions": [version, pair.sessions.name.version],
        "begin": instant(begin),
        "end": instant(end),
        "at": instant(at),
    }
    return connection.execute(load("archive.settle"), given).rowcount == len(pair)


def unsettled(connection: Connection, *, before: int) -> list[FilePair]:
    """Return the current pairs of living sites that ended before `before` (ms) and are not final, the oldest first."""
    return _pairs(connection.execute(load("archive.unsettled"), {"before": instant(before)}))


def scattered_months(connection: Connection, *, before: int) -> list[SiteMonth]:
    """Return the months of living sites that ended before `before` (ms) and have files of days, all of them final."""
    rows = connection.execute(load("archive.scattered_months"), {"before": instant(before)})
    return [SiteMonth(site, millis_of(begins), millis_of(ends)) for site, begins, ends in rows]


def missing(connection: Connection, *, before: int, limit: int) -> list[MissingDay]:
    """Return so many days of living sites that began before `before` (ms), have rollups and no files; oldest first."""
    rows = connection.execute(load("archive.missing"), {"before": instant(before), "limit": limit})
    return [MissingDay(site, millis(day)) for site, day in rows]


def known_days(connection: Connection, *, site: int, begin: int, end: int) -> list[int]:
    """Return the days (starts, ms) in [begin, end), ms, of which a site has rollups or files."""
    span = {"site": site, "begin": instant(begin), "end": instant(end)}
    return [millis(day) for (day,) in connection.execute(load("archive.rolled_days"), span)]


def known(connection: Connection, names: Iterable[FileName]) -> set[FileName]:
    """Return those of the names that the manifest has, current or replaced."""
    given = {(name.site, name.version): name for name in names}
    rows = connection.execute(
        load("archive.known"), {"sites": [site for site, _ in given], "versions": [version for _, version in given]}
    )
    return {given[site, version] for site, version in rows}


def replaced(connection: Connection, *, before: int) -> list[FileName]:
    """Return the files that were replaced before `before` (ms)."""
    rows = connection.execute(load("archive.replaced"), {"before": instant(before)})
    return [_name(*row) for row in rows]


def forget(connection: Connection, names: Iterable[FileName]) -> None:
    """Take replaced files out of the manifest, after they were removed. The caller commits."""
    for name in names:
        connection.execute(load("archive.forget"), {"site": name.site, "version": name.version})


def _pairs(rows: Iterable[tuple[Any, ...]]) -> list[FilePair]:
    found: dict[tuple[int, int, int], dict[FileKind, ArchiveFile]] = {}
    for row in rows:
        file = _file(row)
        found.setdefault((file.name.site, file.name.begin, file.name.end), {})[file.name.kind] = file
    return [FilePair(pair[FileKind.EVENTS], pair[FileKind.SESSIONS]) for pair in found.values()]


def _file(row: tuple[Any, ...]) -> ArchiveFile:
    *name, rows, size, sha256, sums, final, verified_at, written_at = row
    return ArchiveFile(
        name=_name(*name),
        rows=rows,
        size=size,
        sha256=bytes(sha256),
        sums=sums,
        final=final,
        verified_at=None if verified_at is None else millis(verified_at),
        written_at=millis(written_at),
    )


def _name(site: int, kind: str, begins: date, ends: date, version: int) -> FileName:
    return FileName(site, FileKind(kind), millis_of(begins), millis_of(ends), version)


def _date(ms: int) -> date:
    return instant(ms).date()
