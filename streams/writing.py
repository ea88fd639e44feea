"""Events into the open transaction: load, reduce, write; in parts where the database refuses one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import psycopg

from storage import batches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg import AsyncConnection

    from core.events import Event
    from core.reducer import Reducer
    from core.sessions import Delta

#: What one row's content can cause. All else is the server's or the connection's trouble and has no culprit.
DATA_ERRORS: Final = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.ProgramLimitExceeded,
    UnicodeError,
    OverflowError,
)


class Refusal(NamedTuple):
    """The event at index `at` cannot be written."""

    at: int
    error: str


class Written(NamedTuple):
    """What became of a batch: one delta for each part, and the reducer to go on with."""

    reducer: Reducer
    deltas: tuple[Delta, ...]
    refusals: tuple[Refusal, ...] = ()


async def copy(connection: AsyncConnection, reducer: Reducer, events: Sequence[Event]) -> Written:
    """Reduce all of the events and write them; `batches.merge` is still to be called for the rest of the delta.

    Raises:
        psycopg.Error, UnicodeError, OverflowError: nothing more can be done in this transaction.
    """
    loaded = await batches.load(connection, reducer.needs(events))
    delta = reducer.apply(events, loaded)
    await batches.copy(connection, delta)
    return Written(reducer, (delta,))


async def write_in_parts(
    connection: AsyncConnection, partition: int, make_reducer: Callable[[], Reducer], events: Sequence[Event]
) -> Written:
    """Write all events but those that the database refuses, found by halving.

    `make_reducer` makes one that takes nothing of the batch's days for new, as parts written before are in the store.

    Raises:
        psycopg.Error: a trouble without a culprit; nothing more can be done in this transaction.
    """
    deltas: list[Delta] = []
    refusals: list[Refusal] = []
    reducer = make_reducer()
    parts = [(0, len(events))]
    while parts:
        begin, end = parts.pop()
        try:
            async with connection.transaction():
                written = await copy(connection, reducer, events[begin:end])
                async with connection.pipeline():
                    await batches.merge(connection, partition, written.deltas[0])
                    await batches.unstage(connection)
        except DATA_ERRORS as error:
            reducer = make_reducer()
            middle = (begin + end) // 2
            if middle == begin:
                refusals.append(Refusal(begin, f"{type(error).__name__}: {error}"))
            else:
                parts += [(middle, end), (begin, middle)]
        else:
            deltas += written.deltas
    return Written(reducer, tuple(deltas), tuple(refusals))
