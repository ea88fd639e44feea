"""The last sequence applied of each producer: a message that the log holds twice counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from psycopg import AsyncConnection, Connection


async def last(connection: AsyncConnection, log: str, partition: int, producers: Collection[int]) -> dict[int, int]:
    """Return the last sequence of each of `producers` that has one."""
    cursor = await connection.execute(
        load("producers.last"), {"log": log, "partition": partition, "producers": list(producers)}
    )
    return dict(await cursor.fetchall())


async def move(
    connection: AsyncConnection, log: str, partition: int, lasts: Mapping[int, int], *, seen_at: int
) -> None:
    """Note the last sequence of each producer; `seen_at` is the append time in ms."""
    await connection.execute(
        load("producers.move"),
        {
            "log": log,
            "partition": partition,
            "producers": list(lasts),
            "lasts": list(lasts.values()),
            "seen_at": instant(seen_at),
        },
    )


def forget(connection: Connection, *, before: int) -> int:
    """Forget producers whose last message was appended before `before` (ms); return how many.

    Right only for what is older than the log's retention: a younger message could still be read again.
    """
    return connection.execute(load("producers.forget"), {"before": instant(before)}).rowcount
