"""Windows at work against the rows, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING, Final

import msgspec
import psycopg
import pytest

from core.events import Event, StoredEvent
from core.realtime import LiveList, Minute, RealtimeView
from core.spans import DAY, MINUTE, SECOND
from storage.copying import copy_events
from storage.pool import open_async_pool, open_pool
from storage.times import instant
from streams.realtime import (
    AskedRealtime,
    Briefly,
    LocalRealtime,
    PartitionRealtime,
    StoredRealtime,
    SummedRealtime,
    forget_deleted,
)
from tests.aggregations.history import event
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from psycopg_pool import AsyncConnectionPool, ConnectionPool

MIDNIGHT: Final = 20_000 * DAY
HALF_HOUR: Final = 30 * MINUTE
LOG: Final = "events-1"
#: The first three fields of views.
TWO_ACTIVE: Final = (2, (("/", 2),), (("page_view", 2),))
NOTHING: Final = (0, (), ())


@pytest.fixture
def dsn(postgres_database: str) -> str:
    """A database with our tables."""
    return postgres_database


@pytest.fixture
def pool(dsn: str) -> Iterator[ConnectionPool]:
    """For readers."""
    with open_pool(dsn, size=2) as opened:
        yield opened


@pytest.fixture
async def async_pool(dsn: str) -> AsyncIterator[AsyncConnectionPool]:
    """For owners."""
    opened = await open_async_pool(dsn, size=2)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> SetClock:
    """A quarter past midnight."""
    return SetClock(MIDNIGHT + 15 * MINUTE)


def view_of(
    person: int, ts: int, *, path: str = "/", type_: str = "page_view", host: str = "", place: str = ""
) -> Event:
    """An event with the hash of its day, before 00:30 with that of the day before."""
    prev = 2 * person if MIDNIGHT <= ts < MIDNIGHT + HALF_HOUR else 0
    visitor = 2 * person + (ts >= MIDNIGHT)
    return event(
        ts=ts,
        event_id=ts,
        visitor=visitor,
        prev=prev,
        site=1,
        type=type_,
        path=path,
        name=path if type_ == "custom" else "",
        referrer_host=host,
        country=place,
        device=place.lower(),
    )


async def store(pool: AsyncConnectionPool, events: list[Event]) -> None:
    """Commit events and their links, as an engine does."""
    async with pool.connection() as connection:
        await copy_events(connection, [StoredEvent(one, 0, 0) for one in events])
        for one in events:
            if one.prev:
                await connection.execute(
                    "INSERT INTO midnight_links VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                    (one.visitor, one.prev, one.site, instant(one.ts).date(), one.traffic),
                )


class Absent:
    """A truth that must not be needed."""

    async def view(self, site: int, now_ms: int, window_ms: int) -> RealtimeView:
        """Fail."""
        raise AssertionError((site, now_ms, window_ms))


@pytest.mark.parametrize("seed", range(4))
async def test_a_window_is_what_the_query_says(
    pool: ConnectionPool, async_pool: AsyncConnectionPool, clock: SetClock, seed: int
) -> None:
    """Filled from the store or told of commits, before midnight, in the half hour after it, and later."""
    random = Random(seed)  # noqa: S311 - a history, no secret
    events = [
        view_of(
            random.randrange(12),
            MIDNIGHT + random.randrange(-40 * MINUTE, 70 * MINUTE),
            path=random.choice(("/", "/a", "/b")),
            type_=random.choice(("page_view", "page_view", "custom", "scroll_25")),
            host=random.choice(("", "", "news.example", "search.example")),
            place=random.choice(("", "DE", "FR")),
        )
        for _ in range(150)
    ]
    events.sort()
    truth = StoredRealtime(pool)
    clock.now = MIDNIGHT - 40 * MINUTE
    told = LocalRealtime(clock=clock)
    for number in range(0, len(events), 10):
        batch = events[number : number + 10]
        clock.now = max(clock.now, batch[-1].ts + random.choice((0, 400, 2_000, 10 * MINUTE)))
        await store(async_pool, batch)
        told.committed(0, batch)
        filled = LocalRealtime(clock=clock)
        await filled.fill(async_pool)
        expected = await truth.view(1, clock.now, HALF_HOUR)
        assert expected == filled.view(1, HALF_HOUR)
        if told.view(1, HALF_HOUR) is not None:
            assert expected == told.view(1, HALF_HOUR)


@pytest.mark.parametrize("seed", range(2))
async def test_published_parts_are_what_the_query_says(
    pool: ConnectionPool, async_pool: AsyncConnectionPool, clock: SetClock, seed: int
) -> None:
    """Of two partitions, each with people of its own, over midnight; also when nothing but time has passed."""
    random = Random(seed)  # noqa: S311 - a history, no secret
    events = sorted(
        view_of(
            random.randrange(12),
            MIDNIGHT + random.randrange(-40 * MINUTE, 70 * MINUTE),
            path=random.choice(("/", "/a")),
            type_=random.choice(("page_view", "custom")),
            host=random.choice(("", "news.example", "search.example")),
            place=random.choice(("DE", "FR")),
        )
        for _ in range(80)
    )
    clock.now = MIDNIGHT - 80 * MINUTE
    owner = PartitionRealtime(async_pool, LOG, clock=clock)
    for partition in range(2):
        owner.opened(partition)
    reader = SummedRealtime(pool, log=LOG, partitions=2, truth=Absent())
    truth = StoredRealtime(pool)
    for number in range(0, len(events), 8):
        batch = events[number : number + 8]
        clock.now = max(clock.now, batch[-1].ts)
        await store(async_pool, batch)
        for partition in range(2):
            owner.committed(partition, [one for one in batch if one.visitor // 2 % 2 == partition])
        for later in (0, 3 * MINUTE):
            clock.now += later
            await owner.publish()
            assert await truth.view(1, clock.now, HALF_HOUR) == await reader.view(1, clock.now, HALF_HOUR)


async def test_who_is_active_on_both_sides_of_midnight_counts_once(
    pool: ConnectionPool, async_pool: AsyncConnectionPool, clock: SetClock
) -> None:
    """Seen at 23:50 and 00:10, asked at 00:15; and not at 00:30, when the first sight has left."""
    events = [view_of(1, MIDNIGHT - 10 * MINUTE), view_of(1, MIDNIGHT + 10 * MINUTE)]
    await store(async_pool, events)
    local = LocalRealtime(clock=clock)
    await local.fill(async_pool)
    expected = RealtimeView(
        1,
        (("/", 1),),
        (("page_view", 2),),
        here=0,
        minutes=tuple(
            # What happens at a full minute belongs to the one that it ends.
            Minute(start, int(seen), int(seen))
            for start in range(MIDNIGHT - 15 * MINUTE, MIDNIGHT + 15 * MINUTE, MINUTE)
            for seen in [start in {MIDNIGHT - 11 * MINUTE, MIDNIGHT + 9 * MINUTE}]
        ),
        lists=dict.fromkeys(LiveList, ()),
    )
    assert expected == local.view(1, HALF_HOUR)
    assert expected == await StoredRealtime(pool).view(1, clock.now, HALF_HOUR)


async def test_who_is_here_on_both_sides_of_midnight_is_here_once(
    pool: ConnectionPool, async_pool: AsyncConnectionPool, clock: SetClock
) -> None:
    """Seen at 23:58, at midnight and at 00:01; asked from 00:02 on, beside somebody who was seen at 23:58 only."""
    events = [view_of(1, MIDNIGHT - 2 * MINUTE), view_of(1, MIDNIGHT), view_of(1, MIDNIGHT + MINUTE)]
    await store(async_pool, [*events, view_of(2, MIDNIGHT - 2 * MINUTE)])
    for minutes, here in ((2, 2), (3, 1), (4, 1), (6, 0)):
        clock.now = MIDNIGHT + minutes * MINUTE
        local = LocalRealtime(clock=clock)
        await local.fill(async_pool)
        view = local.view(1, HALF_HOUR)
        assert view == await StoredRealtime(pool).view(1, clock.now, HALF_HOUR)
        assert view is not None
        assert (view.active, view.here) == (2, here)


@pytest.mark.parametrize(
    ("seen", "at"),
    [
        # Seconds ago, type, path, host of the referrer, country; and page, source and country of who was seen so.
        ([(9, "page_view", "/a", "", "DE")], ("/a", "", "DE")),
        ([(60, "page_view", "/a", "s.example", "DE"), (9, "page_view", "/b", "", "FR")], ("/b", "s.example", "FR")),
        ([(60, "page_view", "/a", "s.example", ""), (9, "page_view", "/b", "t.example", "")], ("/b", "t.example", "")),
        ([(1_799, "page_view", "/a", "s.example", "DE"), (9, "scroll_50", "/b", "", "DE")], ("/a", "s.example", "DE")),
        ([(1_800, "page_view", "/a", "s.example", "DE"), (9, "scroll_50", "/b", "", "DE")], ("/b", "", "DE")),
        ([(9, "close_tab", "/b", "", "")], ("/b", "", "")),
        ([(300, "page_view", "/a", "", "DE")], None),
    ],
)
async def test_where_people_are(
    pool: ConnectionPool,
    async_pool: AsyncConnectionPool,
    clock: SetClock,
    seen: list[tuple[int, str, str, str, str]],
    at: tuple[str, str, str] | None,
) -> None:
    """At the page last viewed, from the source that brought them, in the country they were last in."""
    events = [
        view_of(1, clock.now - ago * SECOND, path=path, type_=type_, host=host, place=country)
        for ago, type_, path, host, country in seen
    ]
    await store(async_pool, events)
    clock.now -= 30 * MINUTE
    local = LocalRealtime(clock=clock)
    clock.now -= MINUTE
    owner = PartitionRealtime(async_pool, LOG, clock=clock)
    owner.opened(0)
    clock.now += 31 * MINUTE
    await local.fill(async_pool)
    owner.committed(0, events)
    await owner.publish()
    page, source, country = ((),) * 3 if at is None else (((value, 1),) for value in at)
    expected = {
        LiveList.PAGES: page,
        LiveList.SOURCES: source,
        LiveList.COUNTRIES: country,
        LiveList.DEVICES: tuple((value.lower(), n) for value, n in country),
        LiveList.EVENTS: (),
    }
    for reader in (
        AskedRealtime(local.answer, truth=Absent()),
        SummedRealtime(pool, log=LOG, partitions=1, truth=Absent()),
        StoredRealtime(pool),
    ):
        assert expected == (await reader.view(1, clock.now, HALF_HOUR)).lists


async def test_custom_events_are_listed_by_name(
    pool: ConnectionPool, async_pool: AsyncConnectionPool, clock: SetClock
) -> None:
    """Of the last five minutes, whoever did them; other types are not."""
    events = [
        view_of(1, clock.now - 299 * SECOND, type_="custom", path="/buy"),
        view_of(2, clock.now - 9 * SECOND, type_="custom", path="/buy"),
        view_of(1, clock.now - 300 * SECOND, type_="custom", path="/late"),
        view_of(1, clock.now - 8 * SECOND, type_="custom", path="/a")._replace(visitor=0, prev=0),
        view_of(1, clock.now - 7 * SECOND, type_="outbound_link"),
    ]
    await store(async_pool, events)
    local = LocalRealtime(clock=clock)
    await local.fill(async_pool)
    view = await StoredRealtime(pool).view(1, clock.now, HALF_HOUR)
    assert view == local.view(1, HALF_HOUR)
    assert view.lists[LiveList.EVENTS] == (("/buy", 2), ("/a", 1))


async def test_the_engine_is_asked_and_the_rows_when_it_cannot_tell(
    pool: ConnectionPool, async_pool: AsyncConnectionPool, clock: SetClock
) -> None:
    """A window of another length is not held in memory."""
    await store(async_pool, [view_of(1, clock.now - 10 * MINUTE), view_of(2, clock.now)])
    local = LocalRealtime(clock=clock)
    await local.fill(async_pool)
    assert (await AskedRealtime(local.answer, truth=Absent()).view(1, clock.now, HALF_HOUR))[:3] == TWO_ACTIVE
    shorter = await AskedRealtime(local.answer, truth=StoredRealtime(pool)).view(1, clock.now, 5 * MINUTE)
    assert shorter.active == 1


async def test_parts_of_all_partitions_add_up(
    pool: ConnectionPool, async_pool: AsyncConnectionPool, clock: SetClock
) -> None:
    """Once every owner has seen a whole window and a minute; an idle partition counts nothing, but must be alive."""
    reader = SummedRealtime(pool, log=LOG, partitions=3, truth=StoredRealtime(pool))
    proven = SummedRealtime(pool, log=LOG, partitions=3, truth=Absent())
    owners = [PartitionRealtime(async_pool, LOG, clock=clock) for _ in range(2)]
    for partition, owner in enumerate((owners[0], owners[1], owners[1])):
        owner.opened(partition)
    clock.pass_seconds(30 * 60 + 59)
    seen = view_of(1, clock.now)
    for owner in owners:
        owner.committed(0, [seen])  # only the first has it
        await owner.publish()
    with pytest.raises(AssertionError):
        await proven.view(1, clock.now, HALF_HOUR)
    clock.pass_seconds(1)
    owners[1].committed(1, [view_of(2, clock.now)])
    for owner in owners:
        await owner.publish()
    assert (await proven.view(1, clock.now, HALF_HOUR))[:3] == TWO_ACTIVE
    assert (await reader.view(2, clock.now, HALF_HOUR))[:3] == NOTHING
    clock.pass_seconds(29 * 60 + 59)
    for owner in owners:
        await owner.publish()
    assert (await proven.view(1, clock.now, HALF_HOUR)).active == 1
    clock.pass_seconds(1)
    for owner in owners:
        await owner.publish()
    assert (await proven.view(1, clock.now, HALF_HOUR))[:3] == NOTHING


@pytest.fixture
async def owner(async_pool: AsyncConnectionPool, clock: SetClock) -> PartitionRealtime:
    """The owner of the only partition, with two visitors published."""
    owner = PartitionRealtime(async_pool, LOG, clock=clock)
    owner.opened(0)
    clock.pass_seconds(31 * 60)
    owner.committed(0, [view_of(1, clock.now), view_of(2, clock.now)])
    await owner.publish()
    return owner


@pytest.fixture
def reader(pool: ConnectionPool) -> SummedRealtime:
    """Reads the only partition, and nothing else."""
    return SummedRealtime(pool, log=LOG, partitions=1, truth=Absent())


async def test_a_silent_owner_is_not_believed(
    dsn: str, owner: PartitionRealtime, reader: SummedRealtime, clock: SetClock
) -> None:
    """After three seconds the rows are asked, until it is heard again."""
    with psycopg.connect(dsn) as connection:
        connection.execute("UPDATE realtime_parts SET at = at - interval '3 seconds'")
    with pytest.raises(AssertionError):
        await reader.view(1, clock.now, HALF_HOUR)
    await owner.publish()
    assert (await reader.view(1, clock.now, HALF_HOUR))[:3] == TWO_ACTIVE


async def test_what_a_crash_of_the_store_took_is_published_again(
    dsn: str, owner: PartitionRealtime, reader: SummedRealtime, clock: SetClock
) -> None:
    """The table is empty then, though nothing changed."""
    with psycopg.connect(dsn) as connection:
        connection.execute("TRUNCATE realtime_parts")
    await owner.publish()
    assert (await reader.view(1, clock.now, HALF_HOUR))[:3] == TWO_ACTIVE


async def test_a_new_owner_takes_the_parts_of_the_old_away(
    dsn: str, async_pool: AsyncConnectionPool, owner: PartitionRealtime, reader: SummedRealtime, clock: SetClock
) -> None:
    """Sites that only the old owner saw are gone when the new one speaks."""
    owner.closed(0)
    new = PartitionRealtime(async_pool, LOG, clock=clock)
    new.opened(0)
    clock.pass_seconds(31 * 60)
    await owner.publish()
    with psycopg.connect(dsn) as connection:
        connection.execute("UPDATE realtime_parts SET at = at - interval '3 seconds'")
    with pytest.raises(AssertionError):
        await reader.view(1, clock.now, HALF_HOUR)
    await new.publish()
    assert (await reader.view(1, clock.now, HALF_HOUR))[:3] == NOTHING


async def test_many_askers_cost_one_answer() -> None:
    """Asked at once, or within a quarter of a second; then anew."""
    clock = SetClock(MIDNIGHT)
    asked: list[int] = []

    class Counting:
        async def view(self, site: int, now_ms: int, window_ms: int) -> RealtimeView:
            asked.append(site + window_ms + now_ms - now_ms)
            await asyncio.sleep(0)
            return RealtimeView(len(asked), (), ())

    briefly = Briefly(Counting(), clock=clock)
    views = await asyncio.gather(*(briefly.view(1, clock.now, SECOND) for _ in range(5)))
    clock.pass_seconds(0.2)
    views.append(await briefly.view(1, clock.now, SECOND))
    assert [view.active for view in views] == [1] * 6
    clock.pass_seconds(0.1)
    assert (await briefly.view(1, clock.now, SECOND)).active == 2


async def test_a_deleted_site_leaves_the_windows(
    dsn: str,
    async_pool: AsyncConnectionPool,
    owner: PartitionRealtime,
    reader: SummedRealtime,
    clock: SetClock,
) -> None:
    """Also when no event tells: from the engine's window, and with the next write from the parts; others stay."""
    local = LocalRealtime(clock=clock)
    local.committed(0, [view_of(1, clock.now), view_of(2, clock.now)._replace(site=2)])
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
        connection.execute("INSERT INTO sites (account_id, domain, deleted_at) SELECT id, 'x', now() FROM accounts")
    assert _documented(local.view(1, HALF_HOUR)) != NOTHING
    tasks = [asyncio.create_task(forget_deleted(async_pool, windows, clock=clock)) for windows in (local, owner)]
    for _ in range(100):
        await asyncio.sleep(0.05)
        await owner.publish()
        left = local.view(1, HALF_HOUR)
        if _documented(left) == NOTHING and left == await reader.view(1, clock.now, HALF_HOUR):
            break
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert _documented(local.view(1, HALF_HOUR)) == NOTHING
    assert _documented(await reader.view(1, clock.now, HALF_HOUR)) == NOTHING
    assert _documented(local.view(2, HALF_HOUR)) == (1, (("/", 1),), (("page_view", 1),))
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT site FROM realtime_parts").fetchall() == [(0,)]


@pytest.mark.parametrize("part", [(2, {}, {}), (2, {"/": 2}, {"page_view": 2}, 2, {})])
async def test_parts_of_an_earlier_version_are_not_believed(
    dsn: str, owner: PartitionRealtime, reader: SummedRealtime, clock: SetClock, part: tuple[object, ...]
) -> None:
    """While a cluster is updated the rows are asked: what has no lists would show too little."""
    await owner.publish()
    with psycopg.connect(dsn) as connection:
        connection.execute("UPDATE realtime_parts SET part = %s WHERE site <> 0", [msgspec.msgpack.encode(part)])
    with pytest.raises(AssertionError):
        await reader.view(1, clock.now, HALF_HOUR)


async def test_what_a_later_version_adds_is_passed_over(
    dsn: str, owner: PartitionRealtime, reader: SummedRealtime, clock: SetClock
) -> None:
    """A part may get longer, and have lists that are not known here."""
    await owner.publish()
    lists = {"pages": {"/": 2}, "moods": {"good": 2}}
    part: tuple[object, ...] = (2, {"/": 2}, {"page_view": 2}, 2, {}, lists, "new")
    with psycopg.connect(dsn) as connection:
        connection.execute("UPDATE realtime_parts SET part = %s WHERE site <> 0", [msgspec.msgpack.encode(part)])
    view = await reader.view(1, clock.now, HALF_HOUR)
    assert (*TWO_ACTIVE, (("/", 2),)) == (*view[:3], view.lists[LiveList.PAGES])


async def test_an_engine_of_another_version_is_asked_what_it_can_tell(pool: ConnectionPool, clock: SetClock) -> None:
    """One without lists cannot tell; one that says more can."""

    def engine(*answer: object) -> AskedRealtime:
        async def ask(_: bytes) -> bytes:
            await asyncio.sleep(0)
            return msgspec.msgpack.encode(answer)

        return AskedRealtime(ask, truth=StoredRealtime(pool))

    old = await engine(5, [], [], 5, []).view(1, clock.now, HALF_HOUR)
    new = await engine(5, [], [], 5, [], {"pages": [["/", 5]]}, "new").view(1, clock.now, HALF_HOUR)
    assert (old.active, new.active, new.lists) == (0, 5, {LiveList.PAGES: (("/", 5),)})


async def test_parts_say_who_is_here(owner: PartitionRealtime, reader: SummedRealtime, clock: SetClock) -> None:
    """For five minutes after the last sight, and what happened by minute for thirty."""
    start = clock.now - MINUTE
    for seconds, here, views in ((0, 2, 2), (299, 2, 2), (1, 0, 2), (23 * 60, 0, 2), (60, 0, 2), (60, 0, 0)):
        clock.pass_seconds(seconds)
        await owner.publish()
        view = await reader.view(1, clock.now, HALF_HOUR)
        assert (view.here, sum(minute.views for minute in view.minutes)) == (here, views)
        assert [minute.start for minute in view.minutes if minute.visitors == 2] == ([start] if views else [])


def _documented(view: RealtimeView | None) -> object:
    return view and view[:3]
