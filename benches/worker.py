"""The stream worker with its sink, one process, from a filled topic, against the engine without Faust; and the log."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import psycopg
import uvloop
from kafka import KafkaProducer
from psycopg import sql

from benches.tools import installed
from core.events import Event, EventType, TrafficClass
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage.migrate import migrate
from storage.pool import open_async_pool
from streams import codec
from streams.engine import PartitionEngine
from streams.kafka import topics
from streams.kafka.app import WorkerSettings
from streams.kafka.log import KafkaLog, LogSettings
from streams.kafka.worker import Worker
from streams.messages import Message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from psycopg_pool import AsyncConnectionPool

    from streams.kafka.topics import Topic

EVENTS: Final = 100_000
PER_SESSION: Final = 5
PARTITIONS: Final = 8
SIZES: Final = (15, 50)
PROMISED: Final = 40_000
AT_ONCE: Final = WorkerSettings().flushes_at_once
TAKE: Final = WorkerSettings().take
SINGLES: Final = 15_000
CLIENTS: Final = 500


@dataclass(slots=True)
class Counting(NoTelemetry):
    """Counts stored events, and remembers when the first and the last batch of them was committed."""

    wanted: int = EVENTS
    stored: int = 0
    first: tuple[float, int] | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, name: str, amount: float = 1, **_: str) -> None:
        """Count what was stored."""
        if name != "footfall_events_stored_total":
            return
        self.stored += int(amount)
        self.first = self.first or (time.perf_counter(), self.stored)
        if self.stored >= self.wanted:
            self.done.set()

    def rate(self) -> float:
        """Return events a second after the first commit."""
        if self.first is None:
            raise RuntimeError("nothing was stored")
        began, before = self.first
        return (self.stored - before) / (time.perf_counter() - began)


def run() -> None:
    """Print what one process stores, as a ratio to the engine without Faust, and what the log takes."""
    running = installed.services()
    if running is None:
        print("the worker: set KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL, or `make bench ARGS=worker`")
        return
    bootstrap, admin = running
    events = _events()
    for size in SIZES:
        messages = _packed(events, size)
        with _topic(bootstrap) as topic:
            _fill(bootstrap, topic, messages)
            with _database(admin) as dsn:
                bare, bare_cpu = uvloop.run(_bare(dsn, messages))
            with _database(admin) as dsn:
                faust, cpu = uvloop.run(_faust(bootstrap, topic, dsn))
        print(
            f"{size} events a message: worker {faust:,.0f}/s ({cpu:.0f} us of CPU each), "
            f"{faust / bare:.2f} of the bare engine's {bare:,.0f}/s ({bare_cpu:.0f} us); "
            f"{faust / PROMISED:.2f} of the {PROMISED:,} promised",
        )
    with _topic(bootstrap) as topic:
        plain = _plain(bootstrap, topic, events[: SINGLES // 3])
        packed, p50, p99 = uvloop.run(_log(bootstrap, topic, events[:SINGLES]))
    print(
        f"log: {packed:,.0f} single events/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms with {CLIENTS} clients; "
        f"{packed / plain:.1f} times a producer that sends each by itself ({plain:,.0f}/s)",
    )


def _events() -> list[Event]:
    """Sessions of five page views, a thousand of them under way at any time, in order of time."""
    dice = random.Random(3)  # noqa: S311 - a bench
    now = SystemClock().now_ms() - EVENTS // 10
    open_visits = [(visitor, PER_SESSION) for visitor in range(1, 1_001)]
    following = 1_001
    events = []
    for number in range(EVENTS):
        place = dice.randrange(len(open_visits))
        visitor, left = open_visits[place]
        events.append(_view(number, now + number // 10, visitor, f"/articles/{dice.randrange(500)}"))
        if left > 1:
            open_visits[place] = (visitor, left - 1)
        else:
            open_visits[place] = (following, PER_SESSION)
            following += 1
    return events


def _view(number: int, ts: int, visitor: int, path: str) -> Event:
    fields: dict[str, object] = dict.fromkeys(Event._fields, "")
    fields |= {"ts": ts, "event_id": number, "visitor": visitor, "prev": 0, "site": 1, "status": 200, "engaged_ms": 0}
    fields |= {"traffic": TrafficClass.HUMAN.value, "type": EventType.PAGE_VIEW.value, "path": path}
    fields |= {"channel": "organic_search", "referrer": "search.example/", "referrer_host": "search.example"}
    fields |= {"hostname": "example.com", "country": "DE", "browser": "Firefox", "browser_version": "141"}
    fields |= {"os": "Linux", "device": "desktop", "screen": "1920"}
    return Event(**fields)  # type: ignore[arg-type]  # the values above are of the fields' types


def _packed(events: Sequence[Event], size: int) -> list[tuple[int, bytes]]:
    """Return (partition, message) pairs in the order in which a collector would send them."""
    waiting: dict[int, list[Event]] = {number: [] for number in range(PARTITIONS)}
    sequences = dict.fromkeys(range(PARTITIONS), 0)
    messages = []
    for event in events:
        partition = event.visitor % PARTITIONS
        pack = waiting[partition]
        pack.append(event)
        if len(pack) == size:
            sequences[partition] += 1
            messages.append((partition, codec.encode(1, sequences[partition], pack)))
            pack.clear()
    messages += [(number, codec.encode(1, 10**6, pack)) for number, pack in waiting.items() if pack]
    return messages


async def _bare(dsn: str, messages: Sequence[tuple[int, bytes]]) -> tuple[float, float]:
    """Apply the messages in batches as the worker would see them; return events/s and CPU us an event."""
    clock, counting, turns = SystemClock(), Counting(), asyncio.Semaphore(AT_ONCE)
    async with _pool(dsn) as pool:
        engines = [PartitionEngine(pool, "bench", n, clock=clock, telemetry=counting) for n in range(PARTITIONS)]
        for engine in engines:
            await engine.open()
        offsets = [0] * PARTITIONS

        async def flush(partition: int, payloads: Sequence[bytes]) -> None:
            batch = [Message.read(offsets[partition] + n, clock.now_ms(), data) for n, data in enumerate(payloads)]
            async with turns:
                await engines[partition].apply(batch)
            offsets[partition] += len(batch)

        cpu = time.process_time()
        for first in range(0, len(messages), TAKE):
            dealt: dict[int, list[bytes]] = {}
            for partition, payload in messages[first : first + TAKE]:
                dealt.setdefault(partition, []).append(payload)
            await asyncio.gather(*(flush(*each) for each in dealt.items()))
        return counting.rate(), (time.process_time() - cpu) / EVENTS * 1e6


async def _faust(bootstrap: str, topic: Topic, dsn: str) -> tuple[float, float]:
    """Let a worker apply the topic; return events/s and CPU us an event."""
    clock, counting, stop = SystemClock(), Counting(), asyncio.Event()
    async with _pool(dsn) as pool:
        worker = Worker(
            bootstrap=bootstrap,
            topic=topic,
            engine=lambda number: PartitionEngine(pool, topic.name, number, clock=clock, telemetry=counting),
            clock=clock,
            telemetry=counting,
            settings=WorkerSettings(group=f"group-of-{topic.name}"),
        )
        cpu = time.process_time()
        working = asyncio.create_task(worker.run(stop))
        await counting.done.wait()
        rate, spent = counting.rate(), time.process_time() - cpu
        stop.set()
        await working
        return rate, spent / EVENTS * 1e6


async def _log(bootstrap: str, topic: Topic, events: Sequence[Event]) -> tuple[float, float, float]:
    """Append each event by itself from many clients; return events/s and two percentiles of the wait, ms."""
    log = KafkaLog(bootstrap=bootstrap, topic=topic, clock=SystemClock(), settings=LogSettings())
    await log.start()
    await log.connected()
    left, waits = iter(events), []

    async def client() -> None:
        for event in left:
            began = time.perf_counter()
            await log.append([(event.visitor, event)])
            waits.append((time.perf_counter() - began) * 1e3)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    rate = len(events) / (time.perf_counter() - began)
    await log.close()
    waits.sort()
    return rate, waits[len(waits) // 2], waits[len(waits) * 99 // 100]


def _plain(bootstrap: str, topic: Topic, events: Sequence[Event]) -> float:
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, compression_type="lz4")
    producer.partitions_for(topic.name)
    began = time.perf_counter()
    for event in events:
        producer.send(topic.name, codec.encode(1, 1, (event,)), partition=event.visitor % PARTITIONS)
    producer.flush()
    rate = len(events) / (time.perf_counter() - began)
    producer.close()
    return rate


def _fill(bootstrap: str, topic: Topic, messages: Sequence[tuple[int, bytes]]) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, compression_type="lz4", linger_ms=20, batch_size=65_536)
    for partition, message in messages:
        producer.send(topic.name, message, partition=partition)
    producer.flush()
    producer.close()


@asynccontextmanager
async def _pool(dsn: str) -> AsyncIterator[AsyncConnectionPool]:
    pool = await open_async_pool(dsn, size=AT_ONCE + 1)
    async with pool:
        yield pool


@contextmanager
def _topic(bootstrap: str) -> Iterator[Topic]:
    topic = topics.create(bootstrap, generation=2 * 10**9 + secrets.randbelow(10**9), partitions=PARTITIONS)
    try:
        yield topic
    finally:
        with topics.admin_client(bootstrap) as admin:
            admin.delete_topics([topic.name])


@contextmanager
def _database(admin: str) -> Iterator[str]:
    name = f"footfall_bench_{secrets.token_hex(8)}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        dsn = psycopg.conninfo.make_conninfo(admin, dbname=name)
        migrate(dsn)
        yield dsn
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
