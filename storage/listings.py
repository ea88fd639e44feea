"""Lists of a site: sums by key, of rollups and, the same, of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl
from psycopg import sql

from core.dimensions import OF_SESSIONS, Dimension
from storage.packed import unpack
from storage.pieces import Bucketed, parameters
from storage.rollups import Grain
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from psycopg import Connection

    from storage.pieces import Piece
    from storage.reports import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list, by the statements that give keys and their sums.

    `rollups` gives them of pieces of rollups, after grain and span; `rows` of pieces of hours, after bucket and class.
    """

    rollups: str
    rows: str
    sums: tuple[str, ...]
    dimensions: tuple[Dimension, ...] = ()  #: whose values are the keys, as `values_of` takes them apart
    added_later: bool = False  #: whether there are installations whose days were rolled up before its rollup was added

    @property
    def about(self) -> str:
        """What tells it from other lists."""
        return " ".join((self.rollups, *self.dimensions))


#: By path: views, and visits with one.
PAGES: Final = Listing(rollups="reports.page_rollups", rows="reports.page_rows", sums=("views", "unique_views"))
#: By path: visits that entered there, visits that left there.
FLOW: Final = Listing(rollups="reports.flow_rollups", rows="reports.flow_rows", sums=("landings", "exits"))
#: By name of a custom event: how often it happened.
CUSTOM_EVENTS: Final = Listing(
    rollups="reports.event_rollups", rows="reports.event_rows", sums=("count",), added_later=True
)


def visits_by(*dimensions: Dimension) -> Listing:
    """By value of dimensions of sessions: visits."""
    return Listing(
        rollups="reports.dim_rollups",
        rows="reports.dim_rows",
        sums=("visits",),
        dimensions=dimensions,
        added_later=True,
    )


def values_of(dimension: Dimension, lines: pl.DataFrame) -> dict[str, int]:
    """Return the visits of each value of the dimension, out of a list of `visits_by`."""
    prefix = f"{dimension.value}\t"
    mine = lines.filter(pl.col("key").str.starts_with(prefix)).select(pl.col("key").str.strip_prefix(prefix), "visits")
    return dict(mine.iter_rows())


class Block(NamedTuple):
    """A list of one span of a rollup."""

    grain: Grain
    begin: int  # start of the span, ms
    lines: pl.DataFrame  # `key` and the listing's sums; a key once for each class


def no_lines(listing: Listing) -> pl.DataFrame:
    """Return a list of nothing: the text `key`, and the sums as integers."""
    return pl.DataFrame(schema={"key": pl.String, **dict.fromkeys(listing.sums, pl.Int64)})


def rollup_blocks(connection: Connection, listing: Listing, scope: Scope, pieces: Sequence[Piece]) -> Iterator[Block]:
    """Yield the list of each span of the pieces that has rows, in no order; the pieces' signs are not heeded."""
    given = {**_about(scope), "dims": [dimension.value for dimension in listing.dimensions]}
    numbered = [Bucketed(0, piece) for piece in pieces]
    for grain, span, lines in _packed(connection, listing, sql.SQL(load(listing.rollups)), numbered, given):
        yield Block(Grain(grain), millis(span), lines)


def row_blocks(
    connection: Connection, listing: Listing, scope: Scope, pieces: Sequence[Bucketed]
) -> Iterator[tuple[int, int, pl.DataFrame]]:
    """Yield (bucket, class, list) of pieces of hours, of both classes whatever the scope; those that have rows."""
    return _packed(connection, listing, _statement(listing.rows, listing), pieces, {"site": scope.site})


def _packed(
    connection: Connection,
    listing: Listing,
    lines: sql.Composable,
    pieces: Sequence[Bucketed],
    given: Mapping[str, Any],
) -> Iterator[tuple[Any, Any, pl.DataFrame]]:
    if not pieces:
        return
    sums = [sql.Identifier("line", name) for name in listing.sums]
    numbers = [sql.SQL("int8send(octet_length(line.key))")]
    statement = sql.SQL(load("listings.pack")).format(
        lines=lines,
        sums=sql.SQL(", ").join(map(sql.Identifier, listing.sums)),
        numbers=sql.SQL(" || ").join([*numbers, *(sql.SQL("int8send({})").format(column) for column in sums)]),
    )
    with connection.cursor(binary=True) as cursor:
        # One at a time: of a busy site each is large.
        for one, other, keys, packed in cursor.stream(statement, {**given, **parameters(pieces)}):
            yield one, other, unpack(keys, packed, listing.sums)


def events_by_path(connection: Connection, scope: Scope, *, begin: int, end: int) -> list[tuple[str, str, int]]:
    """Return (name, path, count) of the custom events from `begin` to before `end`, both ms, from rows."""
    given = {**_about(scope), "begin": instant(begin), "end": instant(end)}
    return connection.execute(load("reports.events_by_path"), given).fetchall()


def visits_of_paths(  # noqa: PLR0913 - a list, its scope and the visits' range and pages
    connection: Connection, listing: Listing, scope: Scope, *, begin: int, end: int, paths: Sequence[str]
) -> pl.DataFrame:
    """Return the list of `visits_by` of the visits that saw one of the pages from `begin` to before `end`, both ms."""
    given = {**_about(scope), "begin": instant(begin), "end": instant(end), "paths": list(paths)}
    found = connection.execute(_statement("reports.dim_of_paths", listing), given)
    return pl.DataFrame(found.fetchall(), schema=no_lines(listing).schema, orient="row")


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
