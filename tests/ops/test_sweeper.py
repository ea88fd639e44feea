"""Sweeps on real databases: what is left of a deleted site, in any table."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any, Final

import pytest
from psycopg import sql

from aggregations.job import RollupJob
from core.spans import DAY, MINUTE, SECOND
from ops import sweeper as sweeper_module
from ops.clock import SystemClock
from ops.scheduler import Scheduler
from ops.sweeper import Sweeper
from storage import sites, sweeps
from storage.sweeps import TABLES
from storage.times import instant
from streams.codec import encode
from tests.cases import event_at
from tests.clocks import SetClock
from tests.measurements import Measurements

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

ROWS: Final = 25
#: Tables with one row for each site.
ONE_EACH: Final = {"site_retention", "content_monitors", "crawls", "monitors", "domain_checks"}
#: A value for the n-th row of a table, by the type of its column.
_VALUES: Final = {
    "smallint": "n %% 3",
    "integer": "n",
    "bigint": "n",
    "double precision": "n",
    "boolean": "true",
    "text": "'text ' || n",
    "bytea": "uuid_send(gen_random_uuid())",
    "jsonb": "'{}'",
    "uuid": "gen_random_uuid()",
    "ARRAY": "array['text ' || n]",
    "date": "date '2026-01-01' + n",
    "timestamp with time zone": "timestamptz '2026-01-01 00:00Z' + n * interval '13 hours'",
}


class Stage:
    """Two sites with rows in every table that has a column `site`."""

    def __init__(self, pool: ConnectionPool) -> None:
        self.pool = pool
        self.clock = SetClock(SystemClock().now_ms())
        self.telemetry = Measurements()
        with pool.connection() as connection:
            self.tables = _tables(connection)
        self.filled = {table: 1 if table in ONE_EACH else ROWS for table in self.tables}
        for site in (1, 2):
            self.fill(site)

    def sweeper(self) -> Sweeper:
        """A sweeper that has seen nothing yet, of small batches."""
        return Sweeper(pool=self.pool, clock=self.clock, telemetry=self.telemetry, rows=10)

    def fill(self, site: int) -> None:
        """Put rows of the site into every table."""
        with self.pool.connection() as connection:
            for table, columns in self.tables.items():
                values = [sql.SQL(_VALUES[kind] if name != "site" else "%s") for name, kind in columns]
                statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM generate_series(1, %s) AS n").format(
                    sql.Identifier(table),
                    sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns),
                    sql.SQL(", ").join(values),
                )
                connection.execute(statement, [site, self.filled[table]])

    def delete(self) -> None:
        """Delete the first site."""
        with self.pool.connection() as connection:
            assert sites.delete(connection, sites.of_account(connection, None)[0].uuid) is not None
        self.clock.now = SystemClock().now_ms() + SECOND  # the database's clock stamped it

    def rows(self, site: int) -> dict[str, int]:
        """The site's rows, table by table."""
        with self.pool.connection() as connection:
            counted = {}
            for table in self.tables:
                statement = sql.SQL("SELECT count(*) FROM {} WHERE site = %s").format(sql.Identifier(table))
                row = connection.execute(statement, [site]).fetchone()
                assert row is not None
                counted[table] = row[0]
        return counted


def _tables(connection: Connection) -> dict[str, list[tuple[str, str]]]:
    """Every table of ours with a column `site`, with its columns and their types."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, name, kind in connection.execute(
        """
        SELECT table_name, column_name, data_type
        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_identity = 'NO'
            AND table_name IN (
                SELECT table_name FROM information_schema.columns
                WHERE table_schema = 'public' AND column_name = 'site'
            )
        ORDER BY table_name, ordinal_position
        """
    ):
        found.setdefault(table, []).append((name, kind))
    return found


@pytest.fixture
def stage(rollup_pool: ConnectionPool) -> Stage:
    """Two sites, all their tables filled."""
    return Stage(rollup_pool)


def test_no_table_is_forgotten(stage: Stage) -> None:
    """Whichever table has a column `site`, it is swept."""
    assert {table.name for table in TABLES} == set(stage.tables)


def test_nothing_is_left(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """After a sweep no table has a row of the site, another site has all of its own, and the log says how many went."""
    caplog.set_level("INFO")
    all_rows = stage.filled
    assert (all_rows, all_rows) == (stage.rows(1), stage.rows(2))
    stage.sweeper().work(Event())
    assert (all_rows, all_rows) == (stage.rows(1), stage.rows(2))
    stage.delete()
    stage.sweeper().work(Event())
    assert dict.fromkeys(stage.tables, 0) == stage.rows(1)
    assert all_rows == stage.rows(2)
    assert stage.telemetry.counters["footfall_swept_rows_total"] == sum(all_rows.values())
    assert stage.telemetry.gauges["footfall_sites_to_sweep"] == 0
    assert "Sweep 1 of 3 of deleted site 1 removed" in caplog.text
    assert f"{ROWS} rows of events" in caplog.text


def test_dead_letters_go_too(stage: Stage) -> None:
    """Those of the site, replayed or not; those of others, and those that nobody can read, stay."""
    event = event_at(stage.clock.now, 1)
    payloads = [encode(1, 1, (event._replace(site=site),)) for site in (1, 2)] + [b"?"]
    with stage.pool.connection() as connection:
        for replayed in (None, instant(stage.clock.now)):
            for payload in payloads:
                connection.execute(
                    "INSERT INTO dead_letters"
                    " (log, partition, message, appended_at, reason, error, payload, replayed_at)"
                    " VALUES ('log', 0, 1, now(), 'refused', '', %s, %s)",
                    [payload, replayed],
                )
    stage.delete()
    stage.sweeper().work(Event())
    with stage.pool.connection() as connection:
        left = connection.execute("SELECT payload FROM dead_letters ORDER BY id").fetchall()
    assert left == 2 * [(payload,) for payload in payloads[1:]]


def test_what_comes_later_goes_too(stage: Stage) -> None:
    """What batches in flight wrote goes after ten minutes, what the log still had after its retention, no earlier."""
    sweeper, nothing = stage.sweeper(), dict.fromkeys(stage.tables, 0)
    stage.delete()
    sweeper.work(Event())
    for wait in (10 * MINUTE, 8 * DAY - 10 * MINUTE):
        assert nothing == stage.rows(1)
        stage.fill(1)
        stage.clock.pass_seconds((wait - MINUTE) / SECOND)
        sweeper.work(Event())
        assert stage.rows(1) != nothing
        stage.clock.pass_seconds(2 * MINUTE / SECOND)
        sweeper.work(Event())
        assert nothing == stage.rows(1)
        stage.clock.pass_seconds(-MINUTE / SECOND)
    with stage.pool.connection() as connection:
        assert sweeps.waiting(connection) == []


def test_the_tombstone_keeps_no_settings(stage: Stage) -> None:
    """Whom and what its owner left out is nobody's business any more."""
    given: dict[str, Any] = {
        "allowed_hosts": ("one.example",),
        "excluded_paths": ("/admin",),
        "excluded_countries": ("DE",),
    }
    with stage.pool.connection() as connection:
        connection.execute("""
            UPDATE sites SET excluded_ips = '{192.0.2.1}', content_groups = '[{"name": "a", "pattern": "/"}]'
        """)
        for site in sites.of_account(connection, None):
            sites.configure(connection, site.uuid, given)
    stage.delete()
    stage.sweeper().work(Event())
    with stage.pool.connection() as connection:
        left = connection.execute("""
            SELECT excluded_ips, content_groups, allowed_hosts, excluded_paths, excluded_countries
            FROM sites
            ORDER BY id
        """).fetchall()
    kept = (["192.0.2.1"], [{"name": "a", "pattern": "/"}], *(list(texts) for texts in given.values()))
    assert left == [([], [], [], [], []), kept]


def test_a_sweep_goes_on_where_it_was(stage: Stage) -> None:
    """Told to stop, a sweeper keeps what it did; the next one does the rest, after a new start too."""
    stage.delete()
    calls = 0
    while stage.rows(1) != dict.fromkeys(stage.tables, 0):
        stop = Event()
        stop.set()
        before = sum(stage.rows(1).values())
        stage.sweeper().work(stop)
        assert 0 < before - sum(stage.rows(1).values()) <= 10
        calls += 1
    assert calls == sum(-(-rows // 10) for rows in stage.filled.values())
    with stage.pool.connection() as connection:
        assert [site.swept for site in sweeps.waiting(connection)] == [0]
    stage.sweeper().work(Event())
    with stage.pool.connection() as connection:
        assert [site.swept for site in sweeps.waiting(connection)] == [1]


def test_a_turn_is_short(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A big site does not keep the scheduler from its rollups."""
    monkeypatch.setattr(sweeper_module, "TURN", -1.0)
    stage.delete()
    stage.sweeper().work(Event())
    assert sum(stage.rows(1).values()) == sum(stage.filled.values()) - 10
    assert stage.telemetry.gauges["footfall_sites_to_sweep"] == 1


def test_the_scheduler_sweeps(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does so each round; a sweep that fails ends nothing and is tried again."""
    job = RollupJob(pool=stage.pool, clock=stage.clock, telemetry=stage.telemetry)
    scheduler = Scheduler(pool=stage.pool, job=job, clock=stage.clock, telemetry=stage.telemetry)
    with stage.pool.connection() as connection:
        connection.execute("DELETE FROM marks")
        connection.execute("DELETE FROM roll_site")
    stage.delete()

    def fail(*_: object, **__: object) -> int:
        raise ValueError

    with monkeypatch.context() as broken:
        broken.setattr(sweeps, "remove", fail)
        scheduler.round(Event())
    assert sum(stage.rows(1).values()) > 0
    scheduler.round(Event())
    assert dict.fromkeys(stage.tables, 0) == stage.rows(1)
