"""Jobs that are run over one connection, which holds the lock of each."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections import Counter
from typing import TYPE_CHECKING, Final

import psycopg

from core.jobs import JobState, pause_after
from core.spans import SECOND
from ops.jobs.attempt import Done, attempt
from ops.jobs.bounds import BOUNDS
from storage import jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from psycopg import AsyncConnection

    from core.clock import Clock
    from core.jobs import Job, JobKind, Work
    from core.telemetry import Telemetry
    from ops.jobs.bounds import Bounds

_log = logging.getLogger(__name__)

#: From one look for due jobs to the next, if none ends in between, seconds.
ROUND: Final = 1.0
#: A server that says nothing for so long is taken for lost, seconds: one that hangs ends no statement by itself.
_LONGEST_ROUND: Final = 30.0
#: How often missing jobs are made, and needless ones removed, seconds.
PLAN: Final = 5.0
#: Where there are so many sites that it takes long, it rests so many times as long.
_REST: Final = 20
#: How often they are counted, seconds.
COUNT: Final = 15.0
#: How long the jobs that run may go on when the process ends, seconds; the others are cancelled, and are still due.
GRACE: Final = 5.0
#: How long one that was cancelled may take to end, seconds.
_END: Final = 5.0
#: No job is due again sooner, ms: one that always is would keep the processor busy.
_SOONEST: Final = SECOND


class JobSession:
    """Plans, takes and runs jobs until it is told to end or its connection is lost."""

    def __init__(  # noqa: PLR0913 - the parts it is made of
        self,
        connection: AsyncConnection,
        works: Mapping[JobKind, Work],
        *,
        clock: Clock,
        telemetry: Telemetry,
        bounds: Mapping[JobKind, Bounds] = BOUNDS,
        after_round: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin without any job.

        Args:
            connection: commits each statement; nobody else uses it.
            works: what is done for each kind; jobs of others are left alone.
            clock: says what is due.
            telemetry: is told how many jobs there are, and how they end.
            bounds: of each kind in `works`.
            after_round: is called whenever all went well.
        """
        self._connection = connection
        self._works = works
        self._planned = [kind for kind in works if jobs.is_planned(kind)]
        self._clock = clock
        self._telemetry = telemetry
        self._bounds = bounds
        self._after_round = after_round
        self._running: dict[asyncio.Task[None], Job] = {}
        self._trouble: BaseException | None = None
        self._wake = asyncio.Event()
        self._plan_at = self._count_at = -math.inf

    async def run(self, ending: asyncio.Event) -> None:
        """Run jobs until `ending` is set. Those that still run a little later are cancelled.

        Raises:
            psycopg.Error: the connection is lost; the jobs were cancelled, for somebody else may have them now.
        """
        told = asyncio.create_task(ending.wait())
        told.add_done_callback(lambda _: self._wake.set())
        try:
            while not ending.is_set():
                self._wake.clear()
                await self._answered_round()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), ROUND)
                if self._trouble is not None:
                    raise self._trouble
            if self._running:
                await asyncio.wait(self._running, timeout=GRACE)
        finally:
            told.cancel()
            await self._cancel()
            self._show({})  # what was counted is said by the others, if there are any

    async def _answered_round(self) -> None:
        try:
            async with asyncio.timeout(_LONGEST_ROUND):
                await self.round()
        except TimeoutError as error:
            raise psycopg.OperationalError(f"the server has not answered within {_LONGEST_ROUND:g} s") from error

    async def round(self) -> None:
        """Plan and count if it is time to, and begin what is due.

        Raises:
            psycopg.Error: as `run` does.
        """
        now = self._clock.monotonic()
        if now >= self._plan_at:
            await self._plan()
            ended = self._clock.monotonic()
            self._plan_at = ended + max(PLAN, (ended - now) * _REST)
        await self._take()
        if now >= self._count_at:
            with self._unless_lost("Jobs cannot be counted"):
                await self._count()
            self._count_at = now + COUNT
        self._telemetry.set("footfall_jobs_last_round_timestamp_seconds", self._clock.now_ms() / SECOND)
        self._after_round()

    async def _plan(self) -> None:
        for kind in self._planned:
            with self._unless_lost(f"The jobs of the kind {kind} cannot be planned"):
                await jobs.plan(self._connection, kind, self._clock.now_ms())

    async def _take(self) -> None:
        busy = Counter(job.kind for job in self._running.values())
        free = {kind: self._bounds[kind].at_once - busy[kind] for kind in self._works}
        most = {kind: number for kind, number in free.items() if number > 0}
        with self._unless_lost("Jobs that are due cannot be taken"):
            for job in await jobs.take(self._connection, most, self._clock.now_ms()):
                task = asyncio.create_task(self._work(job), name=f"{job.kind} {job.subject}")
                self._running[task] = job
                task.add_done_callback(self._ended)

    @contextlib.contextmanager
    def _unless_lost(self, trouble: str) -> Iterator[None]:
        """Let the next round try again what failed, as long as the connection and its locks are there."""
        try:
            yield
        except psycopg.Error:
            if self._connection.closed:
                raise
            _log.exception("%s; it is tried again", trouble)

    async def _work(self, job: Job) -> None:
        """Run a job, note how it ended, and give its lock back."""
        began = self._clock.monotonic()
        ended = await attempt(self._works[job.kind], job, longest=self._bounds[job.kind].longest)
        now = self._clock.now_ms()
        if isinstance(ended, Done):
            due_at = None if ended.due_at is None else max(ended.due_at, now + _SOONEST)
            await jobs.succeed(self._connection, job, due_at=due_at, now=now)
        else:
            due_at = now + pause_after(job.failures + 1)
            await jobs.fail(self._connection, job, ended.error, due_at=due_at, now=now)
        await jobs.release(self._connection, job.id)
        self._telemetry.observe("footfall_job_seconds", self._clock.monotonic() - began, kind=job.kind)
        outcome = "succeeded" if isinstance(ended, Done) else "failed"
        self._telemetry.add("footfall_job_runs_total", kind=job.kind, outcome=outcome)

    def _ended(self, task: asyncio.Task[None]) -> None:
        job = self._running.pop(task)
        if task.cancelled():
            self._telemetry.add("footfall_job_runs_total", kind=job.kind, outcome="cancelled")
        elif (error := task.exception()) is not None:
            self._trouble = error
        self._wake.set()

    async def _count(self) -> None:
        counted = await jobs.count(self._connection, self._works.keys(), self._clock.now_ms())
        self._show({(kind, state): number for kind, state, number in counted})

    def _show(self, counted: Mapping[tuple[JobKind, JobState], int]) -> None:
        for kind in self._works:
            for state in JobState:
                self._telemetry.set("footfall_jobs", counted.get((kind, state), 0), kind=kind, state=state)

    async def _cancel(self) -> None:
        """Cancel what runs and wait until it has ended."""
        running = dict(self._running)
        for task in running:
            task.cancel()
        if running:
            _, left = await asyncio.wait(running, timeout=_END)
            for task in left:
                _log.error("The job %s %d goes on after it was cancelled", running[task].kind, running[task].subject)
