"""Rows of tables in files: text as COPY writes it, compressed with zstd. `zstd -dc` and `psql` read them, too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import psycopg
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

from storage.backup import database
from storage.backup.manifest import Damaged, StoredTable, stored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from psycopg import Connection

    from storage.backup.tables import Table

FOLDER: Final = "tables"
_CODEC: Final = "zstd"
_BLOCK: Final = 1 << 20


def dump(connection: Connection, table: Table, columns: Sequence[str], folder: Path) -> StoredTable:
    """Write those rows of a table that belong into a backup to a file of the folder, durably."""
    path = f"{FOLDER}/{table.name}.copy.zst"
    query = database.copy_out(database.rows(table.backed_up, table.name, columns))
    with (folder / path).open("xb") as file, connection.cursor() as cursor:
        with pa.CompressedOutputStream(pa.PythonFile(file, "w"), _CODEC) as packed, cursor.copy(query) as copy:
            for block in copy:
                packed.write(block)
        rows = cursor.rowcount
    _sync(folder / path)
    return StoredTable(
        name=table.name, columns=tuple(columns), rows=rows, seeded=table.seeded, file=stored(folder, path)
    )


def load(connection: Connection, table: StoredTable, folder: Path) -> None:
    """Add the rows of a file to their table. The caller commits.

    Raises:
        Damaged: they are not as many as were written, or not rows of this table.
    """
    statement = database.copy_in(table.name, table.columns)
    try:
        with connection.cursor() as cursor:
            with (
                pa.CompressedInputStream(str(folder / table.file.path), _CODEC) as packed,
                cursor.copy(statement) as copy,
            ):
                while block := packed.read(_BLOCK):
                    copy.write(block)
            rows = cursor.rowcount
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError) as error:
        raise Damaged(f"the rows of {table.name} do not fit this database: {error}") from error
    if rows != table.rows:
        raise Damaged(f"{table.name} has {rows} rows, but {table.rows} were written")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
