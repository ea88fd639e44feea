"""Lists of a site: sums by key, of rollups and, the same, of rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl
from psycopg import sql

from core.dimensions import NUMBERS, OF_SESSIONS, Dimension
from core.events import ACTIVE_TYPES
from core.spans import LONGEST_SESSION
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
    Where `visitors` are among the sums, a statement counts those of a part of a day by key: they are distinct.
    """

    rollups: str
    rows: str
    sums: tuple[str, ...]
    dimensions: tuple[Dimension, ...] = ()  #: whose values are the keys, as `values_of` takes them apart
    added_later: bool = False  #: whether there are installations whose days were rolled up before its rollup was added
    visitors: str = ""  #: the statement, for sums with visitors
    rows_of: str = "sessions"  #: the table whose rows have the dimensions' values

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
#: By path: all that its rollups say of its views, of the visits that entered there, and of those that left there.
PATHS: Final = Listing(
    rollups="reports.path_line_rollups",
    rows="reports.path_line_rows",
    sums=("views", "unique_views", "visitors", "rated", "bounces", "duration_ms", "exits"),
    visitors="reports.path_line_visitors",
)
#: By type and name of events that are no views, a tab between them: how often each happened, and for whom.
EVENTS: Final = Listing(
    rollups="reports.type_rollups",
    rows="reports.type_rows",
    sums=("views", "visitors"),
    added_later=True,
    visitors="reports.type_visitors",
)


def values_by(*dimensions: Dimension) -> Listing:
    """By value of dimensions of sessions: what visits, views and visitors have it."""
    return Listing(
        rollups="reports.value_rollups",
        rows="reports.value_rows",
        sums=("visits", "bounces", "duration_ms", "visitors", "views"),
        dimensions=dimensions,
        added_later=True,
        visitors="reports.value_visitors",
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


def hits_by(dimension: Dimension) -> Listing:
    """By value of a dimension of hits: views that say it themselves, whatever their visit says."""
    return Listing(
        rollups="reports.hit_rollups",
        rows="reports.hit_rows",
        sums=("hits",),
        dimensions=(dimension,),
        added_later=True,
        rows_of="events",
    )


def values_of(dimension: Dimension, lines: pl.DataFrame) -> dict[str, int]:
    """Return the visits of each value of the dimension, out of a list of `visits_by`."""
    prefix = f"{NUMBERS[dimension]}\t"
    mine = lines.filter(pl.col("key").str.starts_with(prefix)).select(pl.col("key").str.strip_prefix(prefix), "visits")
    return dict(mine.iter_rows())


def is_of(listing: Listing) -> pl.Expr:
    """Whether a key of a list of several dimensions is of those of another."""
    return pl.any_horizontal(
        pl.col("key").str.starts_with(f"{NUMBERS[dimension]}\t") for dimension in listing.dimensions
    )


def without_number(dimension: Dimension) -> pl.Expr:
    """The values of the dimension, out of the keys of its lists."""
    return pl.col("key").str.strip_prefix(f"{NUMBERS[dimension]}\t")


def with_number(dimension: Dimension, value: pl.Expr) -> pl.Expr:
    """The keys of the dimension's lists that have a value."""
    return pl.lit(f"{NUMBERS[dimension]}\t") + value


class Block(NamedTuple):
    """A list of one span of a rollup."""

    grain: Grain
    begin: int  # start of the span, ms
    lines: pl.DataFrame  # `key` and the listing's sums; a key once for each class


def no_lines(listing: Listing) -> pl.DataFrame:
    """Return a list of nothing: the text `key`, and the sums as integers."""
    return _nothing(listing.sums)


@cache  # made some twenty times for a report
def _nothing(sums: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(schema={"key": pl.String, **dict.fromkeys(sums, pl.Int64)})


def rollup_blocks(connection: Connection, listing: Listing, scope: Scope, pieces: Sequence[Piece]) -> Iterator[Block]:
    """Yield the list of each span of the pieces that has rows, in no order; as for `rollup_lines`."""
    given = {**_about(scope), "dims": [NUMBERS[dimension] for dimension in listing.dimensions]}
    numbered = [Bucketed(0, piece) for piece in pieces]
    for grain, span, lines in _packed(connection, listing, listing.rollups, numbered, given):
        yield Block(Grain(grain), millis(span), lines)


def rollup_lines(connection: Connection, listing: Listing, scope: Scope, pieces: Sequence[Piece]) -> pl.DataFrame:
    """Return the list of all spans of the pieces, a key once, with visitors of whole ones; signs are not heeded."""
    given = {**_about(scope), "dims": [NUMBERS[dimension] for dimension in listing.dimensions]}
    numbered = [Bucketed(0, piece) for piece in pieces]
    found = [*_packed(connection, listing, listing.rollups, numbered, given, add=True)]
    return found[0][-1] if found else no_lines(listing)


def row_blocks(
    connection: Connection, listing: Listing, scope: Scope, pieces: Sequence[Bucketed]
) -> Iterator[tuple[int, int, pl.DataFrame]]:
    """Yield (bucket, class, list) of pieces of hours, of both classes whatever the scope; those that have rows."""
    if not pieces:
        return iter(())
    given = {
        "site": scope.site,
        "first": instant(min(piece.begin for _, piece in pieces) - LONGEST_SESSION),
        "last": instant(max(piece.end for _, piece in pieces)),
    }
    return _packed(connection, listing, listing.rows, pieces, given)


def distinct_visitors(connection: Connection, listing: Listing, scope: Scope, *, begin: int, end: int) -> pl.DataFrame:
    """Return the list of the distinct visitors from `begin` to before `end` (ms, of one UTC day), its other sums 0."""
    given = {
        **_about(scope),
        "begin": instant(begin),
        "end": instant(end),
        "first": instant(begin - LONGEST_SESSION),
        "types": list(ACTIVE_TYPES),
    }
    found = connection.execute(_statement(listing.visitors, listing), given).fetchall()
    keys, counts = zip(*found, strict=True) if found else ((), ())
    columns = {name: counts if name == "visitors" else [0] * len(keys) for name in listing.sums}
    return pl.DataFrame({"key": keys, **columns}, schema=no_lines(listing).schema)


def _packed(  # noqa: PLR0913 - a list, its statement, and what of it
    connection: Connection,
    listing: Listing,
    name: str,
    pieces: Sequence[Bucketed],
    given: Mapping[str, Any],
    *,
    add: bool = False,
) -> Iterator[tuple[Any, Any, pl.DataFrame]]:
    if not pieces:
        return
    # In few pieces, or added up, it is little; of months of a busy site each is large, and taken one at a time.
    few = add or all(piece.grain is not Grain.MONTH for _, piece in pieces)
    with connection.cursor(binary=True) as cursor:
        statement, values = _pack(name, listing, add=add), {**given, **parameters(pieces)}
        # What is streamed is never prepared.
        found = cursor.execute(statement, values) if few else cursor.stream(statement, values)
        for one, other, keys, packed in found:
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


@cache
def _pack(name: str, listing: Listing, *, add: bool) -> bytes:
    lines = _lines(name, listing)
    if add:
        each = [sql.SQL("sum({})::bigint").format(sql.Identifier("each", column)) for column in listing.sums]
        lines = sql.SQL(load("listings.add")).format(lines=lines, names=_names(listing), sums=sql.SQL(", ").join(each))
    columns = [sql.SQL("int8send({})").format(sql.Identifier("line", column)) for column in listing.sums]
    numbers = sql.SQL(" || ").join([sql.SQL("int8send(octet_length(line.key))"), *columns])
    packed = sql.SQL(load("listings.pack")).format(lines=lines, sums=_names(listing), numbers=numbers)
    return packed.as_bytes()


def _names(listing: Listing) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, listing.sums))


@cache
def _statement(name: str, listing: Listing) -> bytes:
    return _lines(name, listing).as_bytes()


def _lines(name: str, listing: Listing) -> sql.Composed:
    values = [
        sql.SQL("({}, {})").format(
            sql.Literal(NUMBERS[dimension]),
            _value([sql.Identifier(listing.rows_of, column) for column in OF_SESSIONS[dimension]]),
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
