"""Whether anybody has come to a site yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from psycopg import Connection


def seen(connection: Connection, site: int) -> bool:
    """Whether a human's event was ever counted there."""
    row = connection.execute(load("arrivals.seen"), {"site": site}).fetchone()
    return row is not None and bool(row[0])


def bots(connection: Connection, site: int, *, since: int) -> int:
    """How many events of bots there were since then (ms)."""
    row = connection.execute(load("arrivals.bots"), {"site": site, "since": instant(since)}).fetchone()
    return 0 if row is None else int(row[0])
