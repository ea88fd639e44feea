"""Pools of database connections, all alike: transactions by hand, UTC, named."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from weakref import WeakSet

from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import AsyncConnectionPool, ConnectionPool, PoolTimeout

from core.errors import Unavailable

#: A pool tries after 1, 3 and 4 s and then begins again. Left to itself it doubles its pauses for five minutes, so that
#: a server that was away for long would be noticed late.
_RECONNECT_SECONDS: Final = 4
#: A statement that a connection has run so often before is prepared. Connections take turns, and what is not prepared
#: is planned anew each time, which often takes longer than to run it.
_PREPARED_AFTER: Final = 1
#: Those that were opened in this process and are still there.
_OPENED: Final[WeakSet[ConnectionPool | AsyncConnectionPool]] = WeakSet()


class Standing(NamedTuple):
    """The connections of a pool, and who waits for one."""

    connections: int
    waiting: int


def standing() -> dict[str, Standing]:
    """Return how the open pools of this process are, by name; pools of one name are taken together."""
    found: dict[str, Standing] = {}
    for pool in list(_OPENED):
        if not pool.closed:
            stats, so_far = pool.get_stats(), found.get(pool.name, Standing(0, 0))
            found[pool.name] = Standing(
                so_far.connections + stats.get("pool_size", 0), so_far.waiting + stats.get("requests_waiting", 0)
            )
    return found


def open_pool(
    dsn: str, *, size: int, name: str = "footfall", check: bool = True, patience: float = 30
) -> ConnectionPool:
    """Open a pool for threads.

    Args:
        dsn: libpq's connection string or URI.
        size: most connections at a time; one is kept open.
        name: what the server sees as application name.
        check: try each connection before it is lent, so that a restart of the server is not noticed.
        patience: seconds to wait for the first connection, and later for a free one.

    Raises:
        Unavailable: the server did not answer in time.
    """
    pool = ConnectionPool(
        dsn,
        min_size=1,
        max_size=size,
        name=name,
        kwargs=_arguments(dsn, name),
        check=ConnectionPool.check_connection if check else None,
        timeout=patience,
        reconnect_timeout=_RECONNECT_SECONDS,
        reconnect_failed=ConnectionPool.check,
        open=False,
    )
    try:
        pool.open(wait=True, timeout=patience)
    except PoolTimeout as error:
        pool.close()
        raise Unavailable(f"PostgreSQL does not answer: {error}") from error
    _OPENED.add(pool)
    return pool


async def open_async_pool(
    dsn: str, *, size: int, name: str = "footfall", check: bool = True, patience: float = 30
) -> AsyncConnectionPool:
    """Open a pool for coroutines; arguments and errors as in `open_pool`."""
    pool = AsyncConnectionPool(
        dsn,
        min_size=1,
        max_size=size,
        name=name,
        kwargs=_arguments(dsn, name),
        check=AsyncConnectionPool.check_connection if check else None,
        timeout=patience,
        reconnect_timeout=_RECONNECT_SECONDS,
        reconnect_failed=AsyncConnectionPool.check,
        open=False,
    )
    try:
        await pool.open(wait=True, timeout=patience)
    except PoolTimeout as error:
        await pool.close()
        raise Unavailable(f"PostgreSQL does not answer: {error}") from error
    _OPENED.add(pool)
    return pool


def _arguments(dsn: str, name: str) -> dict[str, Any]:
    given = str(conninfo_to_dict(dsn).get("options") or "")
    return {
        "autocommit": False,
        "application_name": name,
        "options": f"{given} -c TimeZone=UTC".strip(),
        "connect_timeout": 10,
        "prepare_threshold": _PREPARED_AFTER,
    }
