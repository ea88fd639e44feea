"""What was dropped of each site, counted in memory and added to the store every few seconds."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg_pool import PoolTimeout

from core.spans import DAY
from storage import drops
from storage.drops import Dropped
from storage.times import instant

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

    from core.clock import Clock
    from core.drops import DropReason

_log = logging.getLogger(__name__)

_WRITTEN_SECONDS: Final = 5
#: Within the grace that a process has for its end.
_PATIENCE_SECONDS: Final = 5
#: Counts held at most, some 20 MB: more sites than that, or a store that is away for as many days, is not kept.
_MAX_COUNTS: Final = 100_000
#: No host is longer.
_MAX_HOST: Final = 255


class Drops:
    """Counts by site, UTC day and reason; an `api.keepers.Keeper` too. For one thread: the loop's.

    While the store is away the counts are held and added up. A report of drops is no ledger: what a process had counted
    since it last wrote is lost when it is killed, and counted twice when the store's answer to a write is lost.
    """

    def __init__(
        self,
        *,
        pool: AsyncConnectionPool,
        clock: Clock,
        written_seconds: float = _WRITTEN_SECONDS,
        max_counts: int = _MAX_COUNTS,
    ) -> None:
        self._pool = pool
        self._now_ms = clock.now_ms
        self._written_seconds = written_seconds
        self._max_counts = max_counts
        self._counts: dict[tuple[int, int, DropReason], tuple[int, str]] = {}
        self._writing: asyncio.Task[None] | None = None
        self._away = False
        self.ready = asyncio.Event()

    def count(self, site: int, reason: DropReason, host: str = "") -> None:
        """Count one event of this site, now; of a host, the last one is told."""
        self._add((site, self._now_ms() // DAY, reason), 1, host[:_MAX_HOST])

    async def keep(self) -> None:
        """Write for ever, and once more at the end."""
        self.ready.set()
        try:
            while True:
                await asyncio.sleep(self._written_seconds)
                await self.write()
        finally:
            await self.write()

    async def write(self) -> None:
        """Add what was counted to the store; what cannot be written now is held."""
        # A write that has begun goes on when the caller is cancelled: half-known counts would be added twice.
        if self._writing is not None and not self._writing.done():
            await asyncio.shield(self._writing)
        if self._counts:
            self._writing = asyncio.create_task(self._write())
            await asyncio.shield(self._writing)

    async def _write(self) -> None:
        counts, self._counts = self._counts, {}
        dropped = [
            Dropped(site, instant(day * DAY).date(), reason.value, count, host)
            for (site, day, reason), (count, host) in counts.items()
        ]
        try:
            async with (
                asyncio.timeout(_PATIENCE_SECONDS),
                self._pool.connection(timeout=_PATIENCE_SECONDS) as connection,
            ):
                await drops.add(connection, dropped)
        except (psycopg.Error, PoolTimeout, OSError) as error:
            if not self._away:
                _log.warning("what is dropped cannot be written now and is held: %s", error)
            self._away = True
            for key, (count, host) in counts.items():
                # What came meanwhile is later.
                self._add(key, count, self._counts.get(key, (0, ""))[1] or host)
        else:
            self._away = False

    def _add(self, key: tuple[int, int, DropReason], count: int, host: str) -> None:
        known, last = self._counts.get(key, (0, ""))
        if known or len(self._counts) < self._max_counts:
            self._counts[key] = known + count, host or last
