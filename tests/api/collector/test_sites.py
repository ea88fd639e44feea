"""The sites in a collector's memory, over a real PostgreSQL."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest

from api.collector import sites as module
from api.collector.sites import Sites
from core.errors import Unavailable
from ops.clock import SystemClock
from storage import accounts, sites
from storage.pool import open_async_pool
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from psycopg_pool import AsyncConnectionPool

    from core.sites import Site


@pytest.fixture
def connection(postgres_database: str) -> psycopg.Connection:
    """A connection that changes sites behind the collector's back."""
    return psycopg.connect(postgres_database, autocommit=True)


@pytest.fixture
async def pool(connection: psycopg.Connection, postgres_database: str) -> AsyncIterator[AsyncConnectionPool]:
    """The collector's connections."""
    pool = await open_async_pool(postgres_database, size=4)
    yield pool
    await pool.close()
    connection.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the store was asked for."""
    questions: list[Any] = []
    original = sites.find_async

    async def find(connection: psycopg.AsyncConnection, uuid: Any) -> Site | None:  # noqa: ANN401 - passed on
        questions.append(uuid)
        return await original(connection, uuid)

    monkeypatch.setattr(sites, "find_async", find)
    return questions


def make(connection: psycopg.Connection, domain: str = "example.com") -> Site:
    """A new site."""
    site = sites.insert(connection, account_id=accounts.ensure(connection, "Acme"), domain=domain)
    assert site is not None
    return site


@asynccontextmanager
async def kept(memory: Sites) -> AsyncIterator[Sites]:
    """A memory that listens."""
    task = asyncio.create_task(memory.keep())
    await asyncio.wait_for(memory.ready.wait(), 10)
    try:
        yield memory
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def becomes(condition: Callable[[], bool]) -> bool:
    """Whether the condition holds within five seconds."""
    for _ in range(250):
        if condition():
            return True
        await asyncio.sleep(0.02)
    return False


async def test_a_known_site_is_asked_for_once(
    pool: AsyncConnectionPool, connection: psycopg.Connection, asked: list[Any]
) -> None:
    """A hundred requests at the same time ask once, later ones not at all."""
    site = make(connection)
    key = str(site.uuid)
    async with kept(Sites(pool=pool, clock=SystemClock())) as memory:
        assert await asyncio.gather(*(memory.find(key) for _ in range(100))) == [site] * 100
        assert memory.known(key) == site
        assert await memory.find(key.upper()) == site
    assert asked == [site.uuid]


async def test_changes_arrive(pool: AsyncConnectionPool, connection: psycopg.Connection) -> None:
    """A changed site is known as it is now, a deleted one no more."""
    key = str(make(connection).uuid)
    async with kept(Sites(pool=pool, clock=SystemClock())) as memory:
        assert await memory.find(key) is not None
        connection.execute("UPDATE sites SET honour_dnt = false")
        assert await becomes(lambda: (site := memory.known(key)) is not None and not site.honour_dnt)
        connection.execute("UPDATE sites SET deleted_at = now()")
        assert await becomes(lambda: memory.known(key) is None)
        assert await memory.find(key) is None


async def test_absent_sites_are_believed_absent_for_five_seconds(
    pool: AsyncConnectionPool, connection: psycopg.Connection, asked: list[Any]
) -> None:
    """The same unknown site asks once in five seconds; text that is no UUID never."""
    clock = SetClock(0)
    key = str(uuid4())
    async with kept(Sites(pool=pool, clock=clock)) as memory:
        for seconds, questions in ((0, 1), (4.9, 1), (0.2, 2)):
            clock.pass_seconds(seconds)
            assert await memory.find(key) is None
            assert len(asked) == questions
        assert await memory.find("no UUID") is None
        assert len(asked) == 2
        # Made after it was found absent, it counts at once all the same: the store tells.
        connection.execute("INSERT INTO accounts (name) VALUES ('x')")
        connection.execute(
            "INSERT INTO sites (uuid, account_id, domain) SELECT %s, id, 'late.example' FROM accounts", [key]
        )
        assert await becomes(lambda: key not in memory._absent)
        assert (await memory.find(key)) is not None


async def test_memory_of_absent_sites_is_bounded(
    pool: AsyncConnectionPool, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random UUIDs fill a bounded memory only."""
    assert connection.closed is False
    monkeypatch.setattr(module, "_MAX_ABSENT", 10)
    async with kept(Sites(pool=pool, clock=SystemClock())) as memory:
        for _ in range(30):
            await memory.find(str(uuid4()))
        assert len(memory._absent) == 10


async def test_without_a_listener_nothing_is_remembered(
    pool: AsyncConnectionPool, connection: psycopg.Connection, asked: list[Any]
) -> None:
    """What cannot be kept right is asked for anew."""
    key = str(make(connection).uuid)
    memory = Sites(pool=pool, clock=SystemClock())
    assert await memory.find(key) is not None
    assert await memory.find(key) is not None
    assert len(asked) == 2


async def test_interruptions(
    pool: AsyncConnectionPool, connection: psycopg.Connection, postgres_dsn: str, postgres_database: str
) -> None:
    """While the store is away known sites are served and unknown ones are 503; changes made meanwhile arrive after."""
    name = postgres_database.rpartition("/")[2].partition("?")[0]
    key = str(make(connection).uuid)
    async with kept(Sites(pool=pool, clock=SystemClock())) as memory:
        assert await memory.find(key) is not None
        with psycopg.connect(postgres_dsn, autocommit=True) as admin:
            connection.execute("UPDATE sites SET time_zone = 'Europe/Berlin'")
            assert await becomes(lambda: (site := memory.known(key)) is not None and site.time_zone != "UTC")
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
                [name, connection.info.backend_pid],
            )
            connection.execute("UPDATE sites SET time_zone = 'Asia/Kathmandu'")
            known = await memory.find(key)
            assert known is not None
            assert known.time_zone == "Europe/Berlin"
            with pytest.raises(Unavailable):
                await memory.find(str(uuid4()))
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
        assert await becomes(lambda: (site := memory.known(key)) is not None and site.time_zone == "Asia/Kathmandu")


async def test_a_change_overtakes_an_answer(
    pool: AsyncConnectionPool, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site that changes while it is asked for is asked for again, so that no old state is remembered."""
    key = str(make(connection).uuid)
    original = sites.find_async
    heard = asyncio.Event()
    first = True

    async def find(asking: psycopg.AsyncConnection, uuid: Any) -> Site | None:  # noqa: ANN401 - passed on
        nonlocal first
        found = await original(asking, uuid)
        if first:
            first = False
            connection.execute("UPDATE sites SET honour_gpc = false")
            await asyncio.wait_for(heard.wait(), 5)
        return found

    async with kept(Sites(pool=pool, clock=SystemClock())) as memory:
        monkeypatch.setattr(sites, "find_async", find)
        asking = asyncio.create_task(memory.find(key))
        assert await becomes(lambda: key in memory._overtaken)
        heard.set()
        found = await asking
        assert found is not None
        assert not found.honour_gpc
        assert memory.known(key) == found


async def test_a_domain_stands_for_one_site(pool: AsyncConnectionPool, connection: psycopg.Connection) -> None:
    """The oldest, or the one that was made for it; another as soon as that is heard of."""
    first = make(connection)
    others = accounts.ensure(connection, "Others")
    async with kept(Sites(pool=pool, clock=SystemClock())) as memory:

        async def stands_for(site: Site | None) -> bool:
            for _ in range(250):
                if (await memory.of_domain("example.com")) == site:
                    return True
                await asyncio.sleep(0.02)
            return False

        assert await memory.of_domain("example.com") == first == await memory.of_number(first.id)
        assert sites.insert(connection, account_id=accounts.ensure(connection, "Third"), domain="example.com")
        assert await memory.of_domain("example.com") == first
        meant = sites.insert(connection, account_id=others, domain="example.com", by_origin=True)
        assert await stands_for(meant)
        assert sites.insert(connection, account_id=first.account_id, domain="example.com", by_origin=True) is None
        assert meant is not None
        sites.delete(connection, meant.uuid)
        assert await stands_for(first)
        connection.execute("UPDATE sites SET deleted_at = now()")
        assert await stands_for(None)
        assert await memory.of_number(first.id) is None


async def test_an_unknown_domain_is_asked_for_once(pool: AsyncConnectionPool) -> None:
    """It is believed to be nobody's for five seconds, or until a site is made."""
    async with kept(Sites(pool=pool, clock=SystemClock())) as memory:
        assert await memory.of_domain("example.com") is None
        await pool.close()
        assert await memory.of_domain("example.com") is None
        with pytest.raises(Unavailable):
            await memory.of_domain("example.org")
