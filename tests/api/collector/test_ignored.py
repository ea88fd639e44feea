"""The ignore list that collectors heed, over a real PostgreSQL."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psycopg

from api.collector.ignored import Ignored
from storage import ignored
from storage.pool import open_async_pool


async def test_the_list_is_heeded_soon(postgres_database: str) -> None:
    """Addresses and networks of both versions, as long as they are listed; without the store the last list holds."""
    pool = await open_async_pool(postgres_database, size=1)
    memory = Ignored(pool=pool, refresh_seconds=0.02)
    keeping = asyncio.create_task(memory.keep())
    await asyncio.wait_for(memory.ready.wait(), 30)
    addresses = ("192.0.2.7", "198.51.100.1", "2001:db8::1", "203.0.113.1", "")

    async def becomes(*expected: bool) -> None:
        async with asyncio.timeout(30):
            while tuple(map(memory.holds, addresses)) != expected:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.02)

    with psycopg.connect(postgres_database, autocommit=True) as connection:
        await becomes(False, False, False, False, False)
        for network in ("192.0.2.7", "198.51.100.0/24", "2001:db8::/32", "192.0.2.7"):
            ignored.add(connection, network)
        await becomes(True, True, True, False, False)
        assert ignored.all_networks(connection) == ["192.0.2.7", "198.51.100.0/24", "2001:db8::/32"]
        assert ignored.remove(connection, "198.51.100.0/24")
        assert not ignored.remove(connection, "198.51.100.0/24")
        await becomes(True, False, True, False, False)
    await pool.close()
    await asyncio.sleep(0.1)
    await becomes(True, False, True, False, False)
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
