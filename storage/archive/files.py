"""What the archive's files are called."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from core.spans import DAY
from storage.times import instant, millis_of


class FileKind(StrEnum):
    """What a file holds."""

    EVENTS = "events"
    SESSIONS = "sessions"  #: those that began in its time


class FoundFile(NamedTuple):
    """A file as the store has it."""

    name: str
    size: int  # bytes
    modified: int  # ms since 1970 UTC


class Sources(NamedTuple):
    """How Polars finds files: `scan_parquet(sources.addresses, storage_options=sources.options)`."""

    addresses: list[str]
    options: dict[str, str] | None


#: Names of files that are being made begin so.
SCRATCH: Final = ".making-"

_PATTERN: Final = re.compile(r"site=(\d+)/(events|sessions)-(\d{4}-\d\d)(-\d\d)?\.v(\d+)\.parquet")


class FileName(NamedTuple):
    """`site=ID/events-2026-11-20.v3.parquet`, or `…-2026-11.v4.parquet` for a month. Times are ms since 1970 UTC."""

    site: int
    kind: FileKind
    begin: int  # start of a UTC day, or of a month
    end: int  # of the day or month
    version: int

    def __str__(self) -> str:
        """The path in the store."""
        period = instant(self.begin).date().isoformat()
        if self.end - self.begin != DAY:
            period = period.rpartition("-")[0]
        return f"{folder_of(self.site)}/{self.kind}-{period}.v{self.version}.parquet"


def parse(name: str) -> FileName | None:
    """Return what a path in the store says, None if it is not one of ours."""
    found = _PATTERN.fullmatch(name)
    if found is None:
        return None
    site, kind, month, day, version = found.groups()
    try:
        begins = date.fromisoformat(f"{month}{day or '-01'}")
    except ValueError:
        return None
    ends = begins + timedelta(days=1) if day else (begins + timedelta(days=31)).replace(day=1)
    return FileName(int(site), FileKind(kind), millis_of(begins), millis_of(ends), int(version))


def folder_of(site: int) -> str:
    """Return the folder of a site's files."""
    return f"site={site}"
