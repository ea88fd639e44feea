"""PostgreSQL as its own statistics tell it."""

from __future__ import annotations

import psycopg

from core.spans import SECOND
from ops.clock import SystemClock
from ops.postgres_monitor import PostgresMonitor
from ops.telemetry import PrometheusTelemetry
from storage import server
from storage.sql import load
from tests.exposed import samples


def test_it_tells_of_the_server_and_of_what_is_ours(rollup_store: str) -> None:
    """Every gauge of it has a true value, and a transaction that stays open shows."""
    telemetry = PrometheusTelemetry("test")
    monitor = PostgresMonitor(rollup_store, telemetry=telemetry)
    with psycopg.connect(rollup_store) as connection:
        connection.execute("INSERT INTO salts (day, salt) VALUES ('2026-01-31', sha256('salt'))")
        connection.execute("INSERT INTO rollup_gaps SELECT 1, '2026-01-01'::date + n FROM generate_series(1, 5) n")
        connection.commit()
        connection.execute("SELECT pg_sleep(0.1)")
        monitor.measure()
        monitor.measure()
        found = samples(telemetry.exposition())
    plain = {name.removeprefix("footfall_"): value for (name, labels), value in found.items() if not labels}
    assert plain["postgres_up"] == 1
    assert 2 <= plain["postgres_connections"] < plain["postgres_connections_limit"]
    assert plain["postgres_database_bytes"] > 1_000_000
    assert plain["postgres_wal_bytes"] > 1_000_000
    assert plain["postgres_replication_lag_bytes"] == 0
    assert 0.1 <= plain["postgres_oldest_transaction_seconds"] < 300
    assert plain["postgres_deadlocks_total"] == 0
    assert plain["oldest_salt_timestamp_seconds"] == 1769817600
    assert plain["oldest_salt_timestamp_seconds"] < SystemClock().now_ms() / SECOND
    assert plain["rollup_gaps"] == 5
    tables = {next(iter(labels))[1] for name, labels in found if name == "footfall_postgres_dead_rows"}
    assert set(server.HOT) == tables
    assert sum(value for (name, _), value in found.items() if name == "footfall_postgres_blocks_total") > 0


def test_chunks_are_counted_with_their_hypertable(postgres_database: str) -> None:
    """Those of a plain table are none."""
    with psycopg.connect(postgres_database) as connection:
        connection.execute("CREATE TABLE parent (a integer)")
        connection.execute("CREATE TABLE part_1 () INHERITS (parent)")
        connection.execute("CREATE TABLE part_2 () INHERITS (parent)")
        found = {
            name: chunks
            for name, _, chunks in connection.execute(
                load("server.tables"), {"tables": ["parent", "part_1", "there_is_none"]}
            )
        }
    assert found == {"parent": 2, "part_1": 0}


def test_a_server_that_is_away_is_told(postgres_database: str) -> None:
    """And nothing else is made up; a user who may not read the log of the server tells the rest."""
    telemetry = PrometheusTelemetry("test")
    PostgresMonitor("host=127.0.0.1 port=1 dbname=none", telemetry=telemetry).measure()
    assert samples(telemetry.exposition())["footfall_postgres_up", frozenset()] == 0
    with psycopg.connect(postgres_database) as connection:
        connection.execute("CREATE ROLE footfall_reader")
        connection.execute("SET LOCAL ROLE footfall_reader")
        assert server.wal(connection) is None
        connection.rollback()
