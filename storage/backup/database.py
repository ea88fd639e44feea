"""What copies read and write of a database besides rows."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import psycopg
from psycopg import sql

from core.errors import FootfallError, Unavailable
from storage import locks
from storage.migrate import address, hold_schema
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from psycopg import Connection


class NotEmpty(FootfallError):  # noqa: N818 - named by what is the case
    """The place that something should be copied to has something of its own."""


class Applied(NamedTuple):
    """A migration, as the database remembers it."""

    number: int
    name: str
    checksum: str


@contextmanager
def connect(dsn: str) -> Iterator[Connection]:
    """A connection on which the text of a value is the same whatever the server is set to.

    Raises:
        Unavailable: the server does not answer.
    """
    options = "-c TimeZone=UTC -c DateStyle=ISO"
    try:
        connection = psycopg.connect(dsn, autocommit=True, application_name="footfall backup", options=options)
    except psycopg.OperationalError as error:
        raise Unavailable(f"PostgreSQL at {address(dsn)} does not answer: {error}") from error
    with connection:
        yield connection


@contextmanager
def held_still(dsn: str) -> Iterator[None]:
    """Inside, nobody changes the schema, drops chunks or removes files of the archive; the next turn does it.

    Raises:
        Unavailable: the server does not answer.
    """
    with connect(dsn) as connection:
        hold_schema(connection)
        locks.share_backup(connection)
        yield
        locks.release_all(connection)


def columns(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return the columns of each table of the schema."""
    return {table: tuple(names) for table, names in connection.execute(load("backup.columns"))}


def applied(connection: Connection) -> list[Applied]:
    """Return the migrations of the database, in order."""
    return [Applied(*row) for row in connection.execute(load("migrations.applied"))]


def sequences(connection: Connection) -> dict[str, int]:
    """Return the last value of each sequence: none of a later one is in any row that the caller has seen before."""
    return dict(connection.execute(load("backup.sequences")).fetchall())


def set_sequences(connection: Connection, values: Mapping[str, int]) -> None:
    """Let the sequences go on after these values. The caller commits."""
    for sequence, value in values.items():
        connection.execute(load("backup.set_sequence"), {"sequence": sequence, "value": value})


def require_empty(connection: Connection, tables: Iterable[str]) -> None:
    """Make sure that no table has a row.

    Raises:
        NotEmpty: some have; the message names them.
    """
    found = []
    for table in tables:
        row = connection.execute(_of_table("backup.any_row", table)).fetchone()
        if row is not None and row[0]:
            found.append(table)
    if found:
        raise NotEmpty(
            f"the database has rows already, in {', '.join(found)}: give an empty one, that no process of Footfall uses"
        )


def clear(connection: Connection, tables: Iterable[str]) -> None:
    """Take away what the migrations put into these tables. The caller commits."""
    for table in tables:
        connection.execute(_of_table("backup.clear", table))


def analyze(connection: Connection) -> None:
    """Let the planner know what has come."""
    connection.execute(load("backup.analyze"))


def rows(statement: str, table: str, names: Sequence[str]) -> sql.Composed:
    """Return the query of a table's rows, by the statement of `storage.backup.tables`."""
    return sql.SQL(load(statement)).format(table=sql.Identifier(table), columns=_listed(names))


def copy_out(query: sql.Composed) -> sql.Composed:
    """Return the statement that writes the rows of a query as text."""
    return sql.SQL(load("backup.copy_out")).format(rows=query)


def copy_in(table: str, names: Sequence[str]) -> sql.Composed:
    """Return the statement that adds rows from text to a table."""
    return sql.SQL(load("backup.copy_in")).format(table=sql.Identifier(table), columns=_listed(names))


def digest(connection: Connection, query: sql.Composed, names: Sequence[str]) -> tuple[int, int]:
    """Return how many rows a query has, and a number that any other content of any of them would change."""
    statement = sql.SQL(load("backup.digest")).format(rows=query, columns=_listed(names))
    count, number = connection.execute(statement).fetchall()[0]
    return int(count), int(number)


def _of_table(statement: str, table: str) -> sql.Composed:
    return sql.SQL(load(statement)).format(table=sql.Identifier(table))


def _listed(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
