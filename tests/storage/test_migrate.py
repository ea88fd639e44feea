"""Migrations: once each, one migrator at a time, never another file than the one applied."""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from core.errors import Unavailable
from storage.embedded import EmbeddedPostgres
from storage.migrate import Migration, SchemaMismatch, address, migrate, migrations, pending, wait_for
from storage.pool import open_async_pool, open_pool
from tests.faults.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server of our own, for databases that a test spoils."""
    parent = Path(tempfile.mkdtemp(prefix="footfall-test-"))
    postgres = EmbeddedPostgres(parent / "data")
    yield postgres.start()
    postgres.stop()
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture
def database(server: str) -> str:
    """An empty database."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS empty")
        connection.execute("CREATE DATABASE empty")
    return server.replace("/footfall?", "/empty?")


def test_each_file_is_applied_once(database: str) -> None:
    """The first run applies every file in order, the second none."""
    names = [migration.name for migration in migrations()]
    assert names == pending(database)
    assert names == migrate(database)
    assert migrate(database) == []
    assert pending(database) == []


def test_two_migrators_at_a_time_apply_each_file_once(database: str) -> None:
    """The lock makes one wait for the other."""
    with ThreadPoolExecutor(3) as threads:
        applied = list(threads.map(migrate, [database] * 3))
    assert sorted(map(len, applied)) == [0, 0, len(migrations())]


def test_a_changed_file_is_refused(database: str) -> None:
    """A file that no longer reads as it was applied stops the migration and names it."""
    migrate(database)
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE schema_migrations SET checksum = 'x' WHERE number = 1")
    with pytest.raises(SchemaMismatch, match="0001_accounts_and_sites"):
        migrate(database)


def test_a_newer_database_is_refused(database: str) -> None:
    """A database with a migration that we do not know asks for an update."""
    migrate(database)
    with psycopg.connect(database) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (9999, '9999_later', 'x')")
    with pytest.raises(SchemaMismatch, match=r"9999_later.*update Footfall"):
        pending(database)


def test_a_migration_lets_others_pass(
    database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While a report reads a table for long, a migration of it does not keep everybody else waiting behind it."""
    migrate(database)
    later = Migration(9_998, "9998_later", "ALTER TABLE sites ADD COLUMN later boolean NOT NULL DEFAULT false")
    monkeypatch.setattr("storage.migrate.migrations", lambda: [*migrations(), later])
    caplog.set_level(logging.INFO)
    with psycopg.connect(database) as reader, ThreadPoolExecutor(1) as thread:
        reader.execute("SELECT count(*) FROM sites")
        applying = thread.submit(migrate, database)
        until("the migration waits", lambda: "9998_later waits for others" in caplog.text, within=60)
        with psycopg.connect(database, options="-c statement_timeout=20000") as other:
            other.execute("SELECT count(*) FROM sites")
        assert not applying.done()
        reader.rollback()
        assert applying.result(60) == ["9998_later"]


def test_waiting_says_for_whom_without_the_password(caplog: pytest.LogCaptureFixture) -> None:
    """The log line names host and port; the password is in neither line nor error."""
    caplog.set_level(logging.INFO)
    with pytest.raises(Unavailable, match=re.escape("localhost:1 did not answer")) as caught:
        wait_for("postgresql://me:geheim@localhost:1/db", patience=0)
    assert "geheim" not in caplog.text + str(caught.value)
    with pytest.raises(Unavailable):
        wait_for("postgresql://me:geheim@localhost:1/db", patience=0.1)
    assert "waiting for PostgreSQL at localhost:1" in caplog.text
    assert "geheim" not in caplog.text


def test_an_address_has_defaults() -> None:
    """Without host and port the defaults of libpq are named."""
    assert address("dbname=x") == "localhost:5432"


async def test_pools_are_utc_and_transactional(server: str) -> None:
    """Both pools give connections in UTC, named, with autocommit off."""
    expected = ("UTC", "a test")
    query = "SELECT current_setting('TimeZone'), current_setting('application_name')"
    pool = open_pool(server, size=2, name="a test")
    with pool.connection() as connection:
        assert expected == connection.execute(query).fetchone()
        assert connection.autocommit is False
    pool.close()
    several = await open_async_pool(server, size=2, name="a test")
    async with several.connection() as waiting:
        assert expected == await (await waiting.execute(query)).fetchone()
        assert waiting.autocommit is False
    await several.close()


def test_a_pool_without_server_says_so() -> None:
    """Opening a pool where nothing listens raises Unavailable."""
    with pytest.raises(Unavailable, match="does not answer"):
        open_pool("postgresql://localhost:1/db", size=1, patience=0.2)
