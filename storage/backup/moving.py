"""Rows of one database straight into another one, and whether they arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import FootfallError
from storage.backup import database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from psycopg import Connection

    from storage.backup.tables import Table


def move(
    source: Connection, target: Connection, tables: Iterable[Table], *, moved: Callable[[str], None]
) -> dict[str, int]:
    """Copy the rows of these tables, and the sequences, and hold what arrived to what was there; return how many.

    Args:
        source: of one moment; nobody writes to it.
        target: in a transaction, which the caller commits; as far migrated, and empty.
        tables: those the source does not have yet are passed over.
        moved: is told the name of each table that arrived.

    Raises:
        NotEmpty: the target has rows.
        FootfallError: another content arrived.
    """
    columns = database.columns(source)
    known = [table for table in tables if table.name in columns]
    database.require_empty(target, [table.name for table in known if not table.seeded])
    database.clear(target, [table.name for table in known if table.seeded])
    counts = {}
    for table in known:
        counts[table.name] = _move(source, target, table, columns[table.name])
        moved(table.name)
    database.set_sequences(target, database.sequences(source))
    return counts


def _move(source: Connection, target: Connection, table: Table, columns: Sequence[str]) -> int:
    query = database.rows(table.moved, table.name, columns)
    with (
        source.cursor() as reading,
        target.cursor() as writing,
        reading.copy(database.copy_out(query)) as out,
        writing.copy(database.copy_in(table.name, columns)) as into,
    ):
        for block in out:
            into.write(block)
    expected, actual = (database.digest(connection, query, columns) for connection in (source, target))
    if expected != actual:
        raise FootfallError(f"other rows of {table.name} arrived than were sent: {actual[0]} of {expected[0]}")
    return expected[0]
