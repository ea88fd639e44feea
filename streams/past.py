"""Events of days that no worker writes to any more, counted by a transaction of their own instead of through the log.

A worker takes an event of a day until 24 hours after it. An event changes sessions of its own day and of the days
around it. So three days after the beginning of an event's day nobody else changes what the event can change, once every
partition has been applied up to then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
from psycopg_pool import PoolTimeout

from core.errors import Refused, Unavailable
from core.reducer import Reducer
from core.spans import DAY, LATENESS, day_of
from storage import batches, dead_letters, imports, locks, positions, tombstones
from storage.archive import retention
from storage.forgotten import forgotten
from storage.times import instant
from streams.intake import Gone
from streams.writing import DATA_ERRORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

    from core.events import Event

#: No log keeps a message for so long: a partition that is further behind than this is of a log that was given up.
_NO_LOG_KEEPS: Final = 9 * DAY


class InFiles(Unavailable):
    """Days that the events change are in files only."""

    def __init__(self, days: Sequence[tuple[int, int]]) -> None:
        super().__init__("days that the events change are in the archive only", retry_after=60)
        self.days = days  # (site, start of the day in ms)


class NotApplied(Unavailable):
    """A partition has not been applied far enough for this event to be of the past."""


def past_from(ts: int) -> int:
    """Return when (ms) an event at `ts` belongs to the past: its day, the next one and the lateness limit later."""
    return day_of(ts) + 2 * DAY + LATENESS


async def count_letter(pool: AsyncConnectionPool, letter: int, events: Sequence[Event], *, now: int) -> bool:
    """Count the events of the dead letter `letter`, all of the past at `now` (ms), and note that it is replayed.

    Sessions, facts and marks are as if the events had come in time. What the store has already and what is of a deleted
    site is left out. Letters are counted one by one, whoever calls.

    Returns:
        False if the letter does not wait any more; nothing was done.

    Raises:
        Refused: the database refuses one of the events.
        NotApplied: a partition has not been applied far enough.
        InFiles: there are days to be thawed before; nothing was done.
        Unavailable: the store does not answer.
    """
    try:
        async with pool.connection() as connection:
            await batches.prepare(connection)
            await locks.wait_for_past(connection)
            await _require_applied(connection, max(past_from(event.ts) for event in events), now=now)
            if not await dead_letters.settle(connection, letter, at=now):
                return False
            wanted = await _wanted(connection, events)
            await _require_rows(connection, wanted)
            await _count(connection, wanted, now=now)
            return True
    except DATA_ERRORS as error:
        raise Refused(f"{type(error).__name__}: {error}") from error
    except (psycopg.Error, PoolTimeout) as error:
        raise Unavailable(f"the store does not answer: {error}") from error


async def _require_applied(connection: AsyncConnection, until: int, *, now: int) -> None:
    if until <= now - _NO_LOG_KEEPS:
        return
    behind = await positions.least(connection, before=until)
    if behind is not None:
        raise NotApplied(
            f"partition {behind.partition} of {behind.log} has been applied up to"
            f" {instant(behind.applied_to):%Y-%m-%d %H:%M} only, and {instant(until):%Y-%m-%d %H:%M} UTC is needed:"
            " start what applies it and try again, see `footfall positions`",
        )


async def _require_rows(connection: AsyncConnection, events: Sequence[Event]) -> None:
    """An event changes its day, and through sessions over midnight those around it. What is there stays there."""
    touched = {(event.site, day_of(event.ts) + days * DAY) for event in events for days in (-1, 0, 1)}
    if in_files := await retention.without_rows(connection, sorted(touched)):
        raise InFiles(in_files)


async def _wanted(connection: AsyncConnection, events: Sequence[Event]) -> list[Event]:
    """Leave out who is gone, and events of nobody that are stored; others the reducer compares with the store."""
    gone = Gone(await tombstones.deleted_sites(connection), await forgotten(connection))
    stored = await batches.stored_of_nobody(connection, [event for event in events if not event.visitor])
    return [
        event
        for event in events
        if not gone.has(event) and (event.visitor or (event.site, event.ts, event.event_id) not in stored)
    ]


async def _count(connection: AsyncConnection, events: Sequence[Event], *, now: int) -> None:
    reducer = Reducer(greatest_ts=now)  # so no visitor-day is taken for new
    loaded = await batches.load_past(connection, reducer.needs(events))
    delta = reducer.apply(events, loaded)
    await batches.copy(connection, delta)
    async with connection.pipeline():
        await batches.merge(connection, imports.PARTITION, delta)
