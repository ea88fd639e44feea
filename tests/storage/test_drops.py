"""What collectors dropped."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Final

import psycopg

from storage import drops
from storage.drops import Dropped

DAY: Final = date(2026, 3, 10)


async def add(dsn: str, *dropped: Dropped) -> None:
    """As a collector does."""
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        await drops.add(connection, dropped)


def read(dsn: str, site: int, first: date = DAY, last: date = DAY) -> list[Dropped]:
    """What the store knows."""
    with psycopg.connect(dsn) as connection:
        return drops.of_site(connection, site, first, last)


async def test_counts_add_up(rollup_store: str) -> None:
    """Within one call, and to what was there; nothing is nothing."""
    await add(rollup_store)
    assert read(rollup_store, 1) == []
    await add(rollup_store, Dropped(1, DAY, "gpc", 2), Dropped(2, DAY, "gpc", 40), Dropped(1, DAY, "gpc", 3))
    await add(rollup_store, Dropped(1, DAY, "gpc", 1_000_000_000_000), Dropped(1, DAY, "dnt", 7))
    assert read(rollup_store, 1) == [Dropped(1, DAY, "gpc", 1_000_000_000_005), Dropped(1, DAY, "dnt", 7)]


async def test_the_last_host_is_kept(rollup_store: str) -> None:
    """Also when what comes later knows none."""
    for host in ("a.example", "localhost", ""):
        await add(rollup_store, Dropped(1, DAY, "other_host", 1, host))
    assert read(rollup_store, 1) == [Dropped(1, DAY, "other_host", 3, "localhost")]


async def test_days_are_those_that_are_asked_for(rollup_store: str) -> None:
    """Both ends included, the earliest first, of a day the most first and of equals the first by name."""
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    found = [
        Dropped(1, DAY, "excluded_ip", 5),
        Dropped(1, DAY, "dnt", 2),
        Dropped(1, DAY, "gpc", 2),
        Dropped(1, after, "dnt", 9),
    ]
    await add(rollup_store, Dropped(1, before, "gpc", 1), *reversed(found))
    assert found == read(rollup_store, 1, DAY, after)
    assert [dropped.day for dropped in read(rollup_store, 1, before, before)] == [before]


async def test_collectors_do_not_lock_each_other_out(rollup_store: str) -> None:
    """Whatever order each has counted in."""
    dropped = [Dropped(site, DAY, reason, 1) for site in range(1, 30) for reason in ("gpc", "dnt", "prefetch")]
    await asyncio.gather(*(add(rollup_store, *dropped[::step]) for step in (1, -1) for _ in range(5)))
    assert read(rollup_store, 7) == [Dropped(7, DAY, reason, 10) for reason in ("dnt", "gpc", "prefetch")]
