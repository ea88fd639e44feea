"""What all processes together let through: the latest requests of each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from psycopg import Connection


class Taken(NamedTuple):
    """What the store says of a request."""

    wait: float | None  # seconds until one would be let through; None if this one was
    counted: int  # requests in the window, this one included
    frees: float  # seconds until the first of them leaves it


def take(connection: Connection, key: bytes, *, requests: int, seconds: int) -> Taken:
    """Count a request of the key if fewer than `requests` were let through in the last `seconds`, by the store's clock.

    One round trip, in a transaction of its own: the connection must not be in one, and is not in one afterwards.
    """
    connection.autocommit = True
    try:
        row = connection.execute(
            load("rate_limits.take"), {"key": key, "requests": requests, "seconds": seconds}
        ).fetchone()
    finally:
        if not connection.closed:
            connection.autocommit = False
    if row is None:
        raise LookupError("an upsert returned no row")
    return Taken(None if row[0] is None else float(row[0]), row[1], float(row[2]))


def forget(connection: Connection, *, before: int) -> int:
    """Forget the keys of which nothing was let through since `before` (ms); return how many. The caller commits."""
    return connection.execute(load("rate_limits.forget"), {"before": instant(before)}).rowcount
