"""Dead letters of the past on real databases, against the sessionizer: as if their events had come in time."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

import psycopg
import pytest
from polars.testing import assert_frame_equal

from aggregations.frames import events_frame
from aggregations.job import RollupJob
from aggregations.sessionizer import links_of, sessionize
from core.drops import DeadReason
from core.errors import Refused
from core.spans import DAY, HOUR, MINUTE
from core.telemetry import NoTelemetry
from storage import dead_letters, imports, positions
from storage.dead_letters import DeadLetter
from storage.pool import open_pool
from streams.codec import encode
from streams.past import NotApplied, count_letter, past_from
from tests.cases import FIRST_DAY, events_of, every
from tests.clocks import SetClock
from tests.core.reducer.scenarios import scenario
from tests.stored import read_store, without_lost
from tests.stores import write_events
from tests.streams.scenes import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg_pool import AsyncConnectionPool

    from core.events import Event

#: By now the first day and the next are of the past.
NOW = FIRST_DAY + 5 * DAY


async def letter_of(pool: AsyncConnectionPool, *events: Event) -> int:
    """Keep the events as a dead letter and return its id."""
    letter = DeadLetter("log", 0, 1, NOW, DeadReason.TOO_LATE, "", encode(0, 0, events))
    async with pool.connection() as connection:
        await dead_letters.insert(connection, [letter])
        cursor = await connection.execute("SELECT max(id) FROM dead_letters")
        ((found,),) = await cursor.fetchall()
    return int(found)


async def replay(pool: AsyncConnectionPool, *events: Event, now: int = NOW) -> bool:
    """Count a letter of these events."""
    return await count_letter(pool, await letter_of(pool, *events), events, now=now)


def store_events(dsn: str, events: Sequence[Event], *, links: bool = False) -> None:
    """Put events into the store, with their links over midnight or as if these were forgotten."""
    with psycopg.connect(dsn) as connection:
        write_events(connection, events)
        if links:
            for row in links_of(events_frame(events)).iter_rows(named=True):
                connection.execute(
                    "INSERT INTO midnight_links (site, class, visitor, prev, day)"
                    " VALUES (%(site)s, %(class)s, %(visitor)s, %(prev)s,"
                    " date '1970-01-01' + (%(day)s::bigint / 86400000)::int)",
                    row,
                )


def assert_as_if_in_time(dsn: str, events: Sequence[Event]) -> None:
    """Hold the store to what the sessionizer makes of all events at once."""
    frame = events_frame(events)
    expected = sessionize(without_lost(frame), links_of(frame))
    stored = read_store(dsn)
    assert_frame_equal(expected.events.sort("ts", "event_id", "visitor"), stored.events)
    assert_frame_equal(expected.sessions.sort("site", "start", "session_id"), stored.sessions)


@pytest.mark.parametrize(
    ("text", "late"),
    [
        pytest.param("+0:00 /a, +40:00 /a, +20:00 /c", 1, id="two sessions become one"),
        pytest.param("+10:00 /b, +0:00 /a channel=Organic", 1, id="a session begins earlier, with another source"),
        pytest.param("+0:00 /a, +0:00 /a person=2", 1, id="a visitor of whom nothing was known"),
        pytest.param("+0:00 /a person=0, +1:00 /b person=0", 1, id="nobody"),
        pytest.param("+0:00 /a, +1:00 /b class=bot, +2:00 /c site=2", 2, id="another class, another site"),
        pytest.param("23:50 /a, 1d00:10 /b, 23:55 /b", 1, id="before midnight, within a stored session"),
        pytest.param("23:50 /a, 1d00:10 /b, 1d00:35 /a", 1, id="after midnight, without the hash of the day before"),
        pytest.param("23:55 /a, 1d00:34 /b, 1d00:10 /a", 1, id="joins two sessions over midnight"),
        pytest.param("+0:00 /a, 23:55 /a, 1d00:05 /b", 2, id="both halves of a session over midnight"),
        pytest.param("+0:00 /a, 1d00:05 /b, 23:55 /a", 2, id="the same, the second half first"),
        pytest.param(f"{every(25, '12:05', '1d00:10')}, 11:58 /a", 1, id="a session is cut at midnight"),
        pytest.param("23:50 /a, 1d00:10 /b, 23:25 /c", 1, id="a session over midnight begins earlier"),
    ],
)
async def test_a_letter_counts_as_if_it_had_come_in_time(
    store: str, pool: AsyncConnectionPool, text: str, late: int
) -> None:
    """The last events of the case are letters; the links over midnight are long forgotten."""
    events = events_of(text)
    store_events(store, events[:-late])
    for event in events[-late:]:
        assert await replay(pool, event)
    assert_as_if_in_time(store, events)


@pytest.mark.parametrize("seed", range(8))
async def test_random_letters_count_as_if_they_had_come_in_time(
    store: str, pool: AsyncConnectionPool, seed: int
) -> None:
    """Any events of random streams, in any order, several to a letter, while the links are there."""
    random = Random(seed)  # noqa: S311 - repeatable, no secret
    events = sorted(set(scenario(seed).arrivals))
    late = random.sample(events, min(len(events), 30))
    store_events(store, [event for event in events if event not in late], links=True)
    while late:
        size = random.randint(1, 4)
        assert await replay(pool, *late[:size], now=events[-1].ts + 9 * DAY)
        late = late[size:]
    assert_as_if_in_time(store, events)


async def test_twice_adds_nothing(store: str, pool: AsyncConnectionPool) -> None:
    """A letter that was replayed is passed over; its events in another letter are found to be there."""
    events = events_of("+0:00 /a, +0:01 /b person=0, 23:59 /c, 1d00:01 /d")
    letter = await letter_of(pool, *events)
    assert [await count_letter(pool, letter, events, now=NOW) for _ in range(2)] == [True, False]
    assert await replay(pool, *events)
    assert_as_if_in_time(store, events)
    assert rows(store, "SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL") == [(0,)]


async def test_replays_at_once_count_once(store: str, pool: AsyncConnectionPool) -> None:
    """Whoever replays the same events at the same time waits for the other."""
    events = events_of("+0:00 /a, +0:01 /b person=0, +2:00 /c")
    letters = [await letter_of(pool, *events) for _ in range(3)]
    tries = [count_letter(pool, letter, events, now=NOW) for letter in (*letters, letters[0])]
    assert sorted(await asyncio.gather(*tries)) == [False, True, True, True]
    assert_as_if_in_time(store, events)


async def test_the_change_is_marked(store: str, pool: AsyncConnectionPool) -> None:
    """The hours that a letter changes are marked, so the next rollup of the day has it."""
    stored, late = events_of("+0:00 /a, +50:00 /b"), events_of("+25:00 /c")
    store_events(store, stored)
    with open_pool(store, size=2) as blocking:
        job = RollupJob(pool=blocking, clock=SetClock(NOW), telemetry=NoTelemetry())
        job.roll_day(1, FIRST_DAY)
        assert rows(store, "SELECT count(*) FROM marks") == [(0,)]
        await replay(pool, *late)
        assert rows(store, "SELECT DISTINCT partition FROM marks") == [(imports.PARTITION,)]
        assert job.roll_day(1, FIRST_DAY) is not None
    assert rows(store, "SELECT views, visits, duration_ms FROM roll_site WHERE grain = 1") == [(3, 1, 50 * MINUTE)]


async def test_a_partition_that_is_behind_is_waited_for(store: str, pool: AsyncConnectionPool) -> None:
    """What a worker may still apply may touch the same days; a log that was given up holds nothing up for ever."""
    (late,) = events_of("+0:00 /a")
    until = past_from(late.ts)
    async with pool.connection() as connection:
        for partition in range(2):
            await positions.take(connection, "log", partition)
        await positions.move(connection, "log", 0, old=0, new=3, greatest_ts=0, applied_to=until)
        await positions.move(connection, "log", 1, old=0, new=4, greatest_ts=0, applied_to=until - 1)
    letter = await letter_of(pool, late)
    with pytest.raises(NotApplied, match="partition 1 of log has been applied up to"):
        await count_letter(pool, letter, [late], now=until)
    assert rows(store, "SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL") == [(1,)]
    async with pool.connection() as connection:
        assert await positions.reach(connection, "log", {1: 4}, at=until) == 1
    assert await count_letter(pool, letter, [late], now=until)
    async with pool.connection() as connection:
        await positions.take(connection, "given up", 0)
    with pytest.raises(NotApplied):
        await replay(pool, late, now=until + 9 * DAY - 1)
    assert await replay(pool, late, now=until + 9 * DAY)


async def test_a_refused_letter_keeps_waiting(store: str, pool: AsyncConnectionPool) -> None:
    """What the database refuses is told, and nothing of the letter is written."""
    good, bad = events_of("+0:00 /a, +1:00 /b")
    with pytest.raises(Refused):
        await replay(pool, good, bad._replace(properties="{not json"))
    assert rows(store, "SELECT count(*) FROM events") == [(0,)]
    assert rows(store, "SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL") == [(1,)]


async def test_a_deleted_site_stays_deleted(store: str, pool: AsyncConnectionPool) -> None:
    """Its events are left out, and the letter waits no more."""
    with psycopg.connect(store) as connection:
        connection.execute("UPDATE sites SET deleted_at = now() WHERE id = 2")
    kept, left_out = events_of("+0:00 /a, +0:00 /a site=2")
    assert await replay(pool, kept, left_out)
    assert_as_if_in_time(store, [kept])


def test_the_past_begins_three_days_after_a_day() -> None:
    """Its own day, the day after, and how late an event of the day after may be."""
    assert {past_from(FIRST_DAY), past_from(FIRST_DAY + 24 * HOUR - 1)} == {FIRST_DAY + 3 * DAY}
