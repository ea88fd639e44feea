"""Files and sums that go by their age, on real databases: what is left is right, and what has gone stays away."""

from __future__ import annotations

from random import Random
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
from polars.testing import assert_frame_equal

from aggregations.archive.reading import read_frames, reading_files
from aggregations.imports import FileDay, import_day
from aggregations.job import month_of
from aggregations.planner import Span, month_after
from core.drops import DeadReason
from core.errors import InvalidInput, Refused
from core.spans import DAY, HOUR, MINUTE, day_of
from ops.replay import Legible, count_past
from storage import dead_letters, retention, sites
from storage.archive import manifest
from storage.dead_letters import DeadLetter
from storage.pool import open_async_pool
from storage.snapshots import snapshot
from storage.times import instant, millis
from streams.codec import encode
from tests.archives import FIRST, Stage, day_of_events, in_order, right_frames, some_days
from tests.cases import event_at

if TYPE_CHECKING:
    from pathlib import Path

    from psycopg_pool import ConnectionPool

    from storage.retention import Kept

_UNTIL: Final = FIRST + 400 * DAY
#: The days that the stage keeps rows.
_ROWS: Final = 4


@pytest.fixture
def stage(rollup_pool: ConnectionPool, tmp_path: Path) -> Stage:
    """An empty archive of a site."""
    return Stage(rollup_pool, tmp_path / "archive")


def limit(stage: Stage, files: int | None, rollups: int | None = None, *, at_once: bool = True) -> None:
    """Set how long a site keeps files and sums."""
    changes: dict[str, Any] = {"file_retention_days": files, "rollup_retention_days": rollups}
    with stage.pool.connection() as connection:
        ((uuid,),) = connection.execute("SELECT uuid FROM sites WHERE id = 1").fetchall()
        assert sites.configure(connection, uuid, changes) is not None
        begins = "epoch" if at_once else instant(stage.clock.now + DAY).isoformat()
        connection.execute("UPDATE sites SET retention_from = %s", [begins])


def kept(stage: Stage) -> Kept:
    """From which days on the site has something."""
    with stage.pool.connection() as connection:
        return retention.of_site(connection, 1)


def days_of_sums(stage: Stage, grain: int) -> dict[int, int]:
    """Events by day or month as the rollups have them, all classes together."""
    with stage.pool.connection() as connection:
        rows = connection.execute(
            "SELECT span, sum(events) FROM roll_site WHERE site = 1 AND grain = %s GROUP BY span ORDER BY span", [grain]
        ).fetchall()
    return {millis(span): int(events) for span, events in rows}


def assert_left(stage: Stage) -> None:
    """What is not gone is read as if nothing had gone, and nothing else is; sums are those of their days."""
    there = kept(stage)
    span = Span(FIRST - 60 * DAY, _UNTIL)
    with stage.pool.connection() as connection, snapshot(connection), reading_files():
        read = read_frames(connection, stage.store, 1, span)
        found = in_order(read.events.collect()), in_order(read.sessions.collect())
    expected = right_frames(stage.events, Span(there.files_from, _UNTIL))
    for right, actual in zip(expected, found, strict=True):
        assert_frame_equal(right, actual)
    today = day_of(stage.clock.now)
    counted = [event for event in stage.events if event.site == 1 and event.ts < today]
    by_day: dict[int, int] = {}
    for event in counted:
        if event.ts >= there.rollups_from:
            by_day[day_of(event.ts)] = by_day.get(day_of(event.ts), 0) + 1
    assert by_day == {day: events for day, events in days_of_sums(stage, 1).items() if day < today}
    by_month: dict[int, int] = {}
    for day, events in by_day.items():
        by_month[month_of(day)] = by_month.get(month_of(day), 0) + events
    months = days_of_sums(stage, 2)
    assert {month: events for month, events in by_month.items() if month_after(month) <= today} == {
        month: events for month, events in months.items() if month_after(month) <= today
    }


def test_files_go_and_sums_stay(stage: Stage) -> None:
    """A day's files go when it is wholly older than the limit; its sums stay as they are; nothing is made again."""
    stage.write(some_days(8))
    limit(stage, 10)
    stage.go_to(FIRST + 9 * DAY)
    sums = days_of_sums(stage, 1)
    stage.go_to(FIRST + 14 * DAY)
    assert kept(stage) == (FIRST + 4 * DAY, 0)
    assert_left(stage)
    assert days_of_sums(stage, 1) == sums
    stage.go_to(FIRST + 15 * DAY - HOUR)
    assert kept(stage) == (FIRST + 4 * DAY, 0)
    stage.go_to(FIRST + 15 * DAY)
    assert kept(stage) == (FIRST + 5 * DAY, 0)
    assert_left(stage)
    limit(stage, None)
    stage.go_to(FIRST + 40 * DAY)
    assert kept(stage) == (FIRST + 5 * DAY, 0)
    assert days_of_sums(stage, 1) == sums
    assert_left(stage)
    assert stage.telemetry.counters["footfall_retention_files_total"] == 10
    assert stage.telemetry.counters["footfall_archive_failures_total"] == 0


def test_a_day_to_take_it_back(stage: Stage) -> None:
    """Nothing goes for 24 hours after a change."""
    stage.write(some_days(3))
    stage.go_to(FIRST + 14 * DAY)
    limit(stage, 5, at_once=False)
    stage.go_to(FIRST + 15 * DAY - HOUR)
    assert kept(stage) == (0, 0)
    stage.go_to(FIRST + 15 * DAY + HOUR)
    assert kept(stage).files_from == FIRST + 10 * DAY
    assert_left(stage)


def test_a_change_is_put_off(stage: Stage) -> None:
    """Only a change of the retention begins a new day of grace."""
    with stage.pool.connection() as connection:
        ((uuid,),) = connection.execute("SELECT uuid FROM sites WHERE id = 1").fetchall()
        query = "SELECT retention_from > now() + INTERVAL '23 hours' FROM sites WHERE id = 1"
        found = []
        for changes in ({"honour_gpc": False}, {"file_retention_days": 9}):
            sites.configure(connection, uuid, changes)
            found += connection.execute(query.encode()).fetchall()
        connection.execute("UPDATE sites SET retention_from = 'epoch'")
        sites.configure(connection, uuid, {"honour_gpc": True})
        found += connection.execute(query.encode()).fetchall()
    assert found == [(False,), (True,), (False,)]


def test_readers_keep_what_they_read(stage: Stage) -> None:
    """Files of days that are gone are there for ten minutes after that was said, and ten after they were replaced."""
    stage.write(some_days(2))
    stage.go_to(FIRST + 14 * DAY)
    limit(stage, 5)
    before = {found.name for found in stage.store.found(1)}
    stage.archivist.work(Flag())
    with stage.pool.connection() as connection:
        assert len(manifest.current(connection, site=1, begin=0, end=_UNTIL)) == 1
    stage.clock.now += 11 * MINUTE
    stage.archivist.work(Flag())
    with stage.pool.connection() as connection:
        assert manifest.current(connection, site=1, begin=0, end=_UNTIL) == []
    assert {found.name for found in stage.store.found(1)} == before
    stage.clock.now += 11 * MINUTE
    stage.archivist.work(Flag())
    assert list(stage.store.found(1)) == []


def test_months_go_as_a_whole(stage: Stage) -> None:
    """A month's file stays until all of its days are older than the limit, and so do a month's sums."""
    stage.write(some_days(8))
    month = month_after(month_of(FIRST))
    stage.go_to(FIRST + 60 * DAY)
    limit(stage, 92, 120)
    stage.go_to(month + 91 * DAY)
    assert kept(stage).files_from == month_of(FIRST)
    stage.go_to(month + 92 * DAY)
    assert kept(stage) == (month, month_of(month + (92 - 120) * DAY))
    assert_left(stage)
    stage.go_to(month_after(month) + 120 * DAY)
    assert kept(stage).rollups_from == month_after(month)
    assert days_of_sums(stage, 0) == {}
    assert_left(stage)


async def test_nothing_is_added_to_what_is_gone(stage: Stage, rollup_store: str) -> None:
    """Imports and dead letters of days that are gone, and of the first one left, are refused; later ones count."""
    stage.write(some_days(8))
    limit(stage, 10)
    stage.go_to(FIRST + 14 * DAY)
    sums = days_of_sums(stage, 1)
    for day in (0, 3, 4):
        with pytest.raises(Refused, match="file_retention_days"):
            import_day(stage.pool, stage.job, FileDay(1, b"x", FIRST + day * DAY), day_of_events(FIRST + day * DAY, 9))
        assert stage.job.roll_day(1, FIRST + day * DAY, force=True) is None
    late = [event_at(FIRST + 4 * DAY + 5 * HOUR, 7, person=77)]
    pool = await open_async_pool(rollup_store, size=1)
    try:
        letter = DeadLetter("local", 0, 1, stage.clock.now, DeadReason.TOO_LATE, "", encode(0, 0, late))
        async with pool.connection() as connection:
            await dead_letters.insert(connection, [letter])
        with psycopg.connect(rollup_store) as reader:
            (found,) = dead_letters.waiting(reader)
        done = await count_past(pool, [Legible(found.id, 0, late)], now=stage.clock.now, thaw=stage.job.thaw)
    finally:
        await pool.close()
    assert "file_retention_days" in done[0].problem
    assert days_of_sums(stage, 1) == sums
    more = day_of_events(FIRST + 5 * DAY, 99)
    more = [event._replace(visitor=event.visitor and event.visitor ^ 1, prev=0) for event in more]
    import_day(stage.pool, stage.job, FileDay(1, b"y", FIRST + 5 * DAY), more)
    stage.events += more
    assert_left(stage)
    stage.go_to(FIRST + 14 * DAY + 5 * HOUR)
    assert_left(stage)


def test_another_time_zone(stage: Stage) -> None:
    """Of days that are gone nothing is made anew for another zone, and nothing of them is lost by it."""
    stage.write(some_days(8))
    limit(stage, 10)
    stage.go_to(FIRST + 14 * DAY)
    sums = days_of_sums(stage, 1)
    with stage.pool.connection() as connection:
        ((uuid,),) = connection.execute("SELECT uuid FROM sites WHERE id = 1").fetchall()
        sites.configure(connection, uuid, {"time_zone": "Asia/Kathmandu"})
        gaps = connection.execute("SELECT day FROM rollup_gaps ORDER BY day").fetchall()
    assert [instant(FIRST + day * DAY).date() for day in (5, 6, 7)] == [day for (day,) in gaps]
    for day in range(8):
        stage.job.roll_day(1, FIRST + day * DAY)
    assert days_of_sums(stage, 1) == sums
    assert_left(stage)


def has_months(stage: Stage) -> bool:
    """Whether there is a file of a month."""
    return any(name.count("-") == 2 for name, _ in stage.current())  # events-2026-09


@pytest.mark.parametrize("seed", range(3))
def test_any_life(rollup_pool: ConnectionPool, tmp_path: Path, seed: int) -> None:
    """Whatever limits are set when: files that are too old go, none that is not, and the rest is right."""
    random = Random(seed)  # noqa: S311 - a scenario, no secret
    stage = Stage(rollup_pool, tmp_path / "archive")
    stage.write([event for day in range(20) for event in day_of_events(FIRST + day * DAY, 100 * seed + day)])
    now = FIRST + 21 * DAY
    for _ in range(5):
        files = random.choice([None, 5, 10, 20, 92, 100])
        rollups = None if files is None else random.choice([None, files, files + 30])
        limit(stage, files, rollups)
        now += random.randrange(1, 40) * DAY
        before, by_month = kept(stage).files_from, has_months(stage)
        stage.go_to(now)
        stage.go_to(now + HOUR)
        there = kept(stage)
        if files is None:
            assert there.files_from == before
        else:
            oldest = min(day_of(now - files * DAY), day_of(now - _ROWS * DAY))
            assert there.files_from <= max(oldest, before)
            if files < 92 and not by_month:
                assert there.files_from == max(oldest, before)
        assert there.rollups_from <= there.files_from
        assert_left(stage)


@pytest.mark.parametrize(("files", "rollups"), [(None, 30), (31, 30)])
def test_sums_outlive_files(stage: Stage, files: int | None, rollups: int) -> None:
    """Sums that would go first are refused, by the settings and by the database."""
    with pytest.raises(InvalidInput, match="rollup_retention_days must be at least"):
        limit(stage, files, rollups)
    with stage.pool.connection() as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("UPDATE sites SET file_retention_days = %s, rollup_retention_days = %s", [files, rollups])
