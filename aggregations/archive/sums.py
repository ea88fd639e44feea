"""What a file says in sums: the same that the rollups say of its days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from core.events import EventType
from storage.archive.files import FileKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.archive.manifest import Sums

_VIEW: Final = pl.col("type") == EventType.PAGE_VIEW
_BOUNCE: Final = pl.col("visit") & (pl.col("views") == 1)

#: For each kind of file its sums, named as in `roll_site`.
SUMS: Final[dict[FileKind, dict[str, pl.Expr]]] = {
    FileKind.EVENTS: {
        "events": pl.len(),
        "views": _VIEW.sum(),
        "new": pl.col("new").sum(),
        "views_s1": (_VIEW & pl.col("s1")).sum(),
        "views_d1": (_VIEW & pl.col("d1")).sum(),
        "engaged_ms": pl.col("engaged_ms").sum(),
    },
    FileKind.SESSIONS: {
        "visits": pl.col("visit").sum(),
        "landings": (pl.col("visit") & (pl.col("views") >= 1)).sum(),
        "bounces": _BOUNCE.sum(),
        "quiet_bounces": (_BOUNCE & (pl.col("actions") == 0)).sum(),
        "duration_ms": (pl.col("last").cast(pl.Int64) - pl.col("start").cast(pl.Int64)).filter(pl.col("visit")).sum(),
    },
}


def sums_of(frame: pl.LazyFrame, kind: FileKind) -> Sums:
    """Return the sums of each class of a frame of events or sessions, of which there are any."""
    found = frame.group_by("class").agg(**SUMS[kind]).collect()
    sums = {}
    for row in found.iter_rows(named=True):
        traffic = row.pop("class")
        if any(row.values()):
            sums[str(traffic)] = {name: int(value) for name, value in row.items()}
    return sums


def added(parts: Iterable[Sums]) -> Sums:
    """Return the sums of rows that are in parts."""
    total: Sums = {}
    for part in parts:
        for traffic, sums in part.items():
            into = total.setdefault(traffic, dict.fromkeys(sums, 0))
            for name, value in sums.items():
                into[name] += value
    return total
