"""The positions of logs, in a database that has come to another place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.sql import load

if TYPE_CHECKING:
    from psycopg import Connection


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
