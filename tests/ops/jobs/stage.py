"""Jobs in a database of a test, what is done for them, and who runs them."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING
from unittest.mock import patch

import psycopg

from core.telemetry import NoTelemetry
from ops.jobs.bounds import BOUNDS
from ops.jobs.runner import JobRunner
from storage import jobs
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping

    from core.clock import Clock
    from core.jobs import Job, JobKind, JobState, Work
    from core.telemetry import Telemetry
    from ops.jobs.bounds import Bounds
    from storage.jobs import Found


class Doing:
    """A work that is any coroutine function."""

    def __init__(self, do: Callable[[Job], Awaitable[int | None]]) -> None:
        self._do = do

    async def run(self, job: Job) -> int | None:
        """Do it."""
        return await self._do(job)


class Hanging:
    """A work that never ends by itself, and tells what began and what was cancelled."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.cancelled: list[int] = []

    async def run(self, job: Job) -> int | None:
        """Hang."""
        self.begun.append(job.subject)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.append(job.subject)
            raise
        return None


def put(dsn: str, kind: JobKind, subjects: Iterable[int], *, due_at: int) -> None:
    """Jobs that nobody planned."""
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO jobs (kind, subject, due_at) VALUES (%s, %s, %s)",
            [(kind, subject, instant(due_at)) for subject in subjects],
        )


def found(dsn: str, now: int) -> list[Found]:
    """All jobs as they are at `now`."""
    with psycopg.connect(dsn) as connection:
        return jobs.find(connection, now)


def one(dsn: str, now: int) -> tuple[Job, JobState]:
    """The only job, and what it does."""
    ((job, state, _),) = found(dsn, now)
    return job, state


async def until(condition: Callable[[], bool]) -> None:
    """Return when it holds; fail after half a minute."""
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - mostly it is the database that changes
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def running(
    dsn: str,
    works: Mapping[JobKind, Work],
    *,
    clock: Clock,
    telemetry: Telemetry | None = None,
    bounds: Mapping[JobKind, Bounds] = BOUNDS,
    planned: bool = False,
) -> AsyncIterator[JobRunner]:
    """Somebody who runs jobs as long as the context lasts, and without `planned` neither makes nor removes any."""

    @contextlib.asynccontextmanager
    async def opened() -> AsyncIterator[Mapping[JobKind, Work]]:
        yield works

    ending = asyncio.Event()
    runner = JobRunner(dsn=dsn, works=opened, clock=clock, telemetry=telemetry or NoTelemetry(), bounds=bounds)
    with contextlib.nullcontext() if planned else patch.object(jobs, "is_planned", return_value=False):
        task = asyncio.create_task(runner.run(ending))
        try:
            yield runner
        finally:
            ending.set()
            await task
