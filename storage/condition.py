"""How a database stands: what `footfall doctor` asks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg.rows import args_row

from core.spans import HOUR
from storage import salts
from storage.binary import MillisecondsLoader
from storage.locks import LockSpace
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from psycopg import Connection

#: A rollup is late when its hour ended so long ago, ms. The scheduler makes a round every quarter of a minute, and lets
#: an hour that goes on changing wait for ten.
LATE: Final = 2 * HOUR


class Condition(NamedTuple):
    """Read in one statement, so that all of it is of one moment."""

    postgres: str  #: version
    timescaledb: str | None  #: version; None: plain tables
    clock: int  #: the server's time, ms
    size: int  #: bytes on its disk
    connections: int  #: of clients, ours among them
    most_connections: int
    old_salts: int  #: that should be forgotten by now
    dead_letters: int  #: that wait
    late_hour: int | None  #: the oldest hour whose rollup is late, ms
    scheduled: bool  #: whether a scheduler is at work


def read(connection: Connection, *, now: int) -> Condition:
    """Return how the database stands at `now` (ms)."""
    given = {"first_salt": salts.first_kept(now), "hour": instant(now - LATE), "scheduler": int(LockSpace.SCHEDULER)}
    with connection.cursor(binary=True, row_factory=args_row(Condition)) as cursor:
        cursor.adapters.register_loader("timestamptz", MillisecondsLoader)
        (found,) = cursor.execute(load("condition.read"), given).fetchall()
    return found


def policies(connection: Connection) -> list[tuple[str, str]]:
    """Return (job, hypertable) of each of TimescaleDB's own jobs on our tables. Needs the extension."""
    return [(job, table) for job, table in connection.execute(load("condition.policies"))]
