"""How often a key may ask, exact to the moment, counted by one process or by all in the store."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING, Final, Protocol

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.limits import LocalLimit, Rate, SharedLimit
from core.spans import HOUR
from ops.clock import SystemClock
from storage import rate_limits
from storage.pool import open_pool
from tests.api.world import serving
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.limits import Limit

RATE: Final = Rate(3, 10)
#: In this schema the store's clock is one that can be set. Times are ms since 1970.
TURNED: Final = """
CREATE SCHEMA turned;
CREATE TABLE turned.now (ms bigint NOT NULL);
INSERT INTO turned.now VALUES (0);
CREATE FUNCTION turned.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql
    AS 'SELECT to_timestamp(ms / 1000.0) FROM turned.now';
"""


class Turned(Protocol):
    """Limits by a clock that is set by hand."""

    @property
    def limit(self) -> Limit:
        """What is tried."""
        ...

    def pass_ms(self, ms: int) -> None:
        """Let time pass."""
        ...


class TurnedLocal:
    """Counted in memory."""

    def __init__(self) -> None:
        self._clock = SetClock(0)
        self.limit = LocalLimit(RATE, clock=self._clock)

    def pass_ms(self, ms: int) -> None:
        """Let time pass."""
        self._clock.pass_seconds(ms / 1_000)


class TurnedShared:
    """Counted in a store whose clock is set too."""

    def __init__(self, dsn: str) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(TURNED)
        self._clock = SetClock(0)
        self._dsn = dsn
        self.pool = open_pool(make_conninfo(dsn, options="-c search_path=turned,public,pg_catalog"), size=2)
        self.limit = SharedLimit(RATE, pool=self.pool, clock=self._clock)

    def pass_ms(self, ms: int) -> None:
        """Let time pass, for the process and the store."""
        self._clock.pass_seconds(ms / 1_000)
        with psycopg.connect(self._dsn) as connection:
            connection.execute("UPDATE turned.now SET ms = ms + %s", [ms])


@pytest.fixture(params=["local", "shared"])
def turned(request: pytest.FixtureRequest) -> Iterator[Turned]:
    """Both ways to count."""
    if request.param == "local":
        yield TurnedLocal()
        return
    dsn = request.getfixturevalue("postgres_database")
    shared = TurnedShared(dsn)
    yield shared
    shared.pool.close()


def test_the_edge_of_the_window(turned: Turned) -> None:
    """Three in ten seconds: refused a millisecond before the first leaves the window, let through when it leaves."""
    answers = []
    for ms in (1_000, 4_000, 4_000, 0, 1_999, 1, 0, 3_999, 1):
        turned.pass_ms(ms)
        answers.append(turned.limit.retry_after(b"a"))
    # At 1, 5, 9, 9, 10.999, 11, 11, 14.999 and 15 s.
    assert answers == [0, 0, 0, 2, 1, 0, 4, 1, 0]
    assert turned.limit.retry_after(b"b") == 0


def test_it_agrees_with_the_definition(turned: Turned) -> None:
    """A request is let through if fewer than three were in the ten seconds before it; else it is told when to come."""
    random, now = Random(7), 0  # noqa: S311 - the same requests each time
    through: dict[bytes, list[int]] = defaultdict(list)
    for _ in range(120):
        pause = random.choice([0, 1, 250, 2_000, 3_333, 4_999])
        turned.pass_ms(pause)
        now += pause
        key = random.choice([b"a", b"b"])
        recent = [time for time in through[key] if time > now - 10_000]
        wait = turned.limit.retry_after(key)
        if len(recent) < 3:
            assert wait == 0
            through[key].append(now)
        else:
            assert wait == max(1, -(-(recent[0] + 10_000 - now) // 1_000))


def test_processes_share_a_key(postgres_database: str) -> None:
    """Sixty in a minute are sixty, however many ask at once through however many pools."""
    rate = Rate(60, 60)
    with open_pool(postgres_database, size=4) as one, open_pool(postgres_database, size=4) as other:
        limits = [SharedLimit(rate, pool=pool, clock=SystemClock()) for pool in (one, other)]
        with ThreadPoolExecutor(8) as threads:
            waits = list(threads.map(lambda n: limits[n % 2].retry_after(b"a"), range(200)))
        assert waits.count(0) == 60
        assert all(1 <= wait <= 60 for wait in waits if wait)
        assert limits[0].retry_after(b"b") == 0


def test_a_lower_limit_holds_at_once(postgres_database: str) -> None:
    """What was let through before it was lowered counts, and is waited for."""
    with psycopg.connect(postgres_database) as connection:
        waits = [rate_limits.take(connection, b"a", requests=5, seconds=100).wait for _ in range(5)]
        assert waits == [None] * 5
        wait = rate_limits.take(connection, b"a", requests=2, seconds=100).wait
        assert wait is not None
        assert 95 < wait <= 100
        assert not connection.autocommit


def test_a_clock_that_was_set_back_shuts_nobody_out(postgres_database: str) -> None:
    """Requests of a time to come do not count."""
    with psycopg.connect(postgres_database) as connection:
        connection.execute("INSERT INTO rate_limits VALUES ('a', ARRAY[now() + interval '1 hour', now() + '2 hours'])")
        connection.commit()
        assert rate_limits.take(connection, b"a", requests=2, seconds=10).wait is None


def test_a_flood_costs_the_store_nothing(postgres_database: str) -> None:
    """Whoever was refused is refused without asking it."""
    with open_pool(postgres_database, size=1) as pool:
        limit = SharedLimit(Rate(1, 100), pool=pool, clock=SystemClock())
        assert [limit.retry_after(b"a") for _ in range(2)] == [0, 100]
        with psycopg.connect(postgres_database) as connection:
            connection.execute("DROP TABLE rate_limits")
        assert limit.retry_after(b"a") == 100


def test_quiet_keys_are_forgotten(postgres_database: str) -> None:
    """And others are not."""
    now = SystemClock().now_ms()
    with psycopg.connect(postgres_database) as connection:
        rate_limits.take(connection, b"new", requests=1, seconds=10)
        connection.execute("INSERT INTO rate_limits VALUES ('old', ARRAY[now() - interval '61 minutes'])")
        assert rate_limits.forget(connection, before=now - HOUR) == 1
        assert connection.execute("SELECT key FROM rate_limits").fetchall() == [(b"new",)]


async def test_the_limit_over_http(postgres_database: str, postgres_dsn: str) -> None:
    """The 61st request of a minute is told when to come; another key goes on; a lost database is a 503, not a pass."""
    async with serving(postgres_database, rate_limits=True, shared=True) as world:

        async def ask(key: str) -> tuple[int, str]:
            answer = await world.client.get("/api/v1/websites", headers={"X-API-KEY": key})
            return answer.status_code, answer.headers.get("retry-after", "")

        answers = [await ask(world.user_key) for _ in range(61)]
        assert [status for status, _ in answers] == [200] * 60 + [429]
        assert 1 <= int(answers[-1][1]) <= 60
        assert await ask(world.admin_key) == (200, "")
        with psycopg.connect(postgres_dsn, autocommit=True) as admin:
            name = conninfo_to_dict(postgres_database)["dbname"]
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert await ask(world.admin_key) == (503, "5")


async def test_the_edge_over_http(postgres_database: str) -> None:
    """Ten in ten seconds of an address, sixty in sixty of a key: not a millisecond before, and not one later."""
    clock = SetClock(SystemClock().now_ms())
    async with serving(postgres_database, clock=clock, rate_limits=True) as world:
        key = {"X-API-KEY": world.user_key}

        async def collect() -> tuple[int, str]:
            answer = await world.collect(world.view())
            return answer.status_code, answer.headers.get("retry-after", "")

        async def ask() -> tuple[int, str]:
            answer = await world.client.get("/api/v1/websites", headers=key)
            return answer.status_code, answer.headers.get("retry-after", "")

        for tried, length, most, good in ((collect, 10, 10, 202), (ask, 60, 60, 200)):
            assert [await tried() for _ in range(most)] == [(good, "")] * most
            assert await tried() == (429, str(length))
            clock.pass_seconds(length - 0.001)
            assert await tried() == (429, "1")
            clock.pass_seconds(0.001)
            assert await tried() == (good, "")


def test_a_key_is_told_how_it_stands(turned: Turned) -> None:
    """How many are left, and when one more will be."""
    standings = []
    for ms in (1_000, 4_000, 4_000, 0, 2_000):
        turned.pass_ms(ms)
        standings.append(turned.limit.count(b"a"))
    # At 1, 5, 9, 9 and 11 s.
    assert [(one.limit, one.remaining, one.retry_after) for one in standings] == [
        (3, 2, 0),
        (3, 1, 0),
        (3, 0, 0),
        (3, 0, 2),
        (3, 0, 0),
    ]
    assert [round(one.resets_in) for one in standings] == [10, 6, 2, 2, 4]
