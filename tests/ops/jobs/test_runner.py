"""Jobs on real databases: each is run once, whoever dies meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from threading import Event
from typing import TYPE_CHECKING
from unittest.mock import patch

import psycopg

from core.jobs import Job, JobKind, JobState
from core.spans import HOUR, MINUTE
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from ops.jobs import session
from ops.jobs.bounds import BOUNDS, Bounds
from ops.jobs.runner import JobRunner
from ops.jobs.thread import JobThread
from ops.telemetry import PrometheusTelemetry
from storage import jobs
from tests.cases import FIRST_DAY
from tests.clocks import SetClock
from tests.exposed import samples
from tests.ops.jobs.stage import Doing, Hanging, found, one, put, running, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    import pytest

    from core.jobs import Work


async def test_each_job_is_run_once_however_many_run_them(rollup_store: str) -> None:
    """Three compete for hundreds of short jobs; none runs more at a time than it may."""
    put(rollup_store, JobKind.UPTIME, range(300), due_at=FIRST_DAY)
    runs: Counter[int] = Counter()
    by: list[Counter[str]] = [Counter(), Counter(), Counter()]

    def work(mine: Counter[str]) -> Doing:
        full = asyncio.Event()

        async def do(job: Job) -> int | None:
            mine["now"] += 1
            mine["most"] = max(mine["most"], mine["now"])
            if mine["now"] == 8:
                full.set()
            # Each has at once what it may have, however quick the others are.
            await full.wait()
            await asyncio.sleep(0.005)
            runs[job.subject] += 1
            mine["now"] -= 1
            mine["all"] += 1
            return None

        return Doing(do)

    async with AsyncExitStack() as stack:
        for mine in by:
            works, bounds = {JobKind.UPTIME: work(mine)}, {JobKind.UPTIME: Bounds(8, 60)}
            clock = SetClock(FIRST_DAY)
            await stack.enter_async_context(running(rollup_store, works, clock=clock, bounds=bounds))
        await until(lambda: not found(rollup_store, FIRST_DAY))
    assert runs == Counter(range(300))
    assert all(mine["all"] > 0 for mine in by)
    assert {mine["most"] for mine in by} == {8}


async def test_another_takes_the_job_of_a_process_that_was_killed(postgres_database: str) -> None:
    """Nobody has it while the process lives; afterwards it runs from its beginning."""
    clock = SystemClock()
    put(postgres_database, JobKind.CONTENT, [7], due_at=clock.now_ms() - MINUTE)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.ops.jobs.hanging", postgres_database, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"content 7\n"
        second = Hanging()
        async with running(postgres_database, {JobKind.CONTENT: second}, clock=clock) as runner:
            await until(lambda: runner.problem() is None)
            await asyncio.sleep(0.3)
            assert (second.begun, one(postgres_database, clock.now_ms())[1]) == ([], JobState.RUNNING)
            process.kill()
            await until(lambda: second.begun == [7])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    job, state = one(postgres_database, clock.now_ms())
    assert (job.failures, job.ended_at, state) == (0, None, JobState.DUE)


async def test_no_kind_waits_behind_another(postgres_database: str) -> None:
    """However many crawls wait and hang, a site is asked at once whether it is up."""
    put(postgres_database, JobKind.CONTENT, range(20), due_at=FIRST_DAY - HOUR)
    put(postgres_database, JobKind.UPTIME, [1], due_at=FIRST_DAY)
    crawls, asked = Hanging(), Hanging()
    works: dict[JobKind, Work] = {JobKind.CONTENT: crawls, JobKind.UPTIME: asked}
    async with running(postgres_database, works, clock=SetClock(FIRST_DAY)):
        await until(lambda: asked.begun == [1] and len(crawls.begun) == BOUNDS[JobKind.CONTENT].at_once)


async def test_a_lost_connection_cancels_what_runs(postgres_database: str) -> None:
    """For somebody else may have it now; then it is run again over another connection."""
    put(postgres_database, JobKind.CONTENT, [1], due_at=FIRST_DAY)
    work, telemetry = Hanging(), PrometheusTelemetry("test")
    async with running(
        postgres_database, {JobKind.CONTENT: work}, clock=SetClock(FIRST_DAY), telemetry=telemetry
    ) as runner:
        await until(lambda: work.begun == [1])
        with psycopg.connect(postgres_database) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'footfall jobs' AND datname = current_database()"
            )
        await until(lambda: work.begun == [1, 1])
        assert work.cancelled == [1]
        await until(lambda: runner.problem() is None)
    assert work.cancelled == [1, 1]
    # The server gives the lock back a moment after the connection was closed.
    await until(lambda: one(postgres_database, FIRST_DAY)[1] == JobState.DUE)
    counted = samples(telemetry.exposition())
    assert counted["footfall_job_runs_total", frozenset({("kind", "content"), ("outcome", "cancelled")})] == 2


async def test_a_server_that_hangs_is_taken_for_lost(postgres_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs is cancelled, and runs again when the server has given its lock back."""
    monkeypatch.setattr(session, "_LONGEST_ROUND", 0.5)
    put(postgres_database, JobKind.CONTENT, [1], due_at=FIRST_DAY)
    work = Hanging()
    async with running(postgres_database, {JobKind.CONTENT: work}, clock=SetClock(FIRST_DAY)):
        await until(lambda: work.begun == [1])
        with psycopg.connect(postgres_database) as connection:
            ((pid,),) = connection.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE application_name = 'footfall jobs' AND datname = current_database()"
            ).fetchall()
        os.kill(pid, signal.SIGSTOP)
        try:
            await until(lambda: work.cancelled == [1])
            assert work.begun == [1]
        finally:
            os.kill(pid, signal.SIGCONT)
        await until(lambda: work.begun == [1, 1])


async def test_a_statement_that_fails_cancels_nothing(postgres_database: str, caplog: pytest.LogCaptureFixture) -> None:
    """While the connection is there the locks are. What could not be begun is nobody's, and is begun later."""
    put(postgres_database, JobKind.CONTENT, [1], due_at=FIRST_DAY)
    works = {JobKind.CONTENT: Hanging(), JobKind.UPTIME: Hanging()}
    refuse = (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;"
        "CREATE TRIGGER refuse BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    async with running(postgres_database, works, clock=SetClock(FIRST_DAY)):
        await until(lambda: works[JobKind.CONTENT].begun == [1])
        with psycopg.connect(postgres_database) as connection:
            connection.execute(refuse)
        put(postgres_database, JobKind.UPTIME, [2], due_at=FIRST_DAY)
        await until(lambda: "Jobs that are due cannot be taken" in caplog.text)
        expected = [JobState.RUNNING, JobState.DUE]
        await until(lambda: [state for _, state, _ in found(postgres_database, FIRST_DAY)] == expected)
        with psycopg.connect(postgres_database) as connection:
            connection.execute("DROP TRIGGER refuse ON jobs")
        await until(lambda: works[JobKind.UPTIME].begun == [2])
        assert works[JobKind.CONTENT].cancelled == []


async def test_says_so_while_the_database_is_away() -> None:
    """It waits, and ends when it is told to."""
    async with running("host=127.0.0.1 port=1 dbname=none", {}, clock=SetClock(FIRST_DAY)) as runner:
        assert runner.problem() == "the jobs begin"
        await until(lambda: "jobs cannot be run" in str(runner.problem()))


async def test_a_loop_that_stands_still_is_a_problem(postgres_database: str) -> None:
    """Whoever asks from another thread is told."""
    clock = SetClock(FIRST_DAY)
    async with running(postgres_database, {}, clock=clock) as runner:
        await until(lambda: runner.problem() is None)
        await asyncio.sleep(0)
        clock.pass_seconds(61)
        assert runner.problem() == "no job was looked for within 60 s"
        await until(lambda: runner.problem() is None)


def test_runs_in_a_thread_until_it_is_told_to_end(postgres_database: str) -> None:
    """What runs then is cancelled, and still due."""
    put(postgres_database, JobKind.CONTENT, [1], due_at=FIRST_DAY)
    work, closed, begun = Hanging(), Event(), Event()

    async def do(job: Job) -> int | None:
        begun.set()
        return await work.run(job)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Mapping[JobKind, Work]]:
        yield {JobKind.CONTENT: Doing(do)}
        closed.set()

    runner = JobRunner(dsn=postgres_database, works=opened, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
    with patch.object(jobs, "is_planned", return_value=False), JobThread(runner):
        assert begun.wait(60)
        assert one(postgres_database, FIRST_DAY)[1] == JobState.RUNNING
    assert (work.cancelled, closed.is_set()) == ([1], True)
    assert one(postgres_database, FIRST_DAY)[1] == JobState.DUE
