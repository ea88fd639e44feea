"""One partition's way into the store: a batch of messages in one transaction, whose first statement moves the position.

The single node's runner and the cluster's workers drive it alike. What it keeps in memory is a cache; after any failure
it is thrown away and the stored position says where to go on.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg_pool import PoolTimeout

from core.drops import DeadReason
from core.errors import Fenced, InvalidInput, Unavailable
from core.reducer import Reducer
from core.spans import FLOOD_LIMIT
from storage import batches, dead_letters, positions, producers
from storage.dead_letters import DeadLetter
from storage.forgotten import forgotten
from streams.codec import NO_PRODUCER, encode
from streams.intake import Gone, Intake, greatest_ts, skip_applied, take_in
from streams.messages import Applied, Dead, Message, Observer
from streams.tombstones import Tombstones
from streams.writing import DATA_ERRORS, Written, copy, write_in_parts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

    from core.clock import Clock
    from core.events import Event
    from core.telemetry import Telemetry
    from storage.forgotten import Forgotten

__all__ = ["Applied", "Dead", "Message", "Observer", "PartitionEngine"]

#: Seconds to wait for a connection.
_PATIENCE: Final = 5.0


class _NewEpoch(Exception):  # noqa: N818 - named by what happened
    """Somebody was forgotten since the state was made; nothing of the batch was written."""


@dataclass(slots=True)
class _State:
    """The cache. `lasts` is the last sequence applied of the producers met so far."""

    next: int
    greatest_ts: int
    reducer: Reducer
    epoch: int
    forgotten: Forgotten
    lasts: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class _Attempt:
    """A batch that was written up to its commit."""

    next: int
    intake: Intake
    written: Written
    dead: tuple[Dead, ...]
    began: float  # monotonic


class PartitionEngine:
    """Applies one partition of one log. Not for concurrent calls: one batch at a time.

    Args:
        pool: connections that are not in autocommit mode.
        log: name of the log, with its generation.
        partition: number of the partition.
        clock: for how long things take.
        telemetry: where the flush metrics go.
        observers: are told what was committed.
        capacity: visitor-days kept in memory.
        flood_limit: counted events of one visitor-day.
    """

    def __init__(  # noqa: PLR0913 - the parts it is made of
        self,
        pool: AsyncConnectionPool,
        log: str,
        partition: int,
        *,
        clock: Clock,
        telemetry: Telemetry,
        observers: Sequence[Observer] = (),
        capacity: int = 200_000,
        flood_limit: int = FLOOD_LIMIT,
    ) -> None:
        self._pool = pool
        self._log = log
        self._partition = partition
        self._clock = clock
        self._telemetry = telemetry
        self._observers = observers
        self._capacity = capacity
        self._flood_limit = flood_limit
        self._tombstones = Tombstones(clock)
        self._state: _State | None = None
        self._attempt: _Attempt | None = None

    async def open(self) -> int:
        """Take the partition over and return the offset of the next message to apply.

        A partition that was never applied begins at 0. Observers are told first of a batch whose commit was not
        answered, if it came through.

        Raises:
            Unavailable: the store does not answer.
        """
        self._state = None
        state, _ = await self._resume()
        for observer in self._observers:
            observer.opened(self._partition)
        return state.next

    def close(self) -> None:
        """Give the partition up; no call may be under way."""
        self._state = self._attempt = None
        for observer in self._observers:
            observer.closed(self._partition)

    async def apply(self, messages: Sequence[Message]) -> Applied:
        """Write the messages and move the position behind them, in one transaction; return after its commit.

        Messages below the position are passed over, so after `Unavailable` the same call may be made again.

        Raises:
            Fenced: another owner moved the position; nothing was written. Call `open` to go on.
            LogGap: the messages do not follow the position without a gap; nothing was written.
            Unavailable: the store does not answer, or does not say whether it committed.
        """
        state, applied = (self._state, Applied()) if self._state else await self._resume()
        fresh = skip_applied(messages, state.next)
        if not fresh:
            return applied
        try:
            try:
                return await self._commit(state, fresh, in_parts=False)
            except _NewEpoch:
                state, _ = await self._resume()
                return await self._commit(state, fresh, in_parts=False)
        except DATA_ERRORS:
            self._failed("data")
        state, _ = await self._resume()
        return await self._commit(state, fresh, in_parts=True)

    async def reach(self, end: int, *, at: int) -> None:
        """Note that all appended before `at` (ms) is applied, if the position still is `end`.

        `end` is the log's, read at `at` or later. So a quiet partition is not taken for one that is behind. Touches
        nothing that is kept in memory.

        Raises:
            Unavailable: the store does not answer.
        """
        async with self._transaction() as connection:
            await positions.reach(connection, self._log, {self._partition: end}, at=at)
            await connection.commit()

    async def _resume(self) -> tuple[_State, Applied]:
        """Read the position, and learn from it whether an attempt whose commit was not answered had come through."""
        async with self._transaction() as connection:
            position = await positions.take(connection, self._log, self._partition)
            # Within the position's lock: who is forgotten later raises the epoch.
            known = await forgotten(connection)
            await connection.commit()
        attempt, self._attempt = self._attempt, None
        reducer = self._make_reducer(position.greatest_ts)
        self._state = _State(position.next, position.greatest_ts, reducer, position.epoch, known)
        if attempt is not None and attempt.next == position.next:
            return self._state, self._committed(attempt)
        return self._state, Applied()

    async def _commit(self, state: _State, fresh: Sequence[Message], *, in_parts: bool) -> Applied:
        began = self._clock.monotonic()
        self._state = None  # until it is known to be true
        greatest = max(state.greatest_ts, greatest_ts(fresh))
        async with self._transaction() as connection:
            await self._move(connection, state, fresh, greatest)
            intake = await self._take_in(connection, state, fresh)
            if in_parts:
                # The parts before are of this batch's days, so no visitor-day of theirs is new any more.
                written = await write_in_parts(
                    connection, self._partition, lambda: self._make_reducer(greatest), intake.events
                )
            else:
                written = await copy(connection, state.reducer, intake.events)
            dead = (*intake.dead, *_refused(intake, written))
            attempt = self._attempt = _Attempt(fresh[-1].offset + 1, intake, written, dead, began)
            async with connection.pipeline():
                if not in_parts:
                    await batches.merge(connection, self._partition, written.deltas[0])
                if dead:
                    await dead_letters.insert(connection, self._letters(fresh, dead))
                if intake.lasts:
                    seen_at = fresh[-1].appended_at
                    await producers.move(connection, self._log, self._partition, intake.lasts, seen_at=seen_at)
                await connection.commit()
        self._attempt = None
        lasts = state.lasts | intake.lasts
        self._state = _State(attempt.next, greatest, written.reducer, state.epoch, state.forgotten, lasts)
        return self._committed(attempt)

    async def _move(self, connection: AsyncConnection, state: _State, fresh: Sequence[Message], greatest: int) -> None:
        moved = await positions.move(
            connection,
            self._log,
            self._partition,
            old=state.next,
            new=fresh[-1].offset + 1,
            greatest_ts=greatest,
            applied_to=max(message.appended_at for message in fresh),
            epoch=state.epoch,
        )
        if not moved:
            await connection.rollback()
            position = await positions.take(connection, self._log, self._partition)
            await connection.rollback()
            if position.next == state.next:
                raise _NewEpoch
            self._failed("fenced")
            raise Fenced(f"partition {self._partition} of {self._log} is no longer at offset {state.next}")

    async def _take_in(self, connection: AsyncConnection, state: _State, fresh: Sequence[Message]) -> Intake:
        met = {message.producer for message in fresh} - state.lasts.keys() - {NO_PRODUCER}
        lasts = state.lasts
        if met:
            lasts = lasts | await producers.last(connection, self._log, self._partition, met)
        return take_in(fresh, lasts, Gone(await self._tombstones.sites(connection), state.forgotten))

    def _letters(self, messages: Sequence[Message], dead: Sequence[Dead]) -> list[DeadLetter]:
        by_offset = {message.offset: message for message in messages}
        return [
            DeadLetter(
                self._log,
                self._partition,
                letter.offset,
                by_offset[letter.offset].appended_at,
                letter.reason,
                letter.error,
                _payload(by_offset[letter.offset], letter.event),
            )
            for letter in dead
        ]

    def _make_reducer(self, takeover_ts: int) -> Reducer:
        return Reducer(greatest_ts=takeover_ts, capacity=self._capacity, flood_limit=self._flood_limit)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose transaction is rolled back unless it was committed."""
        try:
            async with self._pool.connection(timeout=_PATIENCE) as connection:
                await batches.prepare(connection)
                yield connection
        except DATA_ERRORS:
            raise
        except (psycopg.Error, PoolTimeout) as error:
            self._failed("store")
            raise Unavailable(f"the store did not take the batch: {error}") from error

    def _failed(self, cause: str) -> None:
        self._telemetry.add("footfall_flush_failures_total", cause=cause)

    def _committed(self, attempt: _Attempt) -> Applied:
        """Tell everybody of a batch that is in the store."""
        deltas = attempt.written.deltas
        events = [stored.event for delta in deltas for stored in delta.events]
        add, observe = self._telemetry.add, self._telemetry.observe
        observe("footfall_flush_seconds", self._clock.monotonic() - attempt.began)
        observe("footfall_flush_events", len(events))
        self._telemetry.set("footfall_last_flush_timestamp_seconds", self._clock.now_ms() / 1_000)
        add("footfall_events_stored_total", len(events))
        for path, amount in (
            ("fast", sum(delta.fast for delta in deltas)),
            ("slow", sum(delta.slow for delta in deltas)),
            ("duplicate", sum(delta.duplicates for delta in deltas)),
            ("flood", sum(delta.floods for delta in deltas)),
        ):
            if amount:
                add("footfall_reducer_events_total", amount, path=path)
        for letter in attempt.dead:
            add("footfall_dead_letters_total", reason=letter.reason.value)
        if attempt.intake.deleted:
            add("footfall_dead_letters_total", attempt.intake.deleted, reason=DeadReason.SITE_DELETED.value)
        for observer in self._observers:
            observer.committed(self._partition, events)
        return Applied(len(events), attempt.dead)


def _refused(intake: Intake, written: Written) -> list[Dead]:
    return [
        Dead(intake.offsets[refusal.at], DeadReason.REFUSED, refusal.error, intake.events[refusal.at])
        for refusal in written.refusals
    ]


def _payload(message: Message, event: Event | None) -> bytes:
    """The message as it came, or one that holds the event alone."""
    if event is None:
        return message.payload
    try:
        return encode(message.producer, message.sequence, (event,))
    except InvalidInput:
        return repr(event).encode(errors="backslashreplace")
