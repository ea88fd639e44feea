"""How PostgreSQL itself is: what its own statistics tell, in a few cheap statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg.rows import args_row

from storage.sql import load

if TYPE_CHECKING:
    from psycopg import Connection

#: Tables that are written all the time.
HOT: Final = (
    "events",
    "sessions",
    "event_properties",
    "midnight_links",
    "marks",
    "roll_site",
    "roll_path",
    "roll_event",
    "roll_dim",
)
#: So many gaps are counted.
MOST_GAPS: Final = 1_000


class Server(NamedTuple):
    """The server, and our database on it."""

    connections: int  #: of clients
    connections_limit: int
    size: int  #: bytes
    oldest_transaction: float  #: seconds; 0 without one
    deadlocks: int  #: since the statistics were reset
    blocks_hit: int  #: found in memory, the same
    blocks_read: int  #: not
    oldest_salt: float | None  #: when its day began, s since 1970 UTC
    gaps: int  #: days that a rollup misses


class Wal(NamedTuple):
    """The write-ahead log, bytes."""

    size: int
    replication_lag: int  #: of the slowest replica


class Table(NamedTuple):
    """A table with its chunks."""

    name: str
    dead_rows: int
    chunks: int


def read(connection: Connection) -> Server:
    """Return how the server is."""
    with connection.cursor(row_factory=args_row(Server)) as cursor:
        (found,) = cursor.execute(load("server.read"), {"most_gaps": MOST_GAPS}).fetchall()
    return found


def wal(connection: Connection) -> Wal | None:
    """Return how long the write-ahead log is; None where our user may not read that."""
    (may_read,) = connection.execute(load("server.may_read_wal")).fetchall()[0]
    return Wal(*connection.execute(load("server.wal")).fetchall()[0]) if may_read else None


def tables(connection: Connection) -> list[Table]:
    """Return the tables that are written all the time."""
    given = {"tables": list(HOT)}
    return [Table(*row) for row in connection.execute(load("server.tables"), given)]
