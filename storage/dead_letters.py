"""Dead letters: what was acknowledged and could not be counted, kept until somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.drops import DeadReason
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from psycopg import AsyncConnection, Connection


class DeadLetter(NamedTuple):
    """A message or an event that was left out. `payload` is the message as it came, or one of that event alone."""

    log: str
    partition: int
    message: int  # its offset
    appended_at: int  # ms
    reason: DeadReason
    error: str
    payload: bytes


class StoredDeadLetter(NamedTuple):
    """A dead letter as it stands in the store. `replayed_at` in ms; None while it waits."""

    id: int
    letter: DeadLetter
    replayed_at: int | None


async def insert(connection: AsyncConnection, letters: Sequence[DeadLetter]) -> None:
    """Keep dead letters, in the transaction that passes their messages."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            load("dead_letters.insert"),
            [
                (
                    letter.log,
                    letter.partition,
                    letter.message,
                    instant(letter.appended_at),
                    letter.reason.value,
                    letter.error.replace("\0", "\\0"),
                    letter.payload,
                )
                for letter in letters
            ],
        )


def waiting(  # noqa: PLR0913 - each narrows it
    connection: Connection,
    *,
    after: int = 0,
    limit: int = 1_000,
    replayed_too: bool = False,
    ids: Collection[int] | None = None,
    reason: DeadReason | None = None,
) -> list[StoredDeadLetter]:
    """Return dead letters with ids above `after`, oldest first; of `ids` and of `reason` only, if they are given."""
    rows = connection.execute(
        load("dead_letters.list"),
        {
            "after": after,
            "limit": limit,
            "all": replayed_too,
            "ids": None if ids is None else list(ids),
            "reason": reason and reason.value,
        },
    ).fetchall()
    return [
        StoredDeadLetter(
            id=id_,
            letter=DeadLetter(log, partition, message, millis(appended_at), DeadReason(reason), error, payload),
            replayed_at=None if replayed_at is None else millis(replayed_at),
        )
        for id_, log, partition, message, appended_at, reason, error, payload, replayed_at in rows
    ]


def count(connection: Connection) -> dict[DeadReason, int]:
    """Return how many wait, by reason."""
    return {DeadReason(reason): number for reason, number in connection.execute(load("dead_letters.count"))}


def mark_replayed(connection: Connection, ids: Collection[int], *, at: int) -> int:
    """Note that these were replayed at `at` (ms); return how many had been waiting. The caller commits."""
    return connection.execute(load("dead_letters.mark_replayed"), {"ids": list(ids), "at": instant(at)}).rowcount


def change(connection: Connection, letter: int, payload: bytes) -> None:
    """Let a dead letter hold something else. The caller commits."""
    connection.execute(load("dead_letters.change"), {"id": letter, "payload": payload})


def remove(connection: Connection, ids: Collection[int]) -> int:
    """Remove these for good and return how many there were. The caller commits."""
    return connection.execute(load("dead_letters.remove"), {"ids": list(ids)}).rowcount


async def settle(connection: AsyncConnection, letter: int, *, at: int) -> bool:
    """Note that this one is replayed by the open transaction, at `at` (ms); False if it does not wait any more.

    Whoever settles the same letter at the same time waits for this transaction's end.
    """
    cursor = await connection.execute(load("dead_letters.mark_replayed"), {"ids": [letter], "at": instant(at)})
    return cursor.rowcount == 1
