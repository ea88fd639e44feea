"""The two ways of events: the single node's runner into PostgreSQL; Kafka and a Faust worker into TimescaleDB."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import closing, contextmanager
from itertools import cycle
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import psycopg
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from psycopg.types.json import Jsonb

from core.sites import ContentGroup, Site
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage.pool import open_async_pool
from storage.sites import of_account
from streams.engine import PartitionEngine
from streams.kafka.ends import ends
from streams.kafka.log import KafkaLog
from streams.local.runner import Runner
from tests.parity.traffic import EXCLUDED, SITES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.enrich.pipeline import Enriched
    from core.events import Event
    from streams.kafka.topics import Topic

GROUPS: Final = (
    ContentGroup("Old posts", "/blog/old/*"),
    ContentGroup("Blog", "/blog/*"),
    ContentGroup("Pages", "/page/*"),
)
_ROOT: Final = Path(__file__).parents[2]
_WORKER: Final = _ROOT / "tests/streams/kafka/worker_process.py"
_PATIENCE: Final = 60
_AT_A_TIME: Final = 40
#: One message in so many is in the log twice.
_REPEATED: Final = 3


def make_store(dsn: str) -> list[Site]:
    """Make the sites of the traffic in a migrated database, with the same numbers everywhere."""
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
        for number in range(SITES):
            connection.execute(
                "INSERT INTO sites (account_id, domain, content_groups, excluded_ips, honour_gpc, honour_dnt, uuid)"
                " SELECT id, %s, %s, %s, %s, %s, %s FROM accounts",
                [
                    f"site{number}.example",
                    Jsonb([group._asdict() for group in GROUPS]),
                    [EXCLUDED] if number % 2 == 0 else [],
                    number % 2 == 0,
                    number % 2 == 1,
                    f"00000000-0000-4000-8000-{number:012}",
                ],
            )
        return sorted(of_account(connection, None), key=lambda site: site.id)


async def go_alone(dsn: str, accepted: Sequence[Enriched]) -> None:
    """Feed the single node's runner, many requests at a time."""
    pool = await open_async_pool(dsn, size=4, check=False)
    clock = SystemClock()
    engine = PartitionEngine(pool, "local", 0, clock=clock, telemetry=NoTelemetry())
    runner = Runner(engine, clock=clock)
    await runner.start()
    requests = list(_requests(accepted))
    for begin in range(0, len(requests), _AT_A_TIME):
        await asyncio.gather(
            *(runner.append([event for _, event in request]) for request in requests[begin : begin + _AT_A_TIME])
        )
    await runner.stop()
    await pool.close()


async def go_through_kafka(bootstrap: str, topic: Topic, accepted: Sequence[Enriched]) -> int:
    """Feed the collector's log; half way and at the end, append messages that are there once more; return how many."""
    log = KafkaLog(bootstrap=bootstrap, topic=topic, clock=SystemClock())
    await log.start()
    async with asyncio.timeout(_PATIENCE):
        await log.connected()
    requests = list(_requests(accepted))
    repeated = 0
    for half in (requests[: len(requests) // 2], requests[len(requests) // 2 :]):
        for begin in range(0, len(half), _AT_A_TIME):
            await asyncio.gather(*(log.append(request) for request in half[begin : begin + _AT_A_TIME]))
        repeated += await asyncio.to_thread(_repeat, bootstrap, topic)
    await log.close()
    return repeated


@contextmanager
def worker(bootstrap: str, topic: Topic, dsn: str, log: Path, *, group: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A worker process for as long as the block lasts."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(_WORKER), bootstrap, str(topic.generation), group or f"group-of-{topic.name}", dsn],
            cwd=_ROOT,
            env=os.environ | {"PYTHONPATH": str(_ROOT)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def applied(bootstrap: str, topic: Topic, dsn: str) -> None:
    """Return when the store holds all that the log does."""
    log_ends = {number: found.end for number, found in ends(bootstrap, topic).items()}
    async with asyncio.timeout(_PATIENCE):
        while True:
            async with await psycopg.AsyncConnection.connect(dsn) as connection:
                stored = await connection.execute("SELECT partition, next FROM positions WHERE log = %s", [topic.name])
                if dict(await stored.fetchall()) == log_ends:
                    return
            await asyncio.sleep(0.2)


def _requests(accepted: Sequence[Enriched]) -> Iterator[list[tuple[int, Event]]]:
    """The events as they come to a log: alone or a few together."""
    sizes = cycle(Random(5).choices((1, 1, 1, 2, 5, 32), k=101))  # noqa: S311 - sizes, no secret
    begin = 0
    while begin < len(accepted):
        size = next(sizes)
        yield [(bucket, event) for bucket, event in accepted[begin : begin + size]]
        begin += size


def _repeat(bootstrap: str, topic: Topic) -> int:
    """Append some of the messages of the topic again, byte by byte, to their partitions."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    with closing(KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)) as consumer, closing(producer):
        which = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer.assign(which)
        consumer.seek_to_beginning(*which)
        last = consumer.end_offsets(which)
        again = []
        while any(consumer.position(tp) < last[tp] for tp in which):
            for tp, records in consumer.poll(timeout_ms=500).items():
                again += [(tp.partition, record.value) for record in records[::_REPEATED]]
        for partition, message in again:
            producer.send(topic.name, value=message, partition=partition)
        producer.flush(_PATIENCE)
    return len(again)
