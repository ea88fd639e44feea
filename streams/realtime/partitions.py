"""A worker's windows, one for each partition it owns, and the parts of them that it leaves in the store for all."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg_pool import PoolTimeout

from core.realtime import Part
from core.realtime_window import Window
from core.spans import MINUTE, SECOND
from storage.realtime import alive, put_parts, remove_parts
from streams.realtime.wire import HELD, encode_part

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

    from core.clock import Clock
    from core.events import Event

_log = logging.getLogger(__name__)

#: Seconds between two writes.
_EVERY: Final = 0.25
#: Seconds that one write may wait for a connection: a later one would be as good.
_PATIENCE: Final = 1.0
_EMPTY: Final = Part(0, {}, {})


class _Owned:
    """One partition's window. What happened up to a minute after the takeover, another owner may have stored."""

    def __init__(self, now_ms: int) -> None:
        self.tells_from = now_ms + MINUTE + HELD
        self.window = Window(seconds=HELD // SECOND, start_ms=now_ms + MINUTE)
        self.published = False  # whether nothing of an earlier owner is left in the store
        self.waiting: set[int] = set()  # sites whose part in the store may be wrong

    def due(self, now_ms: int) -> dict[int, Part | None]:
        """The parts that have to be written now: those that changed, or all if the store has none of ours."""
        self.window.advance(now_ms)
        self.waiting |= self.window.take_changed()
        if not self.published:
            self.waiting |= self.window.sites
        return {site: self.window.part(site, now_ms) for site in self.waiting}


class PartitionRealtime:
    """Observes the engines of all partitions of a worker and publishes what they saw.

    A new owner publishes nothing until it has seen a whole window itself; meanwhile readers ask the rows.

    Args:
        pool: connections to write with.
        log: name of the log, with its generation.
        clock: tells what now is.
    """

    def __init__(self, pool: AsyncConnectionPool, log: str, *, clock: Clock) -> None:
        self._pool = pool
        self._log = log
        self._clock = clock
        self._owned: dict[int, _Owned] = {}

    def opened(self, partition: int) -> None:
        """Begin anew: others may have stored what was not seen here."""
        self._owned[partition] = _Owned(self._clock.now_ms())

    def committed(self, partition: int, events: Sequence[Event]) -> None:
        """Count the events."""
        if owned := self._owned.get(partition):
            owned.window.add(events, self._clock.now_ms())

    def closed(self, partition: int) -> None:
        """Say nothing about the partition from now on; readers notice by its silence."""
        self._owned.pop(partition, None)

    def forget(self, sites: Collection[int]) -> None:
        """Let go of deleted sites; the next write takes their parts away."""
        for owned in self._owned.values():
            owned.window.forget(sites)

    def restart(self, sites: Collection[int]) -> None:
        """Begin anew with sites of which somebody was forgotten; readers ask the rows until they can be told."""
        for owned in self._owned.values():
            owned.window.advance(self._clock.now_ms())
            owned.window.restart(sites)

    async def run(self) -> None:
        """Publish four times a second until cancelled. A store that is away costs nothing but the time."""
        told = False
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.publish()
            except (psycopg.OperationalError, PoolTimeout) as error:
                if not told:
                    _log.warning("Realtime parts cannot be published: %s", error)
                told = True
            else:
                told = False

    async def publish(self) -> None:
        """Write what changed, and that everything is of now, for each partition whose window is full.

        Raises:
            psycopg.OperationalError: the store does not answer; what was due stays due.
            psycopg_pool.PoolTimeout: the same.
        """
        now = self._clock.now_ms()
        telling = {partition: owned for partition, owned in self._owned.items() if owned.tells_from <= now}
        if not telling:
            return
        async with self._pool.connection(timeout=_PATIENCE) as connection:
            kept = await alive(connection, log=self._log)
            due = {}
            for partition, owned in sorted(telling.items()):
                owned.published &= partition in kept
                due[partition] = owned.due(now)
                await self._write(connection, partition, owned, due[partition])
            await connection.commit()
        for partition, owned in telling.items():
            owned.published = True
            # One that cannot be told is looked at again: nothing happens when its window is full.
            owned.waiting -= {site for site, part in due[partition].items() if part is not None}

    async def _write(
        self, connection: AsyncConnection, partition: int, owned: _Owned, due: dict[int, Part | None]
    ) -> None:
        gone = [site for site, part in due.items() if part == _EMPTY]
        if gone or not owned.published:
            await remove_parts(connection, log=self._log, partition=partition, sites=gone if owned.published else None)
        parts = {site: encode_part(part) for site, part in due.items() if part != _EMPTY}
        await put_parts(connection, log=self._log, partition=partition, parts=parts)
