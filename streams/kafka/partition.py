"""One owned partition: what was read of it is applied in order, again and again until it is, or it stops loudly."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from core import tracing
from core.errors import Fenced, LogGap, Unavailable
from core.spans import CLOCK_AHEAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.clock import Clock
    from core.telemetry import Telemetry
    from streams.messages import Message

logger = logging.getLogger(__name__)

#: Messages read before a seek still arrive after it; another seek before this many seconds would only add to them.
_SEEK_EVERY: Final = 5.0
_SEEKS: Final = 5
_BOUNDS_SECONDS: Final = 15.0
#: Seconds after which a batch that is still tried counts as stuck.
_STUCK_AFTER: Final = 30.0


class Engine(Protocol):
    """Applies a partition's messages to the store, a batch a transaction; as `streams.engine.PartitionEngine`."""

    async def open(self) -> int:
        """Return the next offset to apply; forgets all state. Raises Unavailable."""
        ...

    async def apply(self, messages: Sequence[Message]) -> object:
        """Apply them, in one transaction, or pass over what is applied. Raises Fenced, LogGap, Unavailable."""
        ...

    async def reach(self, end: int, *, at: int) -> None:
        """Note that all appended before `at` (ms) is applied, if the position still is `end`. Raises Unavailable."""
        ...

    def close(self) -> None:
        """Give the partition up."""
        ...


class Reader(Protocol):
    """The consumer, as far as a partition steers it."""

    async def seek(self, partition: int, offset: int) -> None:
        """Read on from `offset`."""
        ...

    async def bounds(self, partition: int) -> tuple[int, int]:
        """Return the first offset that the log still has, and the one that its next message will get."""
        ...

    def pause(self, partition: int) -> None:
        """Read nothing of it until partitions are handed out again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySettings:
    """How often a batch is tried. With the defaults about a minute and a half passes before the last attempt."""

    attempts: int = 24
    first_pause: float = 0.2  #: seconds; doubles up to `longest_pause`
    longest_pause: float = 5.0


class Partition:
    """One partition that this worker owns. Its methods may be called concurrently; batches are applied one by one."""

    def __init__(  # noqa: PLR0913 - everything it depends on, named
        self,
        number: int,
        *,
        engine: Engine,
        reader: Reader,
        clock: Clock,
        telemetry: Telemetry,
        retry: RetrySettings,
        log: str = "",
    ) -> None:
        self.number = number
        self._log = log
        self.halted = False  #: the log and the stored position disagree
        self._engine = engine
        self._reader = reader
        self._clock = clock
        self._telemetry = telemetry
        self._retry = retry
        self._next: int | None = None  # None: to be read from the store
        self._closed = asyncio.Event()
        self._lock = asyncio.Lock()
        self._seeks = 0
        self._sought_at = -_SEEK_EVERY
        self._busy_since: float | None = None

    def problem(self) -> str | None:
        """Return why nothing is applied, or None; asked from any thread."""
        if self.halted:
            return f"partition {self.number} is stopped, see `footfall positions`"
        since = self._busy_since
        busy = 0.0 if since is None else self._clock.monotonic() - since
        return f"partition {self.number} has tried the same for {busy:.0f} s" if busy > _STUCK_AFTER else None

    async def open(self) -> None:
        """Read the stored position, however long the store is away, so that observers begin before messages come."""
        attempt = 0
        began = self._clock.monotonic()
        while not self._closed.is_set():
            async with self._lock:
                self._busy_since = began
                try:
                    await self._position()
                except LogGap as gap:
                    self._halt(gap)
                    return
                except Exception as error:  # noqa: BLE001 - retried; `take` counts and ends it
                    logger.warning("partition %d cannot be opened yet: %s", self.number, error)
                else:
                    self._busy_since = None
                    return
            attempt += 1
            await self._pause(attempt)

    async def take(self, messages: Sequence[Message]) -> int:
        """Apply what is due of `messages` and return the stored position: what is below it may be acknowledged.

        Returns 0 if the partition is halted or closed.

        Raises:
            Unavailable: it failed as often as the settings allow. Nothing of it may be acknowledged.
        """
        if not messages:
            return await self._take(messages)
        with tracing.batch(self._log, self.number, messages[0].offset, messages[-1].offset):
            return await self._take(messages)

    async def _take(self, messages: Sequence[Message]) -> int:
        failures = 0
        async with self._lock:
            self._busy_since = self._clock.monotonic()
            while not (self.halted or self._closed.is_set()):
                try:
                    position = await self._attempt(messages)
                except LogGap as gap:
                    self._halt(gap)
                except Exception as error:  # of any kind: it must not end the loop that feeds all partitions
                    failures += 1
                    self._tell(error, failures)
                    if failures >= self._retry.attempts:
                        raise Unavailable(f"partition {self.number} failed {failures} times: {error}") from error
                    await self._pause(failures)
                else:
                    self._busy_since = None
                    return position
            return 0

    async def reach(self) -> None:
        """Note how far the partition is applied if the log holds nothing more, since then no batch does.

        Raises:
            Unavailable: broker or store does not answer; TimeoutError says the same of the broker.
        """
        if self.halted or self._next is None or self._closed.is_set():
            return
        # The log's clock and this one may differ; what the log stamps before `at` it holds already.
        at = self._clock.now_ms() - CLOCK_AHEAD
        async with asyncio.timeout(_BOUNDS_SECONDS):
            _, end = await self._reader.bounds(self.number)
        if self._next == end:
            await self._engine.reach(end, at=at)

    async def standing(self) -> int | None:
        """Return the position if the log holds messages from there on and no batch is in work; else None.

        Raises:
            Unavailable: the broker does not answer; TimeoutError says the same.
        """
        position = self._next
        if self.halted or position is None or self._closed.is_set() or self._lock.locked():
            return None
        async with asyncio.timeout(_BOUNDS_SECONDS):
            _, end = await self._reader.bounds(self.number)
        return position if position == self._next and position < end else None

    async def close(self, patience: float) -> None:
        """Give the partition up after the batch in work, and return then or after `patience` seconds.

        A batch that takes longer goes on; unless the new owner is faster, which fences it, it is committed.
        """
        self._closed.set()
        self._closing = asyncio.create_task(self._close_engine())
        done, _ = await asyncio.wait([self._closing], timeout=patience)
        if not done:
            logger.warning("partition %d is given up amid a batch", self.number)

    async def _close_engine(self) -> None:
        async with self._lock:
            self._engine.close()

    async def _attempt(self, messages: Sequence[Message]) -> int:
        position = await self._position()
        due, hole = _due(position, messages)
        if due:
            try:
                await self._engine.apply(due)
            except LogGap as gap:  # the engine has found another position than it had: read it anew
                raise Fenced(str(gap)) from gap
            self._next = position = due[-1].offset + 1
            logger.debug("partition %d: applied %d messages, up to offset %d", self.number, len(due), position - 1)
            self._seeks = 0
        if hole:
            await self._seek(position)
        return position

    async def _position(self) -> int:
        if self._next is None:
            position = await self._engine.open()
            await self._check(position)
            self._next = position
        return self._next

    async def _check(self, position: int) -> None:
        async with asyncio.timeout(_BOUNDS_SECONDS):
            begin, end = await self._reader.bounds(self.number)
        if position < begin:
            raise LogGap(f"the log begins at {begin}, but {position} is the next to apply: messages are gone")
        if position > end:
            raise LogGap(f"the log ends at {end}, but {position} is the next to apply: it is not the log of this store")

    async def _seek(self, position: int) -> None:
        """Go back to what is missing: after a move of partitions, or when the group's offset is not the store's."""
        now = self._clock.monotonic()
        if now - self._sought_at < _SEEK_EVERY:
            return
        await self._check(position)
        if self._seeks >= _SEEKS:
            raise LogGap(f"offset {position} does not come, though it was asked for {_SEEKS} times")
        self._seeks += 1
        self._sought_at = now
        logger.info("partition %d: reading on from the stored position %d", self.number, position)
        await self._reader.seek(self.number, position)

    def _tell(self, error: Exception, failures: int) -> None:
        """Log a failed attempt; unless the store was merely away, the engine must begin anew."""
        if isinstance(error, Fenced):
            logger.info("partition %d: %s; reading the position again", self.number, error)
        else:
            logger.warning(
                "partition %d: attempt %d of %d failed: %s",
                self.number,
                failures,
                self._retry.attempts,
                error,
                exc_info=not isinstance(error, Unavailable),
            )
        if not isinstance(error, Unavailable):
            self._next = None

    def _halt(self, gap: LogGap) -> None:
        self.halted = True
        self._telemetry.add("footfall_flush_failures_total", cause="log_gap")
        logger.critical("partition %d is stopped: %s. See `footfall positions`", self.number, gap)
        self._reader.pause(self.number)

    async def _pause(self, failures: int) -> None:
        """Wait before the next attempt, unless the partition is closed meanwhile."""
        seconds = min(self._retry.first_pause * 2 ** (failures - 1), self._retry.longest_pause)
        jitter = 0.5 + random.random() / 2  # noqa: S311 - spreads attempts, guards nothing
        try:
            async with asyncio.timeout(seconds * jitter):
                await self._closed.wait()
        except TimeoutError:
            return


def _due(position: int, messages: Sequence[Message]) -> tuple[list[Message], bool]:
    """Return the run of messages that begins at `position`, and whether one is missing before a later one.

    Around a move of partitions a message may come twice, and what was read before may follow what was read after.
    """
    due: list[Message] = []
    for message in sorted(messages, key=lambda message: message.offset):
        if message.offset > position:
            return due, True
        if message.offset == position:
            due.append(message)
            position += 1
    return due, False
