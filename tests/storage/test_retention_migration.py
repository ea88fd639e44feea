"""How long things are kept, as it was set before anything went by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg

import storage.migrate
from storage.migrate import migrate, migrations

if TYPE_CHECKING:
    from datetime import timedelta

    import pytest

#: By what was set for files and sums in days: what is set afterwards, and whether it waits a week.
_SET: Final[dict[tuple[int | None, int | None], tuple[int | None, int | None, bool]]] = {
    (None, None): (None, None, False),
    (30, None): (30, None, True),
    (30, 365): (30, 365, True),
    (365, 30): (365, 365, True),
    (None, 30): (None, None, True),
}


def test_settings_are_carried_over(empty_postgres_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums are kept at least as long as what they are of, and nothing goes for a week."""
    with monkeypatch.context() as patched:
        patched.setattr(storage.migrate, "migrations", lambda: migrations()[:18])
        migrate(empty_postgres_database)
    with psycopg.connect(empty_postgres_database) as connection:
        ((account,),) = connection.execute("INSERT INTO accounts (name) VALUES ('a') RETURNING id").fetchall()
        for number, days in enumerate(_SET):
            connection.execute(
                "INSERT INTO sites (account_id, domain, file_retention_days, rollup_retention_days)"
                " VALUES (%s, %s, %s, %s)",
                [account, f"{number}.example", *days],
            )
    migrate(empty_postgres_database)
    with psycopg.connect(empty_postgres_database) as connection:
        rows = connection.execute(
            "SELECT file_retention_days, rollup_retention_days, retention_from - now() FROM sites ORDER BY id"
        ).fetchall()
    assert list(_SET.values()) == [(files, sums, _is_about_a_week(left)) for files, sums, left in rows]


def _is_about_a_week(left: timedelta) -> bool:
    return 6 <= left.days <= 7
