"""Lists of a site: sums by key, of rollups and, the same, of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import sql

from core.dimensions import OF_SESSIONS, Dimension
from storage.pieces import Bucketed, parameters
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    dimensions: tuple[Dimension, ...] = ()  #: whose values are the keys, as `values_of` takes them apart
    added_later: bool = False  #: whether there are installations whose days were rolled up before its rollup was added

    @property
    def about(self) -> str:
        """What tells it from other lists."""
        return " ".join((self.rollups, *self.dimensions))


class Keyed(NamedTuple):
    """One line of a list."""

    key: str
    sums: tuple[int, ...]


#: By path: views, and visits with one.
PAGES: Final = Listing(rollups="reports.page_rollups", rows="reports.page_rows")
#: By path: visits that entered there, visits that left there.
FLOW: Final = Listing(rollups="reports.flow_rollups", rows="reports.flow_rows")
#: By name of a custom event: how often it happened.
CUSTOM_EVENTS: Final = Listing(rollups="reports.event_rollups", rows="reports.event_rows", added_later=True)


def visits_by(*dimensions: Dimension) -> Listing:
    """By value of dimensions of sessions: visits."""
    return Listing(rollups="reports.dim_rollups", rows="reports.dim_rows", dimensions=dimensions, added_later=True)


def values_of(dimension: Dimension, sums: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """Return the visits of each value of the dimension, out of a list of `visits_by`."""
    prefix = f"{dimension.value}\t"
    return {key[len(prefix) :]: visits for key, (visits,) in sums.items() if key.startswith(prefix)}


def rollup_sums(connection: Connection, listing: Listing, scope: Scope, pieces: Sequence[Piece]) -> list[Keyed]:
    """Return each key of the pieces of rollups once, in no order."""
    if not pieces:
        return []
    given = parameters(Bucketed(0, piece) for piece in pieces)
    dims = {"dims": [dimension.value for dimension in listing.dimensions]}
    rows = connection.execute(load(listing.rollups), {**_about(scope), **given, **dims})
    return [Keyed(key, tuple(sums)) for key, *sums in rows]


def row_sums(
    connection: Connection, listing: Listing, scope: Scope, pieces: Sequence[Bucketed]
) -> list[tuple[int, int, Keyed]]:
    """Return (bucket, class, line) of pieces of hours, of both classes whatever the scope."""
    if not pieces:
        return []
    rows = connection.execute(_statement(listing.rows, listing), {"site": scope.site, **parameters(pieces)})
    return [(bucket, traffic, Keyed(key, tuple(sums))) for bucket, traffic, key, *sums in rows]


def events_by_path(connection: Connection, scope: Scope, *, begin: int, end: int) -> list[tuple[str, str, int]]:
    """Return (name, path, count) of the custom events from `begin` to before `end`, both ms, from rows."""
    given = {**_about(scope), "begin": instant(begin), "end": instant(end)}
    return connection.execute(load("reports.events_by_path"), given).fetchall()


def visits_of_paths(  # noqa: PLR0913 - a list, its scope and the visits' range and pages
    connection: Connection, listing: Listing, scope: Scope, *, begin: int, end: int, paths: Sequence[str]
) -> dict[str, tuple[int, ...]]:
    """Return the list of `visits_by` of the visits that saw one of the pages from `begin` to before `end`, both ms."""
    given = {**_about(scope), "begin": instant(begin), "end": instant(end), "paths": list(paths)}
    return {key: (visits,) for key, visits in connection.execute(_statement("reports.dim_of_paths", listing), given)}


def _statement(name: str, listing: Listing) -> sql.Composed:
    values = [
        sql.SQL("({}, {})").format(
            sql.Literal(dimension.value),
            _value([sql.Identifier("sessions", column) for column in OF_SESSIONS[dimension]]),
        )
        for dimension in listing.dimensions
    ]
    return sql.SQL(load(name)).format(values=sql.SQL(", ").join(values))


def _value(columns: Sequence[sql.Composable]) -> sql.Composable:
    """`core.dimensions.value_of` in SQL."""
    if len(columns) == 1:
        return columns[0]
    return sql.SQL(r" || E'\t' || ").join(
        sql.SQL(r"replace(replace({}, '\', '\\'), E'\t', '\t')").format(column) for column in columns
    )


def _about(scope: Scope) -> dict[str, Any]:
    return {"site": scope.site, "classes": [int(traffic) for traffic in scope.classes]}
