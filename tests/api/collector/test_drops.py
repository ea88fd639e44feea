"""Counting what is dropped, and keeping it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from api.collector.drops import Drops
from core.drops import DropReason
from core.spans import DAY
from storage import drops
from storage.drops import Dropped
from storage.pool import open_async_pool
from tests.api.world import serving
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: 10 March 2026, 23:59:59 UTC.
EVENING: Final = (date(2026, 3, 10).toordinal() - date(1970, 1, 1).toordinal() + 1) * DAY - 1_000
FIRST, SECOND = date(2026, 3, 10), date(2026, 3, 11)


@asynccontextmanager
async def counting(dsn: str, clock: SetClock, **knobs: float) -> AsyncIterator[Drops]:
    """Drops over a migrated database, not yet kept."""
    pool = await open_async_pool(dsn, size=2, check=False)
    try:
        yield Drops(pool=pool, clock=clock, **knobs)  # type: ignore[arg-type]  # whichever are given
    finally:
        await pool.close()


def written(dsn: str, site: int = 1) -> list[Dropped]:
    """What the store has of the two days."""
    with psycopg.connect(dsn) as connection:
        return drops.of_site(connection, site, FIRST, SECOND)


async def test_counts_by_site_day_and_reason(postgres_database: str) -> None:
    """What is written adds up with what was, under the UTC day on which it was dropped."""
    clock = SetClock(EVENING)
    async with counting(postgres_database, clock) as counter:
        for _ in range(3):
            counter.count(1, DropReason.EXCLUDED_IP)
        counter.count(2, DropReason.EXCLUDED_IP)
        await counter.write()
        counter.count(1, DropReason.EXCLUDED_IP)
        for host in ("a.example", "localhost"):
            counter.count(1, DropReason.OTHER_HOST, host)
        clock.pass_seconds(1)
        counter.count(1, DropReason.EXCLUDED_IP)
        await counter.write()
        await counter.write()
    assert written(postgres_database) == [
        Dropped(1, FIRST, "excluded_ip", 4),
        Dropped(1, FIRST, "other_host", 2, "localhost"),
        Dropped(1, SECOND, "excluded_ip", 1),
    ]
    assert written(postgres_database, 2) == [Dropped(2, FIRST, "excluded_ip", 1)]


async def test_a_store_that_is_away(
    postgres_database: str, postgres_dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is lost while it is away, and it is told once."""
    async with counting(postgres_database, SetClock(EVENING)) as counter:
        counter.count(1, DropReason.DO_NOT_TRACK)
        name = postgres_database.rpartition("/")[2].partition("?")[0]
        with psycopg.connect(postgres_dsn, autocommit=True) as admin:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
            admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])
            await counter.write()
            counter.count(1, DropReason.DO_NOT_TRACK)
            await counter.write()
            assert len([record for record in caplog.records if "is held" in record.message]) == 1
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
        for _ in range(20):
            await counter.write()
    assert written(postgres_database) == [Dropped(1, FIRST, "dnt", 2)]


async def test_memory_is_bounded(postgres_database: str) -> None:
    """Beyond the bound nothing new is counted, what is known goes on, and a write makes room."""
    async with counting(postgres_database, SetClock(EVENING), max_counts=2) as counter:
        for site in (1, 2, 3, 1):
            counter.count(site, DropReason.PREFETCH)
        await counter.write()
        counter.count(3, DropReason.PREFETCH)
        await counter.write()
    assert [written(postgres_database, site) for site in (1, 2, 3)] == [
        [Dropped(1, FIRST, "prefetch", 2)],
        [Dropped(2, FIRST, "prefetch", 1)],
        [Dropped(3, FIRST, "prefetch", 1)],
    ]


@pytest.mark.parametrize("pause", [0.0, 0.002, 0.01, 0.05])
async def test_the_end_writes_once(postgres_database: str, pause: float) -> None:
    """Whenever it is ended, in the middle of a write or between two, each drop is in the store once."""
    async with counting(postgres_database, SetClock(EVENING), written_seconds=0.001) as counter:
        task = asyncio.create_task(counter.keep())
        await counter.ready.wait()
        for _ in range(10):
            counter.count(1, DropReason.PREFETCH)
            await asyncio.sleep(pause / 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert written(postgres_database) == [Dropped(1, FIRST, "prefetch", 10)]


async def test_what_a_collector_drops_is_kept(postgres_database: str) -> None:
    """Every drop of a site that is known, by its reason, whatever brought the event; none of others."""
    async with serving(postgres_database) as world:
        world.execute(
            "UPDATE sites SET excluded_paths = '{/admin/*}', allowed_hosts = '{*.example.com}' WHERE id = %s",
            world.site.id,
        )
        for view in (
            world.view(path="/admin/users"),
            world.view(url="https://www.example.com/blog/post-1"),
            world.view(url="https://example.com.evil.example/"),
            world.view(website_id="unknown"),
        ):
            await world.collect([view, view])
        await world.client.get(f"/api/v1/pixel.gif?id={world.site.uuid}&path=/admin/x")
        await world.collect(world.view(), DNT="1")
        assert len(world.log.events) == 2
    with psycopg.connect(postgres_database) as connection:
        kept = connection.execute("SELECT site, reason, count FROM drops ORDER BY reason").fetchall()
    assert kept == [
        (world.site.id, "dnt", 1),
        (world.site.id, "excluded_path", 3),
        (world.site.id, "other_host", 2),
    ]
