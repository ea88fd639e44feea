"""An event log that applies what it is given at once, so that reports have it when the request is answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from streams.codec import NO_PRODUCER
from streams.engine import PartitionEngine
from streams.messages import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg_pool import AsyncConnectionPool

    from core.events import Event


class ApplyingLog:
    """`core.ports.EventLog` of one partition and its engine in one: each append is a commit.

    Args:
        pool: the store.
    """

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._engine = PartitionEngine(pool, "applying", 0, clock=SystemClock(), telemetry=NoTelemetry())
        self._next: int | None = None
        self._one_at_a_time = asyncio.Lock()

    async def append(self, events: Sequence[tuple[int, Event]]) -> None:
        """Apply them, as if they had come when the last of them was."""
        applied = tuple(event for _, event in events)
        async with self._one_at_a_time:
            offset = await self._engine.open() if self._next is None else self._next
            await self._engine.apply([Message(offset, applied[-1].ts, NO_PRODUCER, 0, applied)])
            self._next = offset + 1

    async def ready(self) -> None:
        """Always."""
