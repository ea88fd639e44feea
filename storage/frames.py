"""Rows as Polars frames, read and written by COPY on the caller's own connection and so in the caller's transaction.

COPY in CSV and Polars' parser take as long as ADBC for the columns a rollup needs, and ADBC would need a connection
of its own for every read. Written, CSV takes a third of what rows take that Python makes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Final

import polars as pl
from psycopg import sql

from core.errors import Unavailable
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from psycopg import Connection
    from psycopg.abc import Buffer
    from psycopg.sql import Composed


#: The columns that the tables have as instants and frames as ms.
_INSTANTS: Final = frozenset({"ts", "start", "last"})
#: Bytes of CSV that are taken apart while more of it comes: the text of a large day is never in memory all at once.
_SLICE: Final = 16 * 2**20


def read(  # noqa: PLR0913 - a statement, what it returns and how much
    connection: Connection,
    name: str,
    parameters: Mapping[str, Any],
    schema: pl.Schema,
    *,
    columns: Iterable[str] | None = None,
    most: int | None = None,
    categories: bool = False,
) -> pl.DataFrame:
    """Run the statement `name`, a `COPY (...) TO STDOUT (FORMAT csv)`, and return its rows as `schema` names them.

    The statement's columns must come in the order of `schema`, times as whole ms, booleans as 0 and 1, nothing null.
    With `columns`, some of a table's that are in `schema`, the statement has `{columns}` in their place; no others
    are returned. With `categories` texts are such: a million events have few different ones.

    Raises:
        Unavailable: they are more than `most` bytes of CSV.
    """
    statement: Any = load(name)
    if columns is not None:
        schema = pl.Schema({column: schema[column] for column in columns})
        statement = sql.SQL(statement).format(columns=sql.SQL(", ").join(map(_expression, schema, schema.values())))
    with ThreadPoolExecutor(1) as parser, connection.cursor() as cursor, cursor.copy(statement, parameters) as copy:
        parts = [parser.submit(_parsed, text, schema, categories=categories) for text in _slices(copy, most=most)]
    return pl.concat([_parsed(b"", schema, categories=categories), *(part.result() for part in parts)])


def _slices(copy: Iterable[Buffer], *, most: int | None) -> Iterator[bytes]:
    """The text in whole rows, some millions of bytes at a time."""
    text, before = BytesIO(), 0
    for row in copy:
        text.write(row)
        if most is not None and before + text.tell() > most:
            raise Unavailable("more rows than fit into memory: ask for fewer days", retry_after=60)
        if text.tell() >= _SLICE:
            yield text.getvalue()
            before += text.tell()
            text = BytesIO()
    if text.tell():
        yield text.getvalue()


def _parsed(text: bytes, schema: pl.Schema, *, categories: bool) -> pl.DataFrame:
    as_sent = {column: pl.Int8 if kind == pl.Boolean else kind for column, kind in schema.items()}
    frame = pl.DataFrame(schema=as_sent)
    if text:
        frame = pl.read_csv(text, has_header=False, schema=as_sent, empty_string_is_null=False)
    flags = [column for column, kind in schema.items() if kind == pl.Boolean]
    texts = [column for column, kind in schema.items() if kind == pl.String and categories]
    return frame.with_columns(pl.col(flags).cast(pl.Boolean), pl.col(texts).cast(pl.Categorical))


def write(connection: Connection, statement: Composed, frame: pl.DataFrame) -> None:
    """Run a `COPY … FROM STDIN` in CSV, with a null text that has to stand unquoted, and send it the rows of `frame`.

    Nothing in the frame is null; all text is quoted, so that none is taken for a null. Times are UTC, of whole ms.
    """
    text = frame.write_csv(include_header=False, quote_style="non_numeric", datetime_format="%Y-%m-%dT%H:%M:%S%.3fZ")
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text)


def _expression(column: str, kind: pl.DataType) -> Composed:
    name = sql.Identifier(column)
    if column in _INSTANTS:
        return sql.SQL("(date_part('epoch', {}) * 1000)::bigint").format(name)
    return sql.SQL("{}::int" if kind == pl.Boolean else "{}").format(name)


def as_instants(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with the times that tables have as instants."""
    return frame.with_columns(
        pl.col(column).cast(pl.Datetime("ms", "UTC")) for column in frame.columns if column in _INSTANTS
    )
