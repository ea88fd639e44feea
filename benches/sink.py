"""The engine with its sessions against a bare COPY of the same rows, both on the embedded PostgreSQL, fsync on."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from core.events import Event, StoredEvent
from core.spans import DAY, HOUR
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage.copying import copy_events
from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate
from storage.pool import open_async_pool
from streams.codec import NO_PRODUCER
from streams.engine import Message, PartitionEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg_pool import AsyncConnectionPool

EVENTS: Final = 60_000
BATCHES: Final = (1, 50, 200, 1_000, 5_000)
SMALL: Final = 5_000
#: Mean number of events of a session; one event in twenty has properties.
PER_SESSION: Final = 2.63
NOON_OF_A_DAY: Final = 20_000 * DAY + 12 * HOUR


def run() -> None:
    """Print rows a second by events per commit, and the engine's share of the bare COPY's speed."""
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "data")
        dsn = server.start()
        try:
            migrate(dsn)
            asyncio.run(_compare(dsn))
        finally:
            server.stop()


async def _compare(dsn: str) -> None:
    pool = await open_async_pool(dsn, size=2, check=False)
    print("events/commit   engine rows/s    ms/commit p50    p99   bare COPY rows/s   engine/COPY")
    for size in BATCHES:
        events = _stream(Random(size))[: min(EVENTS, SMALL * size)]  # noqa: S311 - repeatable, no secret
        batches = [events[begin : begin + size] for begin in range(0, len(events), size)]
        engine = await _engine_times(pool, f"bench-{size}", batches)
        bare = await _copy_times(pool, batches)
        ordered = sorted(engine)
        print(
            f"{size:13,} {len(events) / sum(engine):15,.0f} {1e3 * ordered[len(ordered) // 2]:16.2f}"
            f" {1e3 * ordered[len(ordered) * 99 // 100]:6.2f} {len(events) / sum(bare):18,.0f}"
            f" {sum(bare) / sum(engine):13.2f}"
        )
    await pool.close()


async def _engine_times(pool: AsyncConnectionPool, log: str, batches: Sequence[list[Event]]) -> list[float]:
    await _empty(pool)
    engine = PartitionEngine(pool, log, 0, clock=SystemClock(), telemetry=NoTelemetry())
    await engine.open()
    messages = [Message(i, batch[-1].ts, NO_PRODUCER, 0, tuple(batch)) for i, batch in enumerate(batches)]
    times = []
    for message in messages:
        began = time.perf_counter()
        await engine.apply([message])
        times.append(time.perf_counter() - began)
    return times


async def _copy_times(pool: AsyncConnectionPool, batches: Sequence[list[Event]]) -> list[float]:
    await _empty(pool)
    times = []
    for batch in batches:
        rows = [StoredEvent(event, 1, 7) for event in batch]
        began = time.perf_counter()
        async with pool.connection() as connection:
            await copy_events(connection, rows)
        times.append(time.perf_counter() - began)
    return times


async def _empty(pool: AsyncConnectionPool) -> None:
    async with pool.connection() as connection:
        await connection.execute("TRUNCATE events, event_properties, sessions, midnight_links, marks, positions")


def _stream(random: Random) -> list[Event]:
    """Visitors with a few events each, two hundred of them at a time, on one site."""
    return [event for event, _ in zip(_events(random), range(EVENTS), strict=False)]


def _events(random: Random) -> Iterator[Event]:
    there = [random.getrandbits(63) for _ in range(200)]
    number = 0
    while True:
        number += 1
        place = random.randrange(len(there))
        if random.random() < 1 / PER_SESSION:
            there[place] = random.getrandbits(63)
        yield Event(
            ts=NOON_OF_A_DAY + number * 10,
            event_id=number,
            visitor=there[place],
            prev=0,
            site=1,
            traffic=0,
            type="page_view",
            name="",
            path=f"/articles/{random.randrange(5_000)}",
            query="",
            referrer="www.google.com/",
            referrer_host="www.google.com",
            channel="Organic Search",
            utm_source="",
            utm_medium="",
            utm_campaign="",
            utm_content="",
            utm_term="",
            hostname="shop.example.com",
            country="DE",
            region="BE",
            city="Berlin",
            browser="Chrome",
            browser_version="140",
            os="Windows",
            os_version="10",
            device="desktop",
            screen="lg",
            status=0,
            engaged_ms=0,
            ip="",
            properties='{"plan": "free", "position": "header"}' if random.random() < 0.05 else "",
        )
