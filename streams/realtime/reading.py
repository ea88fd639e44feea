"""Reading realtime windows: from the rows, from the engine's memory, from the parts of all partitions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg_pool import PoolTimeout

from core.errors import Unavailable
from core.realtime import summed
from storage import realtime as store
from storage.snapshots import snapshot
from streams.realtime.wire import HELD, Question, decode_part, decode_view, encode_question

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from core.realtime import Realtime, RealtimeView

#: How long an answer may be given again, seconds.
_BRIEF: Final = 0.25


class StoredRealtime:
    """The truth: one query over the rows.

    Args:
        pool: connections to read with.
    """

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def view(self, site: int, now_ms: int, window_ms: int) -> RealtimeView:
        """The window, see `core.realtime.Realtime`."""
        return await asyncio.to_thread(self._view, site, now_ms, window_ms)

    def _view(self, site: int, now_ms: int, window_ms: int) -> RealtimeView:
        try:
            with self._pool.connection() as connection, snapshot(connection):
                return store.view(connection, site=site, now_ms=now_ms, window_ms=window_ms)
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Unavailable("the store does not answer: try again", retry_after=5) from error


class AskedRealtime:
    """The single node's window, asked for across the local socket.

    Args:
        ask: brings a question to `LocalRealtime.answer` and its answer back.
        truth: asked where the engine cannot tell, or is away.
    """

    def __init__(self, ask: Callable[[bytes], Awaitable[bytes]], *, truth: Realtime) -> None:
        self._ask = ask
        self._truth = truth

    async def view(self, site: int, now_ms: int, window_ms: int) -> RealtimeView:
        """The window at the engine's own now, see `core.realtime.Realtime`."""
        try:
            found = decode_view(await self._ask(encode_question(Question(site, window_ms))))
        except Unavailable:
            found = None
        return found or await self._truth.view(site, now_ms, window_ms)


class SummedRealtime:
    """The cluster's window: the parts that the owners of all partitions publish.

    Args:
        pool: connections to read with.
        log: name of the log, with its generation.
        partitions: how many it has.
        truth: asked if a part is missing or cannot be told.
    """

    def __init__(self, pool: ConnectionPool, *, log: str, partitions: int, truth: Realtime) -> None:
        self._pool = pool
        self._log = log
        self._partitions = partitions
        self._truth = truth

    async def view(self, site: int, now_ms: int, window_ms: int) -> RealtimeView:
        """The window as last published, see `core.realtime.Realtime`."""
        found = await asyncio.to_thread(self._sum, site, now_ms) if window_ms == HELD else None
        return found or await self._truth.view(site, now_ms, window_ms)

    def _sum(self, site: int, now_ms: int) -> RealtimeView | None:
        try:
            with self._pool.connection() as connection, snapshot(connection):
                published = store.parts(connection, log=self._log, partitions=self._partitions, site=site)
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Unavailable("the store does not answer: try again", retry_after=5) from error
        if published is None:
            return None
        parts = [decode_part(part) for part in published if part is not None]
        known = [part for part in parts if part is not None]
        return summed(known, now_ms=now_ms, window_ms=HELD) if len(known) == len(parts) else None


class Briefly:
    """Gives an answer again for a moment, and asks once however many want to know.

    Args:
        realtime: who knows.
        clock: measures the moment.
    """

    def __init__(self, realtime: Realtime, *, clock: Clock) -> None:
        self._realtime = realtime
        self._clock = clock
        self._answers: dict[tuple[int, int], tuple[float, asyncio.Future[RealtimeView]]] = {}

    async def view(self, site: int, now_ms: int, window_ms: int) -> RealtimeView:
        """The window at most a moment ago, see `core.realtime.Realtime`."""
        now = self._clock.monotonic()
        key = (site, window_ms)
        asked, answer = self._answers.get(key, (now, None))
        if answer is None or (answer.done() and now - asked >= _BRIEF):
            self._forget(now)
            answer = asyncio.ensure_future(self._realtime.view(site, now_ms, window_ms))
            self._answers[key] = (now, answer)
        # Whoever stops waiting does not take the answer away from the others.
        return await asyncio.shield(answer)

    def _forget(self, now: float) -> None:
        for key, (asked, answer) in list(self._answers.items()):
            if answer.done() and now - asked >= _BRIEF:
                del self._answers[key]
