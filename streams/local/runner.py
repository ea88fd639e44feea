"""Group commit: what waits is applied as one transaction, and each request is answered after the commit."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from copy import copy
from typing import TYPE_CHECKING, Final, NamedTuple

from core import tracing
from core.errors import Fenced, FootfallError, Overloaded, Refused, Unavailable
from streams.codec import NO_PRODUCER
from streams.engine import Dead, Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.clock import Clock
    from core.events import Event
    from streams.engine import Applied, PartitionEngine

_log = logging.getLogger(__name__)

#: Seconds that an idle runner's first request waits for company. A commit costs the same whatever it holds.
WINDOW: Final = 0.002
#: Events that one transaction takes; more wait for the next.
BATCH_LIMIT: Final = 5_000
#: Seconds after which a request is told that the store is away; until then its batch is tried again.
PATIENCE: Final = 5.0
_PAUSE: Final = 0.1
#: Seconds without a request after which the position is moved up to the clock.
QUIET: Final = 60.0


class _Request(NamedTuple):
    events: tuple[Event, ...]
    done: asyncio.Future[tuple[Dead, ...]]
    accepted_at: int  # ms
    queued_at: float  # monotonic


class Runner:
    """Feeds the engine of the log `local` with what is appended; there is no log, so each request is one message.

    Events must be storable, which `streams.codec.decode` makes sure.

    Args:
        engine: owner of the only partition.
        clock: stamps the requests; on a single node acceptance and append are one moment.
        limit: events that may wait; more are refused.
    """

    def __init__(self, engine: PartitionEngine, *, clock: Clock, limit: int = 50_000) -> None:
        self._engine = engine
        self._clock = clock
        self._limit = limit
        self._waiting: deque[_Request] = deque()
        self._in_flight = 0
        self._work = asyncio.Event()
        self._next: int | None = None  # offset of the next request; None: to be read
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        """Take the partition over and begin.

        Raises:
            Unavailable: the store does not answer.
        """
        self._next = await self._engine.open()
        self._task = asyncio.create_task(self._run(), name="runner")

    async def stop(self) -> None:
        """Write what waits, then end; what is appended from now on is refused."""
        self._stopping = True
        self._work.set()
        if self._task is not None:
            await self._task
            self._engine.close()

    async def append(self, events: Sequence[Event]) -> None:
        """Return when all of the events are committed.

        Cancelling the call neither takes the events back nor disturbs other calls.

        Raises:
            Overloaded: too much waits; nothing was stored.
            Unavailable: the store is away, and it is not known whether they were stored.
            Refused: the store refuses some of them; the others were stored.
        """
        dead = await self.submit(events)
        if dead:
            raise Refused(f"{len(dead)} of {len(events)} events cannot be stored: {dead[0].error}")

    def submit(self, events: Sequence[Event]) -> asyncio.Future[tuple[Dead, ...]]:
        """Queue the events; the future's result are those that were left out, after the others were committed.

        Its exception may be `Unavailable`, as in `append`.

        Raises:
            Overloaded: too much waits; nothing was stored.
            Unavailable: the runner does not run.
        """
        if self._stopping or self._task is None or self._task.done():
            raise Unavailable("the engine is stopping")
        if self._in_flight and self._in_flight + len(events) > self._limit:
            raise Overloaded(f"{self._in_flight} events wait to be stored")
        done: asyncio.Future[tuple[Dead, ...]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(tuple(events), done, self._clock.now_ms(), self._clock.monotonic()))
        self._in_flight += len(events)
        self._work.set()
        return done

    async def _run(self) -> None:
        while await self._has_work():
            batch = self._take()
            try:
                first, applied = await self._apply(batch)
            except Exception as error:  # noqa: BLE001 - whatever it is, its requests must hear of it; the next may work
                self._next = None
                _fail(batch, error)
            else:
                _answer(batch, first, applied)
            self._in_flight -= sum(len(request.events) for request in batch)

    async def _has_work(self) -> bool:
        """Wait for requests, then a moment for their company; False once it is stopped and all is written."""
        while not self._waiting and not self._stopping:
            self._work.clear()
            try:
                async with asyncio.timeout(QUIET):
                    await self._work.wait()
            except TimeoutError:
                await self._reach()
                continue
            if not self._stopping:
                await asyncio.sleep(WINDOW)
        return bool(self._waiting)

    async def _reach(self) -> None:
        """Say that nothing waits: all that was accepted so far is applied."""
        if self._next is None or self._waiting:
            return
        try:
            await self._engine.reach(self._next, at=self._clock.now_ms())
        except Exception as error:  # noqa: BLE001 - it is tried again a minute later; requests must not suffer from it
            _log.warning("the position of a quiet log is not moved: %s", error)

    def _take(self) -> list[_Request]:
        batch = [self._waiting.popleft()]
        events = len(batch[0].events)
        while self._waiting and events + len(self._waiting[0].events) <= BATCH_LIMIT:
            batch.append(self._waiting.popleft())
            events += len(batch[-1].events)
        return batch

    async def _apply(self, batch: Sequence[_Request]) -> tuple[int, Applied]:
        """Apply the batch, again and again while the store is away; return its first offset and what became of it."""
        deadline = batch[0].queued_at + PATIENCE
        while True:
            try:
                first = self._next = await self._engine.open() if self._next is None else self._next
                with tracing.batch("local", 0, first, first + len(batch) - 1):
                    applied = await self._engine.apply(_messages(batch, first))
                    _log.debug("applied %d requests", len(batch))
            except Fenced:
                _log.exception("somebody else writes to this store: is there a second server on it?")
                self._next = None
            except Unavailable as error:
                if self._clock.monotonic() >= deadline:
                    raise
                _log.warning("%d requests will be tried again: %s", len(batch), error)
            else:
                self._next = first + len(batch)
                return first, applied
            await asyncio.sleep(_PAUSE)


def _messages(batch: Sequence[_Request], first: int) -> list[Message]:
    return [
        Message(offset, request.accepted_at, NO_PRODUCER, 0, request.events)
        for offset, request in enumerate(batch, first)
    ]


def _answer(batch: Sequence[_Request], first: int, applied: Applied) -> None:
    dead: dict[int, tuple[Dead, ...]] = {}
    for one in applied.dead:
        dead[one.offset] = (*dead.get(one.offset, ()), one)
    for offset, request in enumerate(batch, first):
        if not request.done.done():
            request.done.set_result(dead.get(offset, ()))


def _fail(batch: Sequence[_Request], error: Exception) -> None:
    if not isinstance(error, FootfallError):
        _log.error("%d requests failed", len(batch), exc_info=error)
        error = Unavailable("the engine failed; see its log")
    for request in batch:
        if not request.done.done():
            request.done.set_exception(copy(error))  # each waiter grows a traceback of its own
