"""The promise that an unmarked span is right, checked in snapshots while batches commit and jobs run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event as Flag
from typing import TYPE_CHECKING, Final

from aggregations.job import RollupJob, month_of
from core.spans import DAY, HOUR, MINUTE, day_of
from core.telemetry import NoTelemetry
from storage import marks
from storage.rollups import Grain
from storage.snapshots import snapshot
from storage.times import millis
from tests.cases import FIRST_DAY, event_at
from tests.clocks import SetClock
from tests.stores import write_events

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

MONTH: Final = month_of(FIRST_DAY)
DAYS: Final = (MONTH, MONTH + DAY)
BATCHES: Final = 25
WRITERS: Final = 2


def write(pool: ConnectionPool, writer: int) -> int:
    """Batches of new visitors, each with its marks in its own transaction; returns how many events."""
    random = Random(writer)  # noqa: S311 - test data
    written = 0
    for batch in range(BATCHES):
        person = 1 + writer + WRITERS * batch
        start = random.choice(DAYS) + random.randrange(22 * HOUR)
        events = [event_at(start + number * 20 * MINUTE, number, person=person) for number in range(4)]
        with pool.connection() as connection:
            write_events(connection, events, partition=writer)
        written += len(events)
    return written


def roll(pool: ConnectionPool, done: Flag) -> None:
    """Jobs without a pause."""
    job = RollupJob(pool=pool, clock=SetClock(MONTH + 40 * DAY), telemetry=NoTelemetry())
    while not done.is_set():
        for day in DAYS:
            job.roll_day(1, day)


def wrong_spans(pool: ConnectionPool) -> tuple[list[tuple[int, int]], int]:
    """Unmarked (grain, span) whose views or visits are not those of the rows, and how many hours are unmarked."""
    with pool.connection() as connection, snapshot(connection):
        marked = {mark.hour for mark in marks.of_span(connection, site=1, start=MONTH, end=MONTH + 31 * DAY)}
        rolled = {
            (grain, millis(span)): (views, visits)
            for grain, span, views, visits in connection.execute("SELECT grain, span, views, visits FROM roll_site")
        }
        views = [millis(ts) for (ts,) in connection.execute("SELECT ts FROM events")]
        visits = [millis(start) for (start,) in connection.execute("SELECT start FROM sessions")]
    days = {day: [hour for hour in marked if day_of(hour) == day] for day in DAYS}
    spans = [(Grain.HOUR, hour, HOUR) for day in DAYS for hour in range(day, day + DAY, HOUR) if hour not in marked]
    hours = len(spans)
    spans += [(Grain.DAY, day, DAY) for day in DAYS if not days[day]]
    spans += [(Grain.MONTH, MONTH, 31 * DAY)] if not marked else []
    return [
        (grain, start)
        for grain, start, length in spans
        if rolled.get((grain, start), (0, 0))
        != (sum(start <= ts < start + length for ts in views), sum(start <= ts < start + length for ts in visits))
    ], hours


def test_unmarked_is_right_at_every_moment(rollup_pool: ConnectionPool) -> None:
    """In every snapshot every unmarked hour, day and month equals its rows; at the end nothing is marked."""
    done = Flag()
    checks = 0
    with ThreadPoolExecutor() as threads:
        jobs = threads.submit(roll, rollup_pool, done)
        writers = [threads.submit(write, rollup_pool, writer) for writer in range(WRITERS)]
        try:
            while not all(writer.done() for writer in writers):
                wrong, unmarked = wrong_spans(rollup_pool)
                assert wrong == []
                checks += unmarked
        finally:
            done.set()
        jobs.result(timeout=60)
        written = sum(writer.result(timeout=60) for writer in writers)
    job = RollupJob(pool=rollup_pool, clock=SetClock(MONTH + 40 * DAY), telemetry=NoTelemetry())
    for day in DAYS:
        job.roll_day(1, day)
    assert wrong_spans(rollup_pool) == ([], 48)
    assert checks > 0
    with rollup_pool.connection() as connection:
        month = connection.execute("SELECT views FROM roll_site WHERE grain = 2").fetchone()
    assert month == (written,)
