"""Pools, on a real server."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from ops.clock import SystemClock
from storage.pool import open_async_pool, open_pool

if TYPE_CHECKING:
    from collections.abc import Iterator

#: So long that pauses which double would have grown longer than what is allowed afterwards.
AWAY: Final = 8.0
ALLOWED: Final = 5.0


@contextmanager
def away(dsn: str, admin_dsn: str) -> Iterator[None]:
    """Nobody gets into this database."""
    name = dsn.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())


async def test_pools_notice_soon_that_a_server_is_back(postgres_database: str, postgres_dsn: str) -> None:
    """However long it was away, a few seconds later both kinds of pool lend connections again."""
    clock = SystemClock()
    with open_pool(postgres_database, size=1) as pool:
        async with await open_async_pool(postgres_database, size=1) as async_pool:
            with away(postgres_database, postgres_dsn):
                with pytest.raises(PoolTimeout), pool.connection(timeout=0.1):
                    pass
                with pytest.raises(PoolTimeout):
                    async with async_pool.connection(timeout=0.1):
                        pass
                await asyncio.sleep(AWAY)
            back = clock.monotonic()
            async with async_pool.connection(timeout=30) as connection:
                await connection.execute("SELECT 1")
            with pool.connection(timeout=30) as connection_:
                connection_.execute("SELECT 1")
            assert clock.monotonic() - back < ALLOWED
