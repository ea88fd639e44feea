"""How runs of jobs end, and when they are due again, on real databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import patch

import psycopg

from core.errors import Unavailable
from core.jobs import Job, JobKind, JobState
from core.spans import DAY, HOUR, MINUTE
from ops.jobs import attempt
from ops.jobs.bounds import Bounds
from ops.telemetry import PrometheusTelemetry
from storage import jobs
from tests.cases import FIRST_DAY
from tests.clocks import SetClock
from tests.exposed import samples
from tests.ops.jobs.stage import Doing, found, one, put, running, until

if TYPE_CHECKING:
    from collections.abc import Callable


async def test_a_start_changes_nothing_about_when_jobs_are_due(postgres_database: str) -> None:
    """What was not due before is not due after; what is due in the meantime runs then."""
    clock, runs = SetClock(FIRST_DAY), Counter[int]()
    put(postgres_database, JobKind.UPTIME, [1], due_at=FIRST_DAY)

    async def do(job: Job) -> int | None:
        runs[job.subject] += 1
        return clock.now_ms() + HOUR

    for expected in (1, 1, 2):
        async with running(postgres_database, {JobKind.UPTIME: Doing(do)}, clock=clock) as runner:
            await until(lambda: runner.problem() is None)
            await until(lambda: one(postgres_database, clock.now_ms())[1] == JobState.WAITING)
        assert runs[1] == expected
        assert one(postgres_database, clock.now_ms())[0].due_at == FIRST_DAY + expected * HOUR
        clock.pass_seconds(1800)


async def test_a_job_that_fails_is_tried_again_later_and_later(postgres_database: str) -> None:
    """After a minute, two, four; a success makes it forget. Its error stays to be seen until then."""
    clock, failing = SetClock(FIRST_DAY), asyncio.Event()
    failing.set()
    put(postgres_database, JobKind.DOMAIN, [1], due_at=FIRST_DAY)

    async def do(_: Job) -> int | None:
        if failing.is_set():
            raise Unavailable("the registry does not answer")
        return clock.now_ms() + DAY

    def seen() -> tuple[int, int, str, JobState]:
        job, state = one(postgres_database, clock.now_ms())
        return job.failures, job.due_at - clock.now_ms(), job.error, state

    telemetry = PrometheusTelemetry("test")
    async with running(postgres_database, {JobKind.DOMAIN: Doing(do)}, clock=clock, telemetry=telemetry):
        for failures, minutes in enumerate((1, 2, 4, 8, 16, 32, 60, 60), start=1):
            expected = (failures, minutes * MINUTE, "the registry does not answer", JobState.FAILED)
            await until(partial(_equal, expected, seen))
            clock.pass_seconds(minutes * 60)
        failing.clear()
        await until(lambda: seen() == (0, DAY, "", JobState.WAITING))
    counted = samples(telemetry.exposition())
    assert counted["footfall_job_runs_total", frozenset({("kind", "domain"), ("outcome", "failed")})] == 8
    assert counted["footfall_job_runs_total", frozenset({("kind", "domain"), ("outcome", "succeeded")})] == 1


async def test_whatever_a_work_does_others_go_on(postgres_database: str) -> None:
    """Errors of any kind, endless runs and nonsense are failures with a text; the last job runs all the same."""
    put(postgres_database, JobKind.DELIVERY, range(8), due_at=FIRST_DAY)

    async def do(job: Job) -> int | None:
        match job.subject:
            case 0:
                raise ValueError("a \0 that no text may have \ud800")
            case 1:
                raise SystemExit(3)
            case 2:
                raise asyncio.CancelledError
            case 3:
                raise TimeoutError
            case 4:
                await asyncio.sleep(60)
            case 5:
                return 10**15
            case 6:
                raise KeyboardInterrupt
        return FIRST_DAY + HOUR

    bounds = {JobKind.DELIVERY: Bounds(2, 0.2)}
    with patch.object(attempt, "_log"):  # pytest's processes cannot send one another half a surrogate pair
        async with running(postgres_database, {JobKind.DELIVERY: Doing(do)}, clock=SetClock(FIRST_DAY), bounds=bounds):
            await until(lambda: all(job.ended_at for job, _, _ in found(postgres_database, FIRST_DAY)))
    assert {job.subject: job.error for job, _, _ in found(postgres_database, FIRST_DAY)} == {
        0: "ValueError: a \\0 that no text may have ?",
        1: "SystemExit: 3",
        2: "it was cancelled from within",
        3: "TimeoutError",
        4: "it took longer than 0.2 s",
        5: "OverflowError: date value out of range",
        6: "KeyboardInterrupt",
        7: "",
    }


async def test_what_was_made_due_while_it_ran_runs_again(postgres_database: str) -> None:
    """Its run may have begun before that which made it due."""
    clock, runs, go_on = SetClock(FIRST_DAY), Counter[int](), asyncio.Event()
    put(postgres_database, JobKind.UPTIME, [1], due_at=FIRST_DAY)

    async def do(job: Job) -> int | None:
        runs[job.subject] += 1
        await go_on.wait()
        return FIRST_DAY + DAY

    async with running(postgres_database, {JobKind.UPTIME: Doing(do)}, clock=clock):
        await until(lambda: runs[1] == 1)
        clock.pass_seconds(5)
        with psycopg.connect(postgres_database) as connection:
            assert jobs.make_due(connection, JobKind.UPTIME, 1, clock.now_ms())
            assert not jobs.make_due(connection, JobKind.UPTIME, 2, clock.now_ms())
        go_on.set()
        await until(lambda: one(postgres_database, clock.now_ms())[0].due_at == FIRST_DAY + DAY)
    assert runs[1] == 2


def _equal(expected: object, actual: Callable[[], object]) -> bool:
    return expected == actual()
