"""What of a site's rollups can be trusted: read once, at the beginning of each report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from core.spans import DAY, HOUR
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from psycopg import Connection

#: (partition, version) of the marks of an hour, sorted.
Versions = tuple[tuple[int, int], ...]


class RolledMonth(NamedTuple):
    """A month with rollup rows."""

    through: int  # start of the last day in them, ms
    version: int  # another one whenever the rows were written again


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Of some months of a site; all times are starts in ms."""

    marked: Mapping[int, Versions]  #: by hour
    missed: AbstractSet[int]  #: hours of days that rollups which were added later miss
    months: Mapping[int, RolledMonth]
    rows_from: int = 0  #: the first day with rows; before, files are read. 0: no row was ever dropped


def of_site(connection: Connection, site: int, *, begin: int, end: int) -> Standing:
    """Return it of the months from `begin` to before `end`, both starts of UTC months in ms."""
    marked: dict[int, list[tuple[int, int]]] = {}
    missed: set[int] = set()
    months: dict[int, RolledMonth] = {}
    rows_from = 0
    span = {"site": site, "begin": instant(begin), "end": instant(end)}
    for kind, at, through, partition, version in connection.execute(load("standing.of_site"), span):
        start = millis(at)
        match kind:
            case "mark":
                marked.setdefault(start, []).append((partition, version))
            case "gap":
                missed.update(range(start, start + DAY, HOUR))
            case "rows":
                rows_from = start
            case _:
                months[start] = RolledMonth(millis(through), version)
    versions = {hour: tuple(sorted(found)) for hour, found in marked.items()}
    return Standing(marked=versions, missed=missed, months=months, rows_from=rows_from)
