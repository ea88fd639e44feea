"""The scheduler on real databases, its clock turned by hand."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from aggregations.job import RollupJob
from core.accounts import Api, Role
from core.spans import DAY, HOUR, MINUTE, SECOND
from ops import scheduler as scheduler_module
from ops.scheduler import GAPS_TURN, UPKEEP, Scheduler
from storage import keys, marks, page_sessions
from storage.locks import try_scheduler_lock
from storage.pool import open_async_pool
from storage.times import instant
from streams.engine import PartitionEngine
from tests.cases import FIRST_DAY, events_of
from tests.clocks import SetClock
from tests.measurements import Measurements
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg_pool import ConnectionPool

    from aggregations.job import RolledDay


class Stage:
    """A scheduler with all that it is given."""

    def __init__(self, pool: ConnectionPool, now: int) -> None:
        self.pool = pool
        self.clock = SetClock(now)
        self.telemetry = Measurements()
        self.stop = Event()
        self.job = RollupJob(pool=pool, clock=self.clock, telemetry=self.telemetry)
        self.scheduler = Scheduler(pool=pool, job=self.job, clock=self.clock, telemetry=self.telemetry)

    def round(self) -> None:
        """A quarter of a minute, then a round."""
        self.clock.pass_seconds(15)
        self.scheduler.round(self.stop)

    def scalar(self, statement: str) -> Any:  # noqa: ANN401 - whatever the statement says
        """The one value of a statement of ours."""
        with self.pool.connection() as connection:
            row = connection.execute(statement).fetchone()
        assert row is not None
        return row[0]


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when the condition holds; fail after half a minute."""
    pause = Event()
    for _ in range(300):
        if condition():
            return
        pause.wait(0.1)
    pytest.fail("it did not happen within 30 s")


def test_rolls_up_what_is_due(rollup_pool: ConnectionPool) -> None:
    """A marked hour is rolled up when it has ended 35 minutes ago and was quiet for a minute, and says so."""
    stage = Stage(rollup_pool, FIRST_DAY + 11 * HOUR + 34 * MINUTE)
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a, 10:01 /b"))
    for _ in range(4):
        stage.round()
    assert stage.telemetry.gauges["footfall_marked_hours"] == 1
    assert stage.scalar("SELECT count(*) FROM roll_site") == 0
    stage.round()
    assert stage.scalar("SELECT views FROM roll_site WHERE grain = 1") == 2
    stage.round()
    assert stage.telemetry.gauges["footfall_marked_hours"] == 0
    assert stage.telemetry.gauges["footfall_rollup_last_success_timestamp_seconds"] == stage.clock.now / SECOND


def test_one_bad_day_keeps_no_other_from_its_rollup(
    rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day that fails is counted, stays marked and is tried again; until it is done no round is a success."""
    stage = Stage(rollup_pool, FIRST_DAY + 20 * HOUR)
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a, 10:00 /a site=2"))
    real = RollupJob.roll_day

    def fail(job: RollupJob, site: int, day: int) -> RolledDay | None:
        if site == 1:
            raise ValueError
        return real(job, site, day)

    monkeypatch.setattr(RollupJob, "roll_day", fail)
    stage.round()
    assert "footfall_rollup_last_success_timestamp_seconds" in stage.telemetry.gauges
    for _ in range(3):
        stage.round()
    stage.telemetry.gauges.clear()
    for _ in range(3):
        stage.round()
    assert stage.telemetry.counters["footfall_rollup_failures_total"] == 1
    assert stage.telemetry.counters["footfall_scheduler_step_failures_total"] == 1
    assert "footfall_rollup_last_success_timestamp_seconds" not in stage.telemetry.gauges
    assert stage.scalar("SELECT array_agg(DISTINCT site) FROM roll_site") == [2]
    monkeypatch.undo()
    for _ in range(5):
        stage.round()
    assert stage.scalar("SELECT count(DISTINCT site) FROM roll_site") == 2
    assert stage.telemetry.gauges["footfall_rollup_last_success_timestamp_seconds"] == stage.clock.now / SECOND


def with_gaps(pool: ConnectionPool, days: int) -> None:
    """Events on some days of two sites, rolled up before a rollup was added."""
    texts = [f"{number}d10:00 /a, {number}d10:00 /a site=2" for number in range(days)]
    with pool.connection() as connection:
        write_events(connection, events_of(", ".join(texts)))
        connection.execute("DELETE FROM marks")
        connection.execute("INSERT INTO rollup_gaps SELECT DISTINCT site, (ts AT TIME ZONE 'UTC')::date FROM events")


def test_fills_gaps(rollup_pool: ConnectionPool) -> None:
    """Days that a newer rollup misses are rolled up again in the background, whatever their age."""
    with_gaps(rollup_pool, 3)
    stage = Stage(rollup_pool, FIRST_DAY + 400 * DAY)
    stage.round()
    assert stage.scalar("SELECT count(*) FROM roll_dim WHERE dim = 1 AND grain = 1") == 6
    assert stage.scalar("SELECT count(*) FROM rollup_gaps") == 0


def test_gaps_make_nothing_late(rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some seconds a round leaves the rest to the next, which begins with what is due."""
    with_gaps(rollup_pool, 3)
    stage = Stage(rollup_pool, FIRST_DAY + 400 * DAY)
    real = RollupJob.roll_day

    def slow(job: RollupJob, site: int, day: int) -> RolledDay | None:
        stage.clock.pass_seconds(GAPS_TURN / 2 + 1)
        return real(job, site, day)

    monkeypatch.setattr(RollupJob, "roll_day", slow)
    stage.round()
    assert stage.scalar("SELECT count(*) FROM rollup_gaps") == 4
    stage.stop.set()
    stage.round()
    assert stage.scalar("SELECT count(*) FROM rollup_gaps") == 4
    stage.stop.clear()
    stage.round()
    stage.round()
    assert stage.scalar("SELECT count(*) FROM rollup_gaps") == 0


def test_one_gap_that_cannot_be_filled_keeps_no_other(
    rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again later."""
    with_gaps(rollup_pool, 2)
    stage = Stage(rollup_pool, FIRST_DAY + 400 * DAY)
    real = RollupJob.roll_day

    def fail(job: RollupJob, site: int, day: int) -> RolledDay | None:
        if (site, day) == (1, FIRST_DAY + DAY):
            raise ValueError
        return real(job, site, day)

    monkeypatch.setattr(RollupJob, "roll_day", fail)
    stage.round()
    stage.round()
    assert stage.scalar("SELECT count(*) FROM rollup_gaps") == 1
    monkeypatch.undo()
    stage.clock.pass_seconds(UPKEEP / SECOND)
    stage.round()
    stage.round()
    assert stage.scalar("SELECT count(*) FROM rollup_gaps") == 0


def test_forgets(rollup_pool: ConnectionPool) -> None:
    """Yesterday's salt goes at one o'clock; old producers, sessions and parts of dead owners go; today's stay."""
    stage = Stage(rollup_pool, FIRST_DAY + HOUR - 20 * SECOND)
    with rollup_pool.connection() as connection:
        for day in (-1, 0):
            connection.execute(
                "INSERT INTO salts VALUES (%s, decode(repeat('00', 32), 'hex'))",
                [instant(FIRST_DAY + day * DAY).date()],
            )
        for producer, age in enumerate((DAY, 9 * DAY)):
            connection.execute(
                "INSERT INTO producers VALUES ('log', 0, %s, 1, %s)", [producer, instant(FIRST_DAY - age)]
            )
        for partition, age in enumerate((0, 2 * HOUR)):
            connection.execute(
                "INSERT INTO realtime_parts VALUES ('log', %s, 1, %s, '')", [partition, instant(FIRST_DAY - age)]
            )
        key = keys.create(connection, Api.TINYTRAIL, Role.USER, "users")
        page_sessions.create(connection, key, now=FIRST_DAY - page_sessions.LASTS)
        page_sessions.create(connection, key, now=FIRST_DAY)
        connection.execute("INSERT INTO midnight_links VALUES (5, 4, 1, %s, 0)", [instant(FIRST_DAY - 2 * DAY).date()])
        for title, sent, given_up in (("old", 31, None), ("new", 29, None), ("lost", None, 89), ("gone", None, 91)):
            connection.execute(
                "INSERT INTO messages (site, kind, channel, address, title, text, data, sent_at, given_up_at)"
                " VALUES (1, 'test', 'email', '', %s, '', '{}', %s, %s)",
                [title, *(None if days is None else instant(FIRST_DAY - days * DAY) for days in (sent, given_up))],
            )
    stage.round()
    assert stage.scalar("SELECT array_agg(title ORDER BY id) FROM messages") == ["new", "lost"]
    assert stage.scalar("SELECT count(*) FROM salts") == 2
    assert stage.scalar("SELECT array_agg(producer) FROM producers") == [0]
    assert stage.scalar("SELECT array_agg(partition) FROM realtime_parts") == [0]
    assert stage.scalar("SELECT count(*) FROM midnight_links") == 0
    assert stage.scalar("SELECT count(*) FROM page_sessions") == 1
    stage.round()
    stage.round()
    assert stage.scalar("SELECT array_agg(day) FROM salts") == [instant(FIRST_DAY).date()]


async def test_links_are_forgotten_on_a_quiet_partition(rollup_store: str, rollup_pool: ConnectionPool) -> None:
    """A link waits for a partition that is behind; one that merely has nothing to apply does not hold it up."""
    stage = Stage(rollup_pool, FIRST_DAY + 2 * DAY)
    with rollup_pool.connection() as connection:
        key = keys.create(connection, Api.TINYTRAIL, Role.USER, "users")
        page_sessions.create(connection, key, now=FIRST_DAY - page_sessions.LASTS)
        page_sessions.create(connection, key, now=FIRST_DAY)
        connection.execute("INSERT INTO midnight_links VALUES (5, 4, 1, %s, 0)", [instant(FIRST_DAY).date()])
    async with await open_async_pool(rollup_store, size=2, check=False) as pool:
        engine = PartitionEngine(pool, "log", 0, clock=stage.clock, telemetry=stage.telemetry)
        assert await engine.open() == 0
        stage.round()
        assert stage.scalar("SELECT count(*) FROM midnight_links") == 1
        await engine.reach(0, at=stage.clock.now_ms())
    stage.clock.pass_seconds(UPKEEP / SECOND)
    stage.round()
    assert stage.scalar("SELECT count(*) FROM midnight_links") == 0


def test_quiet_months_are_completed_once_a_day(rollup_pool: ConnectionPool) -> None:
    """A day that was rolled up while it ran joins its month after midnight, without a new event."""
    stage = Stage(rollup_pool, FIRST_DAY + 20 * HOUR)
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a"))
    stage.job.roll_day(1, FIRST_DAY)
    stage.round()
    assert stage.scalar("SELECT count(*) FROM roll_site WHERE grain = 2") == 0
    stage.clock.pass_seconds(4 * 3600)
    stage.round()
    assert stage.scalar("SELECT views FROM roll_site WHERE grain = 2") == 1


def test_stands_by_then_takes_over(
    rollup_store: str, rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the holder of the lock works; when it is gone another one does, and stops when told."""
    monkeypatch.setattr(scheduler_module, "ROUND", 0.05)
    stage = Stage(rollup_pool, FIRST_DAY)
    thread = Thread(target=stage.scheduler.run, args=(stage.stop,))
    assert stage.scheduler.problem() == "the scheduler begins"
    with psycopg.connect(rollup_store) as other:
        assert try_scheduler_lock(other)
        thread.start()
        assert not Event().wait(0.5)
        assert stage.telemetry.gauges == {"footfall_scheduler_at_work": 0}
        assert stage.scheduler.problem() is None
    wait_until(lambda: "footfall_marked_hours" in stage.telemetry.gauges)
    assert stage.telemetry.gauges["footfall_scheduler_at_work"] == 1
    stage.stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
    with psycopg.connect(rollup_store) as other:
        assert try_scheduler_lock(other)


def test_survives_an_outage(rollup_store: str, rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that break end nothing: the scheduler comes back, alone as before, and goes on."""
    monkeypatch.setattr(scheduler_module, "ROUND", 0.05)
    stage = Stage(rollup_pool, FIRST_DAY + 20 * HOUR)
    problems: list[str | None] = []
    monkeypatch.setattr(stage.stop, "wait", _noting(problems, stage))
    thread = Thread(target=stage.scheduler.run, args=(stage.stop,))
    thread.start()
    wait_until(lambda: "footfall_marked_hours" in stage.telemetry.gauges)
    with psycopg.connect(rollup_store, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'footfall'"
        )
        marks.put(admin, site=1, hours=[FIRST_DAY], partition=0)
    # Whether the round that counts the mark is the one that meets a broken connection, or the next, is chance.
    wait_until(lambda: "the database does not answer" in problems)
    wait_until(lambda: stage.telemetry.gauges["footfall_marked_hours"] == 1 and stage.scheduler.problem() is None)
    stage.stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert set(problems) == {None, "the database does not answer"}


def _noting(problems: list[str | None], stage: Stage) -> Callable[[float], bool]:
    """A wait before which it is noted what the matter is."""
    wait = stage.stop.wait

    def noted(seconds: float) -> bool:
        problems.append(stage.scheduler.problem())
        return wait(seconds)

    return noted
