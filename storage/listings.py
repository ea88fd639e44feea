"""Lists of a site: sums by key, of rollups and, the same, of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from storage.pieces import Bucketed, parameters
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from storage.pieces import Piece
    from storage.reports import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list, by the statements that give it.

    Both give a key and its sums: `rollups` over pieces of rollups, `rows` over pieces of hours, after bucket and class.
    """

    rollups: str
    rows: str


class Keyed(NamedTuple):
    """One line of a list."""

    key: str
    sums: tuple[int, ...]


#: By path: visits that entered there, visits that left there.
FLOW: Final = Listing(rollups="reports.flow_rollups", rows="reports.flow_rows")
#: By name of a custom event: how often it happened.
CUSTOM_EVENTS: Final = Listing(rollups="reports.event_rollups", rows="reports.event_rows")


def rollup_sums(connection: Connection, listing: Listing, scope: Scope, pieces: Sequence[Piece]) -> list[Keyed]:
    """Return each key of the pieces of rollups once, in no order."""
    if not pieces:
        return []
    given = parameters(Bucketed(0, piece) for piece in pieces)
    rows = connection.execute(load(listing.rollups), {**_about(scope), **given})
    return [Keyed(key, tuple(sums)) for key, *sums in rows]


def row_sums(
    connection: Connection, listing: Listing, scope: Scope, pieces: Sequence[Bucketed]
) -> list[tuple[int, int, Keyed]]:
    """Return (bucket, class, line) of pieces of hours, of both classes whatever the scope."""
    if not pieces:
        return []
    rows = connection.execute(load(listing.rows), {"site": scope.site, **parameters(pieces)})
    return [(bucket, traffic, Keyed(key, tuple(sums))) for bucket, traffic, key, *sums in rows]


def events_by_path(connection: Connection, scope: Scope, *, begin: int, end: int) -> list[tuple[str, str, int]]:
    """Return (name, path, count) of the custom events from `begin` to before `end`, both ms, from rows."""
    given = {**_about(scope), "begin": instant(begin), "end": instant(end)}
    return connection.execute(load("reports.events_by_path"), given).fetchall()


def _about(scope: Scope) -> dict[str, Any]:
    return {"site": scope.site, "classes": [int(traffic) for traffic in scope.classes]}
