"""Whether a backup knows every table."""

from __future__ import annotations

import psycopg

from storage.backup import database
from storage.backup.tables import KEPT, PRIVATE, TRANSIENT


def test_every_table_is_kept_or_left_out_for_a_reason(module_database: str) -> None:
    """A migration that adds a table has to say what a backup does with it."""
    kept = [table.name for table in KEPT]
    with database.connect(module_database) as connection:
        assert sorted(database.columns(connection)) == sorted([*kept, *PRIVATE, *TRANSIENT])


def test_tables_refer_to_earlier_ones(module_database: str) -> None:
    """So they can be loaded in their order."""
    order = [*(table.name for table in KEPT), *PRIVATE]
    with psycopg.connect(module_database) as connection:
        references = connection.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
        ).fetchall()
    assert references
    assert [pair for pair in references if order.index(pair[0]) < order.index(pair[1])] == []
