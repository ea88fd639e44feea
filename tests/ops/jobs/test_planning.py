"""Which jobs there are, and how many do what."""

from __future__ import annotations

import asyncio
from collections import Counter

import psycopg

from core.jobs import Job, JobKind
from core.spans import DAY, HOUR, MINUTE
from ops.clock import SystemClock
from ops.telemetry import PrometheusTelemetry
from tests.cases import FIRST_DAY
from tests.clocks import SetClock
from tests.exposed import samples
from tests.ops.jobs.stage import Doing, Hanging, found, put, running, until


async def test_plans_what_its_owners_want(rollup_store: str) -> None:
    """A site that wants its content checked gets a job, once; one that wants it no more, or is gone, loses it."""
    clock, work = SetClock(SystemClock().now_ms() + HOUR), Hanging()
    everywhere = "UPDATE sites SET content = true, deleted_at = NULL"
    nowhere = "UPDATE sites SET content = id > 1, deleted_at = CASE WHEN id > 1 THEN now() END"

    def subjects() -> list[int]:
        return sorted(job.subject for job, _, _ in found(rollup_store, clock.now_ms()))

    async def change(statement: str) -> None:
        with psycopg.connect(rollup_store) as connection:
            connection.execute(statement)
        clock.pass_seconds(5)

    async with running(rollup_store, {JobKind.CONTENT: work}, clock=clock, planned=True):
        await change(everywhere)
        await until(lambda: sorted(work.begun) == [1, 2])
        await change(nowhere)
        await asyncio.sleep(0.3)
        assert subjects() == [1, 2]  # they run
    async with running(rollup_store, {JobKind.CONTENT: _tomorrow(clock)}, clock=clock, planned=True):
        await until(lambda: subjects() == [])
        for _ in range(20):
            await change(everywhere)
            await asyncio.sleep(0.05)
        await until(lambda: subjects() == [1, 2])
    assert max(job.id for job, _, _ in found(rollup_store, clock.now_ms())) <= 4


def _tomorrow(clock: SetClock) -> Doing:
    async def do(_: Job) -> int | None:
        return clock.now_ms() + DAY

    return Doing(do)


async def test_counts_jobs_by_what_they_do(postgres_database: str) -> None:
    """As whoever lists them sees them; kinds that nobody does here are left out."""
    now = FIRST_DAY
    put(postgres_database, JobKind.CONTENT, range(2), due_at=now - HOUR)  # they run
    put(postgres_database, JobKind.CONTENT, range(2, 5), due_at=now - 5 * MINUTE - 1)
    put(postgres_database, JobKind.CONTENT, [5], due_at=now - 5 * MINUTE)
    put(postgres_database, JobKind.CONTENT, range(6, 11), due_at=now + 1)
    put(postgres_database, JobKind.DOMAIN, [6, 7], due_at=now - HOUR)
    with psycopg.connect(postgres_database) as connection:
        connection.execute("UPDATE jobs SET failures = 1 WHERE subject IN (1, 4, 9, 10)")
        connection.execute("INSERT INTO jobs (kind, subject, due_at) VALUES ('of a newer version', 8, now())")
    telemetry, work, clock = PrometheusTelemetry("test"), Hanging(), SetClock(now)

    def counted() -> dict[str, float]:
        return {
            dict(labels)["state"]: value
            for (name, labels), value in samples(telemetry.exposition()).items()
            if name == "footfall_jobs" and ("kind", "content") in labels
        }

    expected = {"running": 2, "late": 3, "due": 1, "waiting": 3, "failed": 2}
    async with running(postgres_database, {JobKind.CONTENT: work}, clock=clock, telemetry=telemetry):
        await until(lambda: counted() == expected)
        states = Counter(state for job, state, _ in found(postgres_database, now) if job.kind == JobKind.CONTENT)
    assert expected == states
    assert {frozenset({"kind": "domain", "state": "late"}.items())}.isdisjoint(
        labels for _, labels in samples(telemetry.exposition())
    )
