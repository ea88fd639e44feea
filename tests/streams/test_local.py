"""The single node's runner and its socket, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import struct
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from core.errors import FootfallError, InvalidInput, NotFound, Overloaded, Refused, Unavailable
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage.pool import open_async_pool
from streams.engine import PartitionEngine
from streams.local import runner as runners
from streams.local.client import SocketLog
from streams.local.runner import Runner
from streams.local.server import Handler, Server
from tests.streams.scenes import Counters, event, rows, stored_ids

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from psycopg import AsyncConnection

    from core.events import Event

CLOCK = SystemClock()
BROKEN = "{not json"
APPLIED_SINCE = "SELECT FROM positions WHERE applied_to > to_timestamp(%s / 1000.0)"


def now(event_id: int, **fields: Any) -> Event:  # noqa: ANN401 - any field of an event
    """An event of this moment, of nobody."""
    return event(event_id, **{"visitor": 0, **fields})._replace(ts=CLOCK.now_ms())


@asynccontextmanager
async def running(dsn: str, **arguments: Any) -> AsyncIterator[Runner]:  # noqa: ANN401 - any argument of the runner
    """A runner of its own pool."""
    pool = await open_async_pool(dsn, size=3, check=False)
    engine = PartitionEngine(pool, "local", 0, clock=CLOCK, telemetry=NoTelemetry())
    runner = Runner(engine, clock=CLOCK, **arguments)
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()
        await pool.close()


@asynccontextmanager
async def served(
    dsn: str,
    path: Path,
    handlers: Mapping[str, Handler] | None = None,
    **arguments: Any,  # noqa: ANN401 - the client's
) -> AsyncIterator[tuple[SocketLog, Server]]:
    """A runner behind a socket, and a connected client."""
    async with running(dsn) as runner:
        server = Server(path, runner, handlers or {})
        await server.start()
        log = SocketLog(path, **{"clock": CLOCK, "telemetry": NoTelemetry(), **arguments})
        await log.start()
        await until_ready(log)
        try:
            yield log, server
        finally:
            await log.stop()
            await server.stop()


async def until_ready(log: SocketLog) -> None:
    """Wait until the log takes appends."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await log.ready()
            except Unavailable:
                await asyncio.sleep(0.02)


async def until_applied(dsn: str, at: int) -> None:
    """Wait until the position says that all was applied that came until `at` (ms)."""
    async with asyncio.timeout(20):
        while True:
            if rows(dsn, APPLIED_SINCE, [at]):
                return
            await asyncio.sleep(0.02)


async def outcome(log: SocketLog | Runner, *events: Event) -> type[Exception] | None:
    """What an append ends with."""
    try:
        if isinstance(log, Runner):
            await log.append(events)
        else:
            await log.append([(0, one) for one in events])
    except FootfallError as error:
        return type(error)
    return None


async def test_many_appends_share_few_transactions(plain_store: str) -> None:
    """Two hundred concurrent appends are all stored once, in far fewer transactions."""
    async with running(plain_store) as runner:
        await asyncio.gather(*(runner.append([now(i), now(1_000 + i)]) for i in range(200)))
    assert stored_ids(plain_store) == [*range(200), *range(1_000, 1_200)]
    assert rows(plain_store, "SELECT next FROM positions WHERE log = 'local'") == [(200,)]
    assert rows(plain_store, "SELECT count(DISTINCT xmin::text) < 20 FROM events") == [(True,)]


async def test_a_quiet_node_is_applied_up_to_the_clock(plain_store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a request the position's time goes on by itself, and requests go on as if nothing had been."""
    monkeypatch.setattr(runners, "QUIET", 0.05)
    async with running(plain_store) as runner:
        await runner.append([now(1)])
        accepted = CLOCK.now_ms()
        for _ in range(2):
            await until_applied(plain_store, accepted)
            accepted = CLOCK.now_ms()
        await runner.append([now(2)])
    assert stored_ids(plain_store) == [1, 2]
    assert rows(plain_store, "SELECT next FROM positions") == [(2,)]


async def test_only_the_culprit_hears_of_a_refused_row(plain_store: str) -> None:
    """Of many requests in one transaction the one with a bad row is refused, the others are stored."""
    async with running(plain_store) as runner:
        sent = [now(i, properties=BROKEN if i == 13 else "") for i in range(40)]
        found = await asyncio.gather(*(outcome(runner, one) for one in sent))
    assert found == [Refused if i == 13 else None for i in range(40)]
    assert stored_ids(plain_store) == [i for i in range(40) if i != 13]


async def test_too_much_is_refused_at_once(plain_store: str) -> None:
    """Beyond the limit nothing is stored; below it appends go on working."""
    async with running(plain_store, limit=50) as runner:
        found = await asyncio.gather(*(outcome(runner, *(now(10 * i + j) for j in range(10))) for i in range(8)))
        assert found == [None] * 5 + [Overloaded] * 3
        assert await outcome(runner, now(900)) is None
    assert stored_ids(plain_store) == [*range(50), 900]


async def test_a_cancelled_append_disturbs_no_other(plain_store: str) -> None:
    """Requests that are cancelled while they wait leave the others of their transaction alone."""
    async with running(plain_store) as runner:
        tasks = [asyncio.create_task(runner.append([now(i)])) for i in range(50)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in found] == [asyncio.CancelledError, type(None)] * 25
    assert stored_ids(plain_store) == list(range(50))


async def test_a_short_outage_is_waited_for(plain_store: str) -> None:
    """Connections that the server ends in mid-stream cost time, not events."""
    async with running(plain_store) as runner:

        async def kill() -> None:
            for _ in range(10):
                await asyncio.sleep(0.05)
                rows(
                    plain_store,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )

        killing = asyncio.create_task(kill())
        sent = 0
        while not killing.done():
            await asyncio.gather(*(runner.append([now(sent + i)]) for i in range(20)))
            sent += 20
        await killing
    assert stored_ids(plain_store) == list(range(sent))


async def test_a_long_outage_is_told(plain_store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the patience is over the request fails with 503's error, and the runner works when the store is back."""
    monkeypatch.setattr(runners, "PATIENCE", 0.4)
    async with running(plain_store) as runner:
        await runner.append([now(1)])
        with psycopg.connect(plain_store) as connection:
            connection.execute("ALTER TABLE events RENAME TO away")
        assert await outcome(runner, now(2)) is Unavailable
        with psycopg.connect(plain_store) as connection:
            connection.execute("ALTER TABLE away RENAME TO events")
        await runner.append([now(3)])
    assert stored_ids(plain_store) == [1, 3]


async def test_a_commit_whose_answer_was_lost_counts_once(plain_store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that die right after COMMIT: the batch is found in the store and not written again."""
    async with running(plain_store) as runner:
        commit = psycopg.AsyncConnection.commit
        lost = iter([False, True, False, True, True, False, False, True] + [False] * 1_000)

        async def losing(connection: AsyncConnection[Any]) -> None:
            await commit(connection)
            if next(lost):
                await connection.close()
                raise psycopg.OperationalError("the answer was lost")

        monkeypatch.setattr(psycopg.AsyncConnection, "commit", losing)
        for i in range(10):
            bad = now(100 + i, properties=BROKEN if i % 3 == 0 else "")
            assert await outcome(runner, now(i), bad) is (Refused if i % 3 == 0 else None)
    assert stored_ids(plain_store) == [*range(10), 101, 102, 104, 105, 107, 108]
    assert rows(plain_store, "SELECT count(*) FROM dead_letters") == [(4,)]


async def test_after_a_stop_nothing_waits(plain_store: str) -> None:
    """What was queued before the stop is stored, what comes later is refused, and a new runner goes on."""
    async with running(plain_store) as runner:
        tasks = [asyncio.create_task(runner.append([now(i)])) for i in range(30)]
        await asyncio.sleep(0)
        await runner.stop()
        await asyncio.gather(*tasks)
        assert await outcome(runner, now(99)) is Unavailable
    async with running(plain_store) as again:
        await again.append([now(30)])
    assert stored_ids(plain_store) == list(range(31))


async def test_appends_cross_the_socket(plain_store: str, tmp_path: Path) -> None:
    """Each of many concurrent requests gets its own answer: stored, refused, or invalid."""
    sent = [
        now(
            i,
            properties=BROKEN if i % 10 == 3 else "",
            path="/" * 2_000 if i % 10 == 5 else "\ud800" if i % 10 == 7 else "/a",
        )
        for i in range(60)
    ]
    counters = Counters()
    async with served(plain_store, tmp_path / "engine", telemetry=counters) as (log, _):
        found = await asyncio.gather(*(outcome(log, one, now(1_000 + one.event_id)) for one in sent))
        await log.append([])
    expected = {3: Refused, 5: InvalidInput, 7: InvalidInput}
    assert found == [expected.get(i % 10) for i in range(60)]
    stored = [i for i in range(60) if i % 10 not in expected]
    beside_refused = [1_000 + i for i in range(60) if i % 10 not in {5, 7}]
    assert stored_ids(plain_store) == [*stored, *beside_refused]
    assert counters.sums["footfall_log_in_flight_events",] == 0


async def test_a_full_log_refuses(plain_store: str, tmp_path: Path) -> None:
    """What is on its way is bounded, and the bound is free again after the answers."""
    async with served(plain_store, tmp_path / "engine", limit=30) as (log, _):
        found = await asyncio.gather(*(outcome(log, *(now(10 * i + j) for j in range(10))) for i in range(5)))
        assert found == [None] * 3 + [Overloaded] * 2
        assert await outcome(log, now(100)) is None
    assert stored_ids(plain_store) == [*range(30), 100]


async def test_a_question_is_answered_by_name(plain_store: str, tmp_path: Path) -> None:
    """Answers, errors and unknown names come back to whoever asked; a slow one holds up no other."""
    slow = asyncio.Event()

    async def echo(payload: bytes) -> bytes:
        return payload[::-1]

    async def wait(payload: bytes) -> bytes:
        await slow.wait()
        return payload

    async def refuse(payload: bytes) -> bytes:
        raise Unavailable(payload.decode(), 7)

    async def fail(payload: bytes) -> bytes:
        raise KeyError(payload)

    handlers = {"echo": echo, "wait": wait, "refuse": refuse, "fail": fail}
    async with served(plain_store, tmp_path / "engine", handlers, timeout=0.6) as (log, _):
        waiting = asyncio.create_task(log.ask("wait", b"w"))
        assert await asyncio.gather(*(log.ask("echo", b"ab%d" % i) for i in range(9))) == [
            b"%dba" % i for i in range(9)
        ]
        with pytest.raises(NotFound, match="nobody"):
            await log.ask("nobody")
        with pytest.raises(Unavailable, match="later") as caught:
            await log.ask("refuse", b"later")
        assert caught.value.retry_after == 7
        with pytest.raises(Unavailable):
            await log.ask("fail")
        assert not waiting.done()
        slow.set()
        assert await waiting == b"w"
        slow.clear()
        with pytest.raises(Unavailable, match="within"):
            await log.ask("wait")


async def test_a_lost_engine_is_found_again(plain_store: str, tmp_path: Path) -> None:
    """Without the engine appends fail at once; what was on its way fails; the connection comes back by itself."""
    path = tmp_path / "engine"
    async with running(plain_store) as runner:
        log = SocketLog(path, clock=CLOCK, telemetry=NoTelemetry())
        await log.start()
        assert await outcome(log, now(1)) is Unavailable
        for i in range(2, 4):
            server = Server(path, runner, {})
            await server.start()
            await until_ready(log)
            assert await outcome(log, now(i)) is None
            on_its_way = asyncio.create_task(outcome(log, now(100 + i)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await server.stop()
            assert await on_its_way is Unavailable
        assert not path.exists()
        await log.stop()
    assert [i for i in stored_ids(plain_store) if i < 100] == [2, 3]


@pytest.mark.parametrize(
    "nonsense",
    [
        struct.pack("!I", 2**31) + b"x",
        struct.pack("!I", 3) + b"\xc1\xc1\xc1",
        struct.pack("!I", 1) + b"\x07",
        struct.pack("!I", 3) + b"\x92\x01\x01",
        struct.pack("!I", 3) + b"\x92\x63\x01",
        struct.pack("!I", 6) + b"\x94\x01\x01\x07\xa1x",
    ],
)
async def test_nonsense_on_the_socket_ends_that_connection_only(
    plain_store: str, tmp_path: Path, nonsense: bytes
) -> None:
    """A peer that does not speak the protocol is hung up on; others go on."""
    async with served(plain_store, tmp_path / "engine") as (log, _):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "engine"))
        writer.write(nonsense)
        async with asyncio.timeout(5):
            await reader.read()
        writer.close()
        assert await outcome(log, now(1)) is None
