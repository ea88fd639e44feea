"""The private database, injured, and the fresh databases of the shared ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from ops.services import volatile
from ops.services.timescale import Timescale

if TYPE_CHECKING:
    from pathlib import Path

HYPERTABLE = """
CREATE EXTENSION IF NOT EXISTS timescaledb;
CREATE TABLE letters (at timestamptz NOT NULL, letter text NOT NULL);
SELECT create_hypertable('letters', by_range('at'));
"""
LETTERS = "SELECT array_agg(letter ORDER BY at) FROM letters"
INSERT = "INSERT INTO letters VALUES (%s, %s)"


@pytest.mark.timescale
def test_committed_rows_survive_sigkill(private_timescale: Timescale) -> None:
    """A database killed with SIGKILL comes back on its port with all it had committed, and nothing else."""
    with psycopg.connect(private_timescale.dsn, autocommit=True) as connection:
        connection.execute(HYPERTABLE)
        connection.execute(INSERT, ["2026-01-01T00:00Z", "a"])
    torn = psycopg.connect(private_timescale.dsn)
    torn.execute(INSERT, ["2026-02-01T00:00Z", "b"])

    private_timescale.kill()
    assert private_timescale.pid is None
    with pytest.raises(psycopg.OperationalError):
        torn.commit()
    torn.close()
    private_timescale.start()

    with psycopg.connect(private_timescale.dsn, autocommit=True) as connection:
        connection.execute(INSERT, ["2026-03-01T00:00Z", "c"])
        assert connection.execute(LETTERS).fetchone() == (["a", "c"],)


@pytest.mark.timescale
def test_a_fleeting_one_begins_empty(timescale_dsn: str, tmp_path: Path) -> None:
    """It waits for no disk; after a kill nothing is there, and after its end nothing is left."""
    assert timescale_dsn  # where one runs, another can be had
    database = Timescale(tmp_path / "timescale", fleeting=True)
    try:
        for end in (database.kill, database.stop):
            database.start()
            with psycopg.connect(database.dsn, autocommit=True) as connection:
                assert connection.execute("SELECT current_setting('fsync')").fetchone() == ("off",)
                connection.execute("CREATE TABLE letters (letter text)")
            end()
        assert not (database.directory / volatile.NAME).is_symlink()
    finally:
        database.stop()


@pytest.mark.timescale
@pytest.mark.parametrize("copy", range(2))
def test_a_fresh_database_has_the_extension_only(timescale_database: str, copy: int) -> None:
    """Each test gets a database with TimescaleDB and without the tables of the test before it."""
    with psycopg.connect(timescale_database) as connection:
        connection.execute(HYPERTABLE)
        connection.execute(INSERT, ["2026-01-01T00:00Z", str(copy)])
        connection.commit()
        assert connection.execute(LETTERS).fetchone() == ([str(copy)],)


@pytest.mark.parametrize("copy", range(2))
def test_a_fresh_plain_database_is_empty(empty_postgres_database: str, copy: int) -> None:
    """The embedded PostgreSQL hands out databases without TimescaleDB and without the last test's tables."""
    with psycopg.connect(empty_postgres_database) as connection:
        connection.execute("CREATE TABLE letters (letter text)")
        connection.execute("INSERT INTO letters VALUES (%s)", [str(copy)])
        connection.commit()
        assert connection.execute("SELECT letter FROM letters").fetchall() == [(str(copy),)]
        extensions = connection.execute("SELECT extname FROM pg_extension").fetchall()
        assert ("timescaledb",) not in extensions
