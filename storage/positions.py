"""How far each partition of each log has been applied; the compare-and-set that lets one owner write."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from psycopg.rows import args_row

from storage.binary import MillisecondsLoader
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import AsyncConnection, Connection


class Position(NamedTuple):
    """`next` offset to apply; greatest event ts applied, ms since 1970 UTC (0: none).

    All that was appended before `applied_to` (ms; 0: nothing is known) is applied. `epoch` rises when a visitor is
    forgotten: what was remembered of visitors in an earlier one is void.
    """

    next: int
    greatest_ts: int
    applied_to: int
    epoch: int = 0


async def take(connection: AsyncConnection, log: str, partition: int, *, first: int = 0) -> Position:
    """Return the position, made with `first` as next offset if the partition is new.

    Locks the row until the transaction ends, so a commit that the last owner has under way is waited for.
    """
    which = {"log": log, "partition": partition}
    async with connection.cursor(binary=True, row_factory=args_row(Position)) as cursor:
        cursor.adapters.register_loader("timestamptz", MillisecondsLoader)
        await cursor.execute(load("positions.take"), which)
        if (position := await cursor.fetchone()) is not None:
            return position
        await cursor.execute(load("positions.create"), {**which, "next": first})
        await cursor.execute(load("positions.take"), which)
        (position,) = await cursor.fetchall()
        return position


async def move(  # noqa: PLR0913 - the row's columns
    connection: AsyncConnection,
    log: str,
    partition: int,
    *,
    old: int,
    new: int,
    greatest_ts: int,
    applied_to: int,
    epoch: int = 0,
) -> bool:
    """Move `next` from `old` to `new`; False if it was not `old`, or not of this epoch. Times never go back."""
    async with connection.pipeline():  # BEGIN goes with it
        cursor = await connection.execute(
            load("positions.move"),
            {
                "log": log,
                "partition": partition,
                "old": old,
                "new": new,
                "greatest_ts": instant(greatest_ts),
                "applied_to": instant(applied_to),
                "epoch": epoch,
            },
        )
    return cursor.rowcount == 1


async def reach(connection: AsyncConnection, log: str, ends: Mapping[int, int], *, at: int) -> int:
    """Note that the partitions whose next offset is the one in `ends` have been applied up to `at`; return how many.

    So a quiet partition does not look like one that is behind. `ends` are the log's ends by partition, read at `at`
    (ms) or later: what was appended before is below them. A row that somebody is moving is left alone. The caller
    commits.
    """
    cursor = await connection.execute(
        load("positions.reach"),
        {"log": log, "partitions": list(ends), "ends": list(ends.values()), "at": instant(at)},
    )
    return cursor.rowcount


class Behind(NamedTuple):
    """A partition that has not been applied far enough."""

    log: str
    partition: int
    applied_to: int  # ms


async def least(connection: AsyncConnection, *, before: int) -> Behind | None:
    """Return what has been applied the least far, or None if all partitions have been up to `before` (ms)."""
    cursor = await connection.execute(load("positions.least"), {"instant": instant(before)})
    row = await cursor.fetchone()
    return None if row is None else Behind(row[0], row[1], millis(row[2]))


def any_behind(connection: Connection, *, before: int, without: str = "") -> bool:
    """Return whether a partition of any log but `without` has not been applied up to `before` (ms)."""
    given = {"instant": instant(before), "without": without}
    row = connection.execute(load("positions.behind"), given).fetchone()
    return row is None or bool(row[0])


def listed(connection: Connection) -> list[tuple[str, int, Position]]:
    """Return (log, partition, position) of every partition that was ever applied, in order."""
    rows = connection.execute(load("positions.list")).fetchall()
    return [
        (log, partition, Position(next_, millis(greatest_ts), millis(applied_to)))
        for log, partition, next_, greatest_ts, applied_to in rows
    ]


async def of_log(connection: AsyncConnection, log: str) -> dict[int, int]:
    """Return the next offset to apply of each partition of one log."""
    cursor = await connection.execute(load("positions.list"))
    return {partition: next_ async for name, partition, next_, _, _ in cursor if name == log}


def forget_local(connection: Connection, local: str) -> None:
    """Forget how far the log `local` was applied, which nobody applies any more. The caller commits."""
    connection.execute(load("positions.forget_local"), {"local": local})
    connection.execute(load("producers.forget_logs"))


def forget_others(connection: Connection, local: str) -> None:
    """Forget how far every log but `local` was applied, which nobody applies any more. The caller commits."""
    connection.execute(load("positions.forget_others"), {"local": local})
    connection.execute(load("producers.forget_logs"))


def skip(connection: Connection, log: str, partition: int, *, to: int) -> None:
    """Let a partition go on at a later offset, because the log has nothing of before. The caller commits."""
    connection.execute(load("positions.skip"), {"log": log, "partition": partition, "next": to})
