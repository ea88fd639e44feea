"""A stream worker: takes part in the group until it is told to stop, through outages of broker and database."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final

from core.errors import Unavailable
from streams.kafka import topics
from streams.kafka.app import WorkerSettings, build
from streams.kafka.assignment import Assignment, FaustReader
from streams.kafka.partition import Engine, Partition, RetrySettings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine

    import faust
    from faust.types import TP

    from core.clock import Clock
    from core.telemetry import Telemetry
    from streams.kafka.topics import Topic

logger = logging.getLogger(__name__)

#: Before another application is started in place of one that Faust gave up, seconds.
_RESTART_PAUSE: Final = 2.0


class WorkerFailed(Unavailable):
    """The worker cannot go on: end the process and start it again. What was not committed is read again."""


class Worker:
    """Runs the Faust application. `engine` makes what applies one partition's messages to the store."""

    def __init__(  # noqa: PLR0913 - everything it depends on, named
        self,
        *,
        bootstrap: str,
        topic: Topic,
        engine: Callable[[int], Engine],
        clock: Clock,
        telemetry: Telemetry,
        settings: WorkerSettings | None = None,
        retry: RetrySettings | None = None,
    ) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._engine = engine
        self._clock = clock
        self._telemetry = telemetry
        self._settings = settings or WorkerSettings()
        self._retry = retry or RetrySettings()
        self._assignment: Assignment | None = None

    def problem(self) -> str | None:
        """Return why this worker does not do its part now, or None; asked from any thread."""
        assignment = self._assignment
        return "the worker waits for Kafka" if assignment is None else assignment.problem()

    async def run(self, stop: asyncio.Event) -> None:
        """Apply messages until `stop` is set; then commit, leave the group and return, within the stop time-out.

        A broker that is away is waited for. An application that Faust gives up for the broker's sake is replaced by
        another one in this process.

        Raises:
            WorkerFailed: a batch failed as often as the settings allow, or the application does not end. Its threads
                may be left, so the process should end by `os._exit`.
        """
        while not stop.is_set():
            await _until(stop, topics.wait_for(self._bootstrap, generation=self._topic.generation))
            if stop.is_set():
                return
            reason = await self._take_part(stop)
            if isinstance(reason, WorkerFailed):
                raise reason
            if reason is not None and not stop.is_set():
                logger.warning("left the group after an error, joining anew: %s", reason)
                await _until(stop, asyncio.sleep(_RESTART_PAUSE))

    async def _take_part(self, stop: asyncio.Event) -> BaseException | None:
        """Run one application until it ends or `stop` is set; return why it ended, None if it was asked to."""
        crashes: set[asyncio.Task[None]] = set()

        def fail(error: Exception) -> None:
            failed = WorkerFailed(str(error))
            failed.__cause__ = error
            crash = asyncio.create_task(app.crash(failed))
            crashes.add(crash)

        def make(number: int) -> Partition:
            return Partition(
                number,
                engine=self._engine(number),
                reader=reader,
                clock=self._clock,
                telemetry=self._telemetry,
                retry=self._retry,
                log=self._topic.name,
            )

        assignment = self._assignment = Assignment(
            make=make, fail=fail, telemetry=self._telemetry, flushes_at_once=self._settings.flushes_at_once
        )
        app = build(self._bootstrap, self._topic.name, self._settings, assignment.handle)
        reader = FaustReader(app, self._bootstrap, self._topic)

        async def assigned(_: object, partitions: Collection[TP], **__: object) -> None:
            await assignment.assigned([tp.partition for tp in partitions if tp.topic == self._topic.name])

        app.on_partitions_assigned.connect(assigned)  # type: ignore[arg-type]  # its type allows no named parameter

        async def rejoin_when_stalled() -> None:
            stalled = await assignment.stalled(self._settings.stall_every, self._settings.stall_looks)
            await app.crash(Unavailable(stalled))

        start = asyncio.create_task(app.start())
        stalls = asyncio.create_task(rejoin_when_stalled())
        watch = asyncio.create_task(assignment.watch(self._settings.quiet_every))
        try:
            await _until(stop, _ended(app, start))
            reason = start.exception() if start.done() and not start.cancelled() else None
            return app.crash_reason or reason
        finally:
            self._assignment = None
            watch.cancel()
            stalls.cancel()
            await self._end(app, assignment, start)

    async def _end(self, app: faust.App, assignment: Assignment, start: asyncio.Task[None]) -> None:
        try:
            async with asyncio.timeout(self._settings.stop_timeout):
                await assignment.close()
                await app.stop()
                start.cancel()
                await asyncio.gather(start, return_exceptions=True)
        except TimeoutError as error:
            raise WorkerFailed(
                f"the worker does not end within {self._settings.stop_timeout:.0f} s; "
                "the group will miss it after its session time-out",
            ) from error


async def _ended(app: faust.App, start: asyncio.Task[None]) -> None:
    """Return when the application has crashed, has stopped, or could not be started."""
    stopped = asyncio.ensure_future(app.wait_until_stopped())
    try:
        await asyncio.wait([start, stopped], return_when=asyncio.FIRST_COMPLETED)
        if start.done() and start.exception() is None:
            await stopped
    finally:
        stopped.cancel()


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, Any]) -> None:
    """Await `work`, but no longer than until `stop` is set. Raises what it raises."""
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not working.done():
        working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working
