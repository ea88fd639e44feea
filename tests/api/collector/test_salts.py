"""Salts of the days, shared through a real PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg
import pytest

from api.collector.salts import Salts
from core.errors import Unavailable
from core.spans import DAY, HOUR, MINUTE, day_of
from ops.clock import SystemClock
from storage import salts as stored
from storage.pool import open_async_pool
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from psycopg_pool import AsyncConnectionPool

WHO = (7, "192.0.2.1", "agent")
TODAY = day_of(SystemClock().now_ms())


@pytest.fixture
async def pool(postgres_database: str) -> AsyncIterator[AsyncConnectionPool]:
    """Connections to a migrated database."""
    pool = await open_async_pool(postgres_database, size=4)
    yield pool
    await pool.close()


@pytest.fixture
def store_time(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """The store's clock, to be set: PostgreSQL's own goes with the machine's."""
    clock = SetClock(TODAY + 12 * HOUR)

    async def read(_: object) -> int:
        return clock.now

    monkeypatch.setattr(stored, "clock", read)
    return clock


async def days(pool: AsyncConnectionPool) -> list[int]:
    """The days that have a salt, as offsets from today."""
    async with pool.connection() as connection:
        rows = await (
            await connection.execute("SELECT extract(epoch FROM day)::bigint * 1000 FROM salts ORDER BY day")
        ).fetchall()
    return [(row[0] - TODAY) // DAY for row in rows]


async def test_collectors_share_salts(pool: AsyncConnectionPool, store_time: SetClock) -> None:
    """Ten collectors that start at the same time agree on visitor and bucket."""
    collectors = [Salts(pool=pool, clock=store_time) for _ in range(10)]
    await asyncio.gather(*(collector.refresh() for collector in collectors))
    assert len({collector.identify(store_time.now, *WHO) for collector in collectors}) == 1
    assert await days(pool) == [0]


async def test_a_day_and_a_night(pool: AsyncConnectionPool, store_time: SetClock) -> None:
    """Made at 23:00, linked until 00:30, forgotten then, deleted at 01:00."""
    collector = Salts(pool=pool, clock=store_time)
    await collector.refresh()
    noon = collector.identify(store_time.now, *WHO)
    assert await days(pool) == [0]

    store_time.now = TODAY + 23 * HOUR
    await collector.refresh()
    assert await days(pool) == [0, 1]

    # The store need not be asked any more: midnight passes without it.
    store_time.now = TODAY + DAY + MINUTE
    linked = collector.identify(store_time.now, *WHO)
    assert linked.prev == noon.visitor
    assert linked.visitor != noon.visitor
    assert linked.bucket == noon.bucket

    await collector.refresh()
    assert collector.identify(store_time.now, *WHO) == linked
    late_starter = Salts(pool=pool, clock=store_time)
    await late_starter.refresh()
    assert late_starter.identify(store_time.now, *WHO) == linked

    store_time.now = TODAY + DAY + 30 * MINUTE
    await collector.refresh()
    assert collector.identify(store_time.now, *WHO) == linked._replace(prev=0)
    assert collector.identify(TODAY + DAY + MINUTE, *WHO).prev == 0
    assert await days(pool) == [0, 1]

    store_time.now = TODAY + DAY + HOUR
    await collector.refresh()
    assert await days(pool) == [1]


async def test_yesterdays_salt_is_never_made_up(pool: AsyncConnectionPool, store_time: SetClock) -> None:
    """Who starts after midnight without a salt of yesterday links nobody."""
    store_time.now = TODAY + MINUTE
    collector = Salts(pool=pool, clock=store_time)
    await collector.refresh()
    assert collector.identify(store_time.now, *WHO).prev == 0
    assert await days(pool) == [0]


async def test_without_a_salt(pool: AsyncConnectionPool, store_time: SetClock) -> None:
    """Before the first refresh, and on a day whose salt could not be had, nobody is identified."""
    collector = Salts(pool=pool, clock=store_time)
    with pytest.raises(Unavailable):
        collector.identify(store_time.now, *WHO)
    await collector.refresh()
    with pytest.raises(Unavailable):
        collector.identify(store_time.now + DAY, *WHO)


@pytest.mark.parametrize(("offset", "trusted"), [(-2_001, False), (-2_000, True), (1_999, True), (3_600_000, False)])
async def test_clocks(
    pool: AsyncConnectionPool,
    store_time: SetClock,
    offset: int,
    trusted: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """More than two seconds off: not ready, and no salt is made by such a clock; set right it is ready again."""
    clock = SetClock(store_time.now + offset)
    collector = Salts(pool=pool, clock=clock)
    await collector.refresh()
    assert collector.ready.is_set() is trusted
    assert await days(pool) == [0] * trusted
    if not trusted:
        with pytest.raises(Unavailable, match="clock"):
            collector.identify(clock.now, *WHO)
    clock.now = store_time.now
    await collector.refresh()
    collector.identify(clock.now, *WHO)


async def test_a_store_that_is_away_fails_nothing(pool: AsyncConnectionPool, store_time: SetClock) -> None:
    """What is known stays in use, clock included."""
    collector = Salts(pool=pool, clock=store_time)
    await collector.refresh()
    known = collector.identify(store_time.now, *WHO)
    await pool.close()
    with pytest.raises(psycopg.OperationalError):
        await collector.refresh()
    assert collector.identify(store_time.now, *WHO) == known
