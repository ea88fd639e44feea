"""`footfall archive` as a program; what an export says when others read it."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from aggregations.imports import FileDay, import_day
from aggregations.reports import Reports
from core.dimensions import Dimension
from core.query import Query
from core.ranges import Days
from core.spans import DAY, HOUR
from core.telemetry import NoTelemetry
from storage.archive import manifest
from storage.times import instant
from tests.archives import FIRST, Stage, day_of_events, some_days
from tests.cases import event_at
from tests.commands import footfall

if TYPE_CHECKING:
    from pathlib import Path

    from psycopg_pool import ConnectionPool


class Program:
    """The command for a stage's installation."""

    def __init__(self, stage: Stage, dsn: str) -> None:
        self.stage = stage
        self.dsn = dsn
        with stage.pool.connection() as connection:
            ((self.site,),) = connection.execute("SELECT uuid::text FROM sites WHERE id = 1").fetchall()

    def __call__(self, *arguments: str, status: int = 0) -> str:
        """What it prints; that it ends so."""
        done = footfall("archive", *arguments, DATABASE_URL=self.dsn, ARCHIVE_URL=self.stage.store.shown)
        assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
        return done.stdout if status == 0 else done.stdout + done.stderr


@pytest.fixture
def program(rollup_pool: ConnectionPool, rollup_store: str, tmp_path: Path) -> Program:
    """The command, beside ten days that are all in files."""
    stage = Stage(rollup_pool, tmp_path / "archive")
    stage.write(some_days(8))
    stage.go_to(FIRST + 20 * DAY)
    return Program(stage, rollup_store)


def test_duckdb_reads_an_export(program: Program, tmp_path: Path) -> None:
    """An exported folder gives the numbers of the rollups, a day that stands before its month's files too."""
    stage = program.stage
    late = [event_at(FIRST + 2 * DAY + 5 * HOUR, 7, person=77)]
    import_day(stage.pool, stage.job, FileDay(1, b"file", FIRST + 2 * DAY), late)
    folder = tmp_path / "export"
    assert "files of one.example" in program("export", program.site, str(folder))
    assert "is not empty" in program("export", program.site, str(folder), status=2)
    events, sessions = (f"'{folder}/{kind}-*.parquet'" for kind in ("events", "sessions"))
    statement = f"""
        SELECT class, count(*), count(*) FILTER (type = 'page_view'), count(*) FILTER (new),
            count(*) FILTER (type = 'page_view' AND s1), sum(engaged_ms)
        FROM {events} GROUP BY class ORDER BY class
    """  # noqa: S608 - our own names
    with duckdb.connect() as reader, stage.pool.connection() as connection:
        assert (
            reader.execute(statement).fetchall()
            == connection.execute(
                "SELECT class, sum(events), sum(views), sum(new), sum(views_s1), sum(engaged_ms) FROM roll_site"
                " WHERE site = 1 AND grain = 1 GROUP BY class ORDER BY class"
            ).fetchall()
        )
        statement = f"""
            SELECT class, count(*), count(*) FILTER (views = 1), sum(epoch_ms(last) - epoch_ms(start))::bigint
            FROM {sessions} WHERE visit GROUP BY class ORDER BY class
        """  # noqa: S608 - same
        assert (
            reader.execute(statement).fetchall()
            == connection.execute(
                "SELECT class, sum(visits), sum(bounces), sum(duration_ms)::bigint FROM roll_site"
                " WHERE site = 1 AND grain = 1 GROUP BY class ORDER BY class"
            ).fetchall()
        )
        statement = f"SELECT path, count(*) FROM {events} WHERE class = 0 AND type = 'page_view' GROUP BY path"  # noqa: S608 - same
        assert sorted(reader.execute(statement).fetchall()) == sorted(
            connection.execute(
                "SELECT path, sum(views)::bigint FROM roll_path WHERE site = 1 AND grain = 1 AND class = 0"
                " GROUP BY path HAVING sum(views) > 0"
            ).fetchall()
        )
        statement = f"""
            SELECT visit_channel, count(DISTINCT session_id) FROM {events} WHERE visit_start > '2000-01-01' GROUP BY 1
        """  # noqa: S608 - same
        named = f"SELECT channel, count(*) FROM {sessions} GROUP BY 1"  # noqa: S608 - same
        assert sorted(reader.execute(statement).fetchall()) == sorted(reader.execute(named).fetchall())
    assert "| `entry_path` | text |" in (folder / "README.md").read_text()


async def test_duckdb_says_what_reports_say(program: Program, tmp_path: Path) -> None:
    """The statements of an export's README, and pages and channels, give the numbers of the reports."""
    stage, folder = program.stage, tmp_path / "export"
    program("export", program.site, str(folder))
    first = instant(FIRST).date()
    query = Query(site=1, days=Days(first=first, last=first + timedelta(days=9)), zone=UTC)
    reports = Reports(stage.pool, clock=stage.clock, telemetry=NoTelemetry(), archive=stage.store)
    try:
        totals = (await reports.summary(query)).totals
        pages = (await reports.pages(query, limit=100)).rows
        channels = (await reports.sources(query, Dimension.CHANNEL, limit=100)).rows
    finally:
        reports.close()
    readme = (folder / "README.md").read_text()
    statements = [line.strip() for line in readme.splitlines() if line.startswith("    SELECT")]
    with duckdb.connect() as reader:

        def ask(statement: str) -> list[tuple[Any, ...]]:
            return reader.execute(statement.replace("FROM '", f"FROM '{folder}/")).fetchall()

        assert [ask(statement) for statement in statements] == [
            [(number,)] for number in (totals.views, totals.visits, totals.visitors)
        ]
        views = "FROM 'events-*.parquet' WHERE class = 0 AND type = 'page_view'"
        assert ask(f"SELECT path, count(*), count(*) FILTER (s1) {views} GROUP BY path ORDER BY 2 DESC, 1") == [*pages]
        visits = "FROM 'sessions-*.parquet' WHERE class = 0 AND visit"
        assert ask(f"SELECT channel, count(*) {visits} GROUP BY channel ORDER BY 2 DESC, 1") == [
            (name, visits) for (name,), visits in channels
        ]


def test_verify_and_rebuild(program: Program) -> None:
    """What is right is right; a file that is gone or changed is named, and days with rows are mended."""
    stage = program.stage
    assert "0 problems" in program("verify")
    history = day_of_events(FIRST + 18 * DAY, 3)
    stage.write(history)
    stage.job.roll_day(1, FIRST + 18 * DAY)
    assert "0 problems" in program("verify", program.site)
    with stage.pool.connection() as connection:
        pair = manifest.current(connection, site=1, begin=FIRST + 18 * DAY, end=FIRST + 19 * DAY)[-1]
    stage.store.remove([str(pair.events.name)])
    assert f"{pair.events.name} is not there" in program("verify", status=1)
    with stage.pool.connection() as connection:
        connection.execute("UPDATE roll_site SET views = views + 1 WHERE site = 1 AND grain = 1 AND class = 0")
    assert "rollups say" in program("verify", status=1)
    assert "9 days written again, 0 not" in program("rebuild", program.site)
    assert "0 problems" in program("verify")
    stage.assert_right()


def test_rebuild_of_what_is_gone(program: Program) -> None:
    """A day whose only files are gone is named, and the others are written."""
    stage = program.stage
    with stage.pool.connection() as connection:
        pair = manifest.current(connection, site=1, begin=FIRST + 7 * DAY, end=FIRST + 8 * DAY)[-1]
    stage.store.remove([str(pair.events.name)])
    told = program("rebuild", "--from", "2026-09-25", status=4)
    assert "one.example, 2026-10-02: the archive cannot be read" in told
    assert "7 days written again, 1 not" in told


def test_status(program: Program) -> None:
    """What there is of each site, for people and for programs."""
    assert "Rows are in the database from 2026-10-11 on." in program("status")
    rows = json.loads(program("status", "--json"))
    assert [(row["domain"], row["files"], row["from"], row["to"], row["not final"]) for row in rows] == [
        ("one.example", 6, "2026-09-01", "2026-10-02", 0),
        ("two.example", 0, "", "", 0),
    ]


def test_without_an_archive(rollup_store: str) -> None:
    """A cluster without ARCHIVE_URL has none, and the command says what to do."""
    done = footfall("archive", "status", DATABASE_URL=rollup_store)
    assert done.returncode == 2
    assert "set ARCHIVE_URL" in done.stderr
