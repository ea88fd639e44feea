"""Visitors who are forgotten while engines have them in memory and events of theirs are on the way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg
import pytest

from core.drops import DeadReason
from core.errors import Fenced
from core.spans import DAY
from core.telemetry import NoTelemetry
from storage import dead_letters, forgotten
from storage.dead_letters import DeadLetter
from storage.forgotten import Person
from streams.codec import encode
from streams.engine import PartitionEngine
from streams.past import count_letter
from streams.realtime import LocalRealtime, forget_deleted
from tests.streams.scenes import HOUR, MINUTE, START, HandClock, event, message, rows, stored_ids

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg_pool import AsyncConnectionPool

NOW = START + 5 * MINUTE


@pytest.fixture
def engine(pool: AsyncConnectionPool) -> PartitionEngine:
    """An engine of partition 3."""
    return PartitionEngine(pool, "test", 3, clock=HandClock(), telemetry=NoTelemetry())


def forget(dsn: str, *visitors: int, now: int = NOW) -> forgotten.Removed:
    """Forget visitors of site 1."""
    with psycopg.connect(dsn) as connection:
        return forgotten.remove(connection, [Person(1, visitor) for visitor in visitors], now=now)


async def test_memory_brings_nothing_back(engine: PartitionEngine, store: str) -> None:
    """Who comes again after being forgotten is a new visitor; what was on the way is dropped; nobody else changes."""
    await engine.open()
    await engine.apply([message(0, event(1), event(2, 1, properties='{"plan": 1}'), event(3, 1, visitor=8))])
    assert forget(store, 7) == (2, 1, 1)
    await engine.apply([message(1, event(4, 4), event(5, 6, path="/b"), event(6, 6, visitor=8, path="/b"))])
    assert stored_ids(store) == [3, 5, 6]
    assert rows(store, "SELECT visitor, events, views FROM sessions ORDER BY visitor") == [(7, 1, 1), (8, 2, 2)]
    assert rows(store, "SELECT event_id FROM events WHERE new ORDER BY 1") == [(3,), (5,)]
    assert rows(store, "SELECT count(*) FROM event_properties") == [(0,)]
    assert rows(store, "SELECT count(*) FROM marks WHERE partition = -1") == [(1,)]


async def test_the_night_before_goes_too(engine: PartitionEngine, store: str) -> None:
    """A visit over midnight is of one person: both of its hashes go, and the link between them."""
    await engine.open()
    midnight = 14 * 60  # minutes
    late, early = event(1, midnight - 5), event(2, midnight + 5, visitor=9, prev=7)
    await engine.apply([message(0, late, early, event(3, midnight, visitor=8), at=START + 15 * HOUR)])
    assert rows(store, "SELECT count(*) FROM sessions") == [(2,)]
    assert forget(store, 9, now=START + 15 * HOUR) == (2, 1, 0)
    assert stored_ids(store) == [3]
    assert rows(store, "SELECT count(*) FROM midnight_links") == [(0,)]


async def test_an_owner_who_lost_the_partition_is_fenced_all_the_same(
    pool: AsyncConnectionPool, engine: PartitionEngine, store: str
) -> None:
    """That somebody was forgotten hides no other owner."""
    other = PartitionEngine(pool, "test", 3, clock=HandClock(), telemetry=NoTelemetry())
    await engine.open()
    await other.open()
    await engine.apply([message(0, event(1))])
    forget(store, 7)
    with pytest.raises(Fenced):
        await other.apply([message(0, event(2, 6))])


async def test_other_sites_and_hashes_stay(engine: PartitionEngine, store: str) -> None:
    """A hash of another site is somebody else's."""
    await engine.open()
    await engine.apply([message(0, event(1, site=2), event(2))])
    assert forget(store, 7) == (1, 1, 0)
    assert stored_ids(store) == [1]
    assert forget(store, 7) == (0, 0, 0)


async def test_a_letter_of_the_past_brings_nothing_back(pool: AsyncConnectionPool, store: str) -> None:
    """A dead letter that is replayed days later leaves out who was forgotten."""
    events = [event(1), event(2, visitor=8)]
    forget(store, 7)
    async with pool.connection() as connection:
        letter = DeadLetter("test", 3, 1, NOW, DeadReason.TOO_LATE, "", encode(0, 0, events))
        await dead_letters.insert(connection, [letter])
    ((found,),) = rows(store, "SELECT id FROM dead_letters")
    assert await count_letter(pool, found, events, now=START + 5 * DAY)
    assert stored_ids(store) == [2]


async def test_windows_begin_anew(pool: AsyncConnectionPool, store: str) -> None:
    """A window that counted somebody who is forgotten is told no more until it is full again; others go on."""
    clock = HandClock(NOW)
    windows = LocalRealtime(clock=clock)
    windows.committed(0, [event(1, 1), event(2, 1, site=2)])
    asked = asyncio.create_task(forget_deleted(pool, windows, clock=clock))
    forget(store, 7)
    for _ in range(200):
        if windows.view(1, 30 * MINUTE) is None:
            break
        await asyncio.sleep(0.05)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert windows.view(1, 30 * MINUTE) is None
    assert is_active(windows, 2)
    clock.now += 31 * MINUTE
    assert windows.view(1, 30 * MINUTE) is not None


def is_active(windows: LocalRealtime, site: int) -> bool:
    """Whether somebody is seen on the site."""
    view = windows.view(site, 30 * MINUTE)
    return view is not None and view.active > 0


async def test_who_was_forgotten_long_ago(store: str) -> None:
    """Nothing is kept of them once no log has their events."""
    forget(store, 7)
    with psycopg.connect(store) as connection:
        removed: Collection[int] = [forgotten.forget(connection, before=NOW + at) for at in (0, 1)]
    assert removed == [0, 1]
