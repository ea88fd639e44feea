"""The archive's life on real databases: files, final, without rows, thawed, in months; nothing lost, nothing twice."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING

import pytest

from aggregations.imports import FileDay, import_day
from core.drops import DeadReason
from core.spans import DAY, HOUR, MINUTE
from ops.replay import Legible, Replayed, count_past
from ops.sweeper import Sweeper
from storage import dead_letters
from storage.archive import manifest
from storage.dead_letters import DeadLetter
from storage.pool import open_async_pool
from storage.times import instant
from streams.codec import encode
from tests.archives import FIRST, Stage, day_of_events, name, some_days
from tests.cases import event_at

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from storage.archive.bucket import Bucket


@pytest.fixture
def stage(rollup_pool: ConnectionPool, tmp_path: Path) -> Stage:
    """An empty archive of a site."""
    return Stage(rollup_pool, tmp_path / "archive")


def test_life_of_a_day(stage: Stage) -> None:
    """A day has files an hour after its end, final 50 hours after it; its rows go after the retention."""
    stage.write(some_days(2))
    stage.go_to(FIRST + DAY + 40 * MINUTE - 44 * MINUTE)
    assert stage.current() == []
    stage.go_to(FIRST + DAY + HOUR)
    assert stage.current() == [(name(0), False)]
    stage.assert_right()
    stage.go_to(FIRST + 3 * DAY + HOUR)
    assert stage.current() == [(name(0), False), (name(1), False)]
    stage.go_to(FIRST + 3 * DAY + 2 * HOUR)
    assert stage.current() == [(name(0), True), (name(1), False)]
    before = stage.rows()
    stage.go_to(FIRST + 5 * DAY - HOUR)
    assert stage.rows() == before
    stage.go_to(FIRST + 5 * DAY)
    assert 0 < stage.rows()["events"] < before["events"]
    stage.assert_right()
    stage.go_to(FIRST + 6 * DAY)
    assert stage.rows() == {"events": 0, "event_properties": 0, "sessions": 0}
    stage.assert_right()
    assert stage.telemetry.counters["footfall_archive_failures_total"] == 0


def test_life_in_a_bucket(rollup_pool: ConnectionPool, tmp_path: Path, bucket: Bucket) -> None:
    """The same of an archive in a bucket: files, months, without rows, an import, and what was replaced is gone."""
    stage = Stage(rollup_pool, tmp_path, bucket)
    stage.write(some_days(7))
    stage.go_to(FIRST + 20 * DAY)
    assert stage.rows()["events"] == 0
    stage.assert_right()
    late = [event_at(FIRST + 2 * DAY + 5 * HOUR, 7, person=77)]
    stage.events += late
    import_day(stage.pool, stage.job, FileDay(1, b"file", FIRST + 2 * DAY), late)
    stage.assert_right()
    stage.go_to(FIRST + 21 * DAY)
    assert stage.rows()["events"] == 0
    assert len(list(bucket.found())) == 4
    stage.assert_right()


def test_days_become_months(stage: Stage) -> None:
    """The files of a month whose days are final become one pair; a later change gets its own file until the next."""
    stage.write(some_days(8))
    stage.go_to(FIRST + 20 * DAY)
    month, following = (f"site=1/events-{instant(FIRST + days * DAY):%Y-%m}" for days in (0, 6))
    assert stage.current() == [(month, True), *((name(day), True) for day in (6, 7))]
    stage.assert_right()
    stage.assert_in_order()
    late = [event_at(FIRST + 2 * DAY + 5 * HOUR, 7, person=77)]
    stage.events += late
    import_day(stage.pool, stage.job, FileDay(1, b"file", FIRST + 2 * DAY), late)
    assert (name(2), False) in stage.current()
    stage.assert_right()
    stage.go_to(FIRST + 21 * DAY)
    assert stage.current() == [(month, True), *((name(day), True) for day in (6, 7))]
    stage.assert_right()
    stage.go_to(FIRST + 40 * DAY)
    assert stage.current() == [(month, True), (following, True)]
    stage.assert_right()
    found = {found.name.partition(".v")[0] for found in stage.store.found()}
    assert found == {f"site=1/{kind}-{of[14:]}" for kind in ("events", "sessions") for of in (month, following)}


def test_import_into_days_without_rows(stage: Stage) -> None:
    """An import thaws the day, is counted once, and its rows go again; readers see all of it at each step."""
    stage.write(some_days(3))
    stage.go_to(FIRST + 10 * DAY)
    assert stage.rows()["events"] == 0
    more = [event._replace(visitor=event.visitor and event.visitor ^ 1) for event in day_of_events(FIRST + DAY, 99)]
    more = [event._replace(prev=0) for event in more]
    for _ in range(2):
        import_day(stage.pool, stage.job, FileDay(1, b"file", FIRST + DAY), more)
    stage.events += more
    assert stage.rows()["events"] > len(more)
    stage.assert_right()
    stage.go_to(FIRST + 11 * DAY)
    assert stage.rows() == {"events": 0, "event_properties": 0, "sessions": 0}
    stage.assert_right()
    history = day_of_events(FIRST - 10 * DAY, 5)
    import_day(stage.pool, stage.job, FileDay(1, b"older", FIRST - 10 * DAY), history)
    stage.events += history
    stage.assert_right()
    stage.go_to(FIRST + 12 * DAY)
    assert stage.rows()["events"] == 0
    stage.assert_right()


async def test_replay_into_days_without_rows(stage: Stage, rollup_store: str) -> None:
    """A dead letter of a day in files only is counted as if it had come in time: sessions and facts change with it."""
    stage.write(some_days(3))
    stage.go_to(FIRST + 10 * DAY)
    assert stage.rows()["events"] == 0
    late = [event_at(FIRST + DAY + minutes * MINUTE, 4000, person=2, path="/late") for minutes in (7, 600, 1430)]
    letter = DeadLetter("local", 0, 1, stage.clock.now, DeadReason.TOO_LATE, "", encode(0, 0, late))
    pool = await open_async_pool(rollup_store, size=1)
    try:
        async with pool.connection() as connection:
            await dead_letters.insert(connection, [letter])
        with stage.pool.connection() as connection:
            (found,) = dead_letters.waiting(connection, after=0, limit=9)
        done = await count_past(pool, [Legible(found.id, 0, late)], now=stage.clock.now, thaw=stage.job.thaw)
    finally:
        await pool.close()
    assert done == [Replayed(found.id)]
    stage.events += late
    assert stage.rows()["events"] == len(stage.events)
    stage.assert_right()
    stage.go_to(FIRST + 11 * DAY)
    assert stage.rows()["events"] == 0
    stage.assert_right()


def test_a_day_without_rollups(stage: Stage) -> None:
    """Rows that are counted nowhere are archived too, and hold nothing back for long."""
    flood = [event_at(FIRST + HOUR, number, traffic=2, person=number) for number in range(3)]
    stage.write([*flood, *day_of_events(FIRST + DAY, 4)])
    stage.go_to(FIRST + 10 * DAY)
    stage.go_to(FIRST + 11 * DAY)
    assert stage.rows()["events"] == 0
    assert stage.telemetry.gauges["footfall_archive_held_back_days"] == 0
    stage.assert_right()


def test_late_events_of_a_day_with_files(stage: Stage) -> None:
    """What comes late is in new files, beside what the old ones have of the hours that it left alone."""
    stage.write(some_days(2))
    stage.go_to(FIRST + 2 * DAY + HOUR)
    for number in range(3):
        late = event_at(FIRST + DAY + number * 5 * HOUR, 9, person=90 + number, path="/late")
        stage.write([late._replace(properties='{"late": true}')])
        stage.assert_right()
        stage.go_to(FIRST + 2 * DAY + (2 + number) * HOUR)
        stage.assert_right()
        assert stage.current() == [(name(0), False), (name(1), False)]
    stage.go_to(FIRST + 10 * DAY)
    assert stage.rows()["events"] == 0
    stage.assert_right()


def test_rows_stay_until_files_are_right(stage: Stage) -> None:
    """A file that was changed, or that is not there, holds its day's rows back and raises the alarm, until mended."""
    stage.write(some_days(2))
    stage.go_to(FIRST + 2 * DAY + HOUR)
    with stage.pool.connection() as connection:
        pair = manifest.current(connection, site=1, begin=FIRST, end=FIRST + DAY)[0]
    path = Path(stage.store.sources([str(pair.sessions.name)]).addresses[0])
    body = bytearray(path.read_bytes())
    body[100] ^= 1
    path.write_bytes(body)
    before = stage.rows()
    stage.go_to(FIRST + 10 * DAY)
    assert stage.rows() == before
    assert stage.telemetry.counters["footfall_archive_failures_total"] > 0
    assert stage.telemetry.gauges["footfall_archive_held_back_days"] > 0
    stage.job.roll_day(1, FIRST, force=True)
    stage.go_to(FIRST + 11 * DAY)
    assert stage.rows()["events"] == 0
    assert stage.telemetry.gauges["footfall_archive_held_back_days"] == 0
    stage.assert_right()


def test_a_partition_that_is_behind_holds_days_back(stage: Stage) -> None:
    """No day is final before every partition has been applied past it, unless no log can have anything of it."""
    stage.write(some_days(1))
    with stage.pool.connection() as connection:
        connection.execute(
            "INSERT INTO positions (log, partition, next, greatest_ts, applied_to) VALUES ('events-1', 3, 1, %s, %s)",
            [instant(FIRST), instant(FIRST + 3 * DAY)],
        )
    stage.go_to(FIRST + 8 * DAY)
    assert stage.current() == [(name(0), False)]
    stage.go_to(FIRST + 13 * DAY)
    assert stage.current() == [(name(0)[:-3], True)]


def test_orphans_and_replaced_files_go(stage: Stage) -> None:
    """What a crash left and what was replaced are removed; what is not ours stays."""
    stage.write(some_days(1))
    stage.go_to(FIRST + DAY + HOUR)
    stage.job.roll_day(1, FIRST, force=True)
    scratch = stage.store.scratch()
    scratch.write_bytes(b"never finished")
    orphan = stage.store.scratch()
    orphan.write_bytes(b"never named")
    stage.store.put(orphan, "site=1/events-2026-01-01.v9999.parquet")
    notes = scratch.with_name("notes.txt")
    notes.write_bytes(b"the owner's")
    for found in stage.store.found():
        os.utime(scratch.parent / found.name, (0, stage.clock.now / 1000))
    stage.clock.now += 2 * HOUR
    stage.archivist = stage.new_archivist()
    stage.archivist.work(Flag())
    with stage.pool.connection() as connection:
        pairs = manifest.current(connection, site=1, begin=0, end=FIRST + DAY)
    assert {found.name for found in stage.store.found()} == {"notes.txt", *(str(file.name) for file in pairs[0])}


def test_rollups_from_files(stage: Stage) -> None:
    """A day without rows can be rolled up again, and its rollups are what they were."""

    def rollups() -> dict[str, list[tuple[object, ...]]]:
        with stage.pool.connection() as connection:
            tables = ("roll_site", "roll_path", "roll_event", "roll_dim")
            return {
                table: sorted(connection.execute(f"SELECT * FROM {table} WHERE grain > 0").fetchall(), key=str)  # noqa: S608 - our own names
                for table in tables
            }

    stage.write(some_days(2))
    stage.go_to(FIRST + 10 * DAY)
    assert stage.rows()["events"] == 0
    with stage.pool.connection() as connection:
        hours = (
            "SELECT (SELECT count(*) FROM roll_path WHERE grain = 0), (SELECT count(*) FROM roll_dim WHERE grain = 0)"
        )
        assert connection.execute(hours).fetchall() == [(0, 0)]
        assert connection.execute("SELECT count(*) > 9 FROM roll_site WHERE grain = 0").fetchall() == [(True,)]
    before = rollups()
    with stage.pool.connection() as connection:
        connection.execute("UPDATE roll_path SET views = 77; UPDATE roll_dim SET visits = 1")
    for day in (FIRST, FIRST + DAY):
        stage.job.roll_day(1, day, force=True)
    assert rollups() == before
    with stage.pool.connection() as connection:
        assert connection.execute(hours).fetchall() == [(0, 0)]
    stage.assert_right()


def test_a_deleted_site_leaves_no_file(stage: Stage) -> None:
    """Its folder goes with its rows, what is written after the first sweep too; other sites keep theirs."""
    stage.write([*some_days(2), *(event._replace(site=2) for event in day_of_events(FIRST, 5))])
    stage.go_to(FIRST + 3 * DAY)
    with stage.pool.connection() as connection:
        connection.execute("UPDATE sites SET deleted_at = %s WHERE id = 1", [instant(stage.clock.now)])
    sweeper = Sweeper(pool=stage.pool, clock=stage.clock, telemetry=stage.telemetry, archive=stage.store)
    sweeper.work(Flag())
    assert list(stage.store.found(1)) == []
    with stage.pool.connection() as connection:
        assert manifest.current(connection, site=1, begin=0, end=FIRST + DAY) == []
    stage.job.roll_day(1, FIRST, force=True)
    scratch = stage.store.scratch()
    scratch.write_bytes(b"of a job that was under way")
    stage.store.put(scratch, "site=1/events-2026-09-25.v77.parquet")
    stage.clock.now += 11 * MINUTE
    sweeper.work(Flag())
    assert {found.name.partition("/")[0] for found in stage.store.found()} == {"site=2"}
