"""Workers as processes, on a real broker and a real TimescaleDB: every event that was appended is counted once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from kafka import KafkaProducer

from core.errors import Unavailable
from ops.clock import SystemClock
from storage.migrate import migrate
from streams import codec
from streams.kafka import topics
from streams.kafka.log import KafkaLog, LogSettings
from streams.kafka.producer import ProducerSettings
from tests.streams.kafka.samples import BUCKETS, event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from ops.services.kafka import Broker
    from ops.services.timescale import Timescale
    from streams.kafka.topics import Topic

pytestmark = [pytest.mark.kafka, pytest.mark.timescale]

ROOT = Path(__file__).parents[3]
ENTRY = Path(__file__).with_name("worker_process.py")
VISITORS = 40
#: How long a result may take to appear, seconds.
PATIENCE = 120


class Workers:
    """Worker processes of one group over one topic and one database."""

    def __init__(self, bootstrap: str, topic: Topic, dsn: str, folder: Path) -> None:
        self.dsn = dsn
        self._arguments = [bootstrap, str(topic.generation), f"group-of-{topic.name}", dsn]
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one more."""
        with (self._folder / f"worker-{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, str(ENTRY), *self._arguments, *arguments],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)
        return process

    def end(self) -> None:
        """End what still runs."""
        for process in self._processes:
            process.kill()
            process.wait()

    def logs(self) -> str:
        """What they have written."""
        return "\n".join(log.read_text() for log in sorted(self._folder.glob("worker-*.log")))

    def read(self, query: str) -> list[Any]:
        """Return the first column of a query on the store."""
        with psycopg.connect(self.dsn) as connection:
            return [row[0] for row in connection.execute(query.encode()).fetchall()]

    async def until(self, query: str, value: object) -> None:
        """Return when the query's first value is `value`."""
        await self._reached(f"{query} is {value}", lambda: self.read(query)[0] == value)

    async def holds(self, ids: set[int]) -> None:
        """Return when the store holds all these events."""
        await self._reached(f"{len(ids)} events", lambda: ids <= set(self.read("SELECT event_id FROM events")))

    async def _reached(self, what: str, reached: Callable[[], bool]) -> None:
        deadline = SystemClock().monotonic() + PATIENCE
        while not await asyncio.to_thread(reached):
            if SystemClock().monotonic() > deadline:
                pytest.fail(f"after {PATIENCE} s not: {what}\n{self.logs()}")
            await asyncio.sleep(0.2)


@pytest.fixture
def database(timescale_database: str) -> str:
    """A migrated database."""
    return timescale_database


@pytest.fixture
def workers(kafka_bootstrap: str, topic: Topic, database: str, tmp_path: Path) -> Iterator[Workers]:
    """No worker yet; what is started is ended with the test."""
    several = Workers(kafka_bootstrap, topic, database, tmp_path)
    yield several
    several.end()


@asynccontextmanager
async def _log(bootstrap: str, topic: Topic, settings: LogSettings | None = None) -> AsyncIterator[KafkaLog]:
    log = KafkaLog(bootstrap=bootstrap, topic=topic, clock=SystemClock(), settings=settings)
    await log.start()
    async with asyncio.timeout(10):
        await log.connected()
    yield log
    await log.close()


class Load:
    """Appends events from ten clients, about 500 a second, and remembers which were answered."""

    def __init__(self, log: KafkaLog) -> None:
        self._log = log
        self._next = 0
        self._running = True
        self.answered: set[int] = set()

    async def run(self) -> None:
        """Append until stopped."""
        await asyncio.gather(*(self._client() for _ in range(10)))

    def stop(self) -> None:
        """Append no more."""
        self._running = False

    async def _client(self) -> None:
        while self._running:
            number = self._next
            self._next += 1
            visitor = number % VISITORS + 1
            with contextlib.suppress(Unavailable):
                await self._log.append([(visitor * 97 % BUCKETS, event(number, visitor=visitor))])
                self.answered.add(number)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def _loaded(log: KafkaLog) -> AsyncIterator[Load]:
    load = Load(log)
    running = asyncio.create_task(load.run())
    yield load
    load.stop()
    await running


async def _exact(workers: Workers, answered: set[int]) -> None:
    """Every answered event is in the store, none is twice, and the sessions hold them all."""
    assert answered
    await workers.holds(answered)
    ids = await asyncio.to_thread(workers.read, "SELECT event_id FROM events")
    assert sorted(set(ids)) == sorted(ids)
    assert answered <= set(ids)
    assert await asyncio.to_thread(workers.read, "SELECT sum(events)::bigint FROM sessions") == [len(ids)]
    assert await asyncio.to_thread(workers.read, "SELECT count(*) FROM events WHERE new") == [VISITORS]


async def test_appended_events_are_stored_once(kafka_bootstrap: str, topic: Topic, workers: Workers) -> None:
    """From append to row; and SIGTERM ends the worker in time, with status 0."""
    worker = workers.start()
    async with _log(kafka_bootstrap, topic) as log, _loaded(log) as load:
        await asyncio.sleep(3)
    await _exact(workers, load.answered)

    worker.send_signal(signal.SIGTERM)

    assert await asyncio.to_thread(worker.wait, 10) == 0


async def test_workers_join_and_leave(kafka_bootstrap: str, topic: Topic, workers: Workers) -> None:
    """While events come, a second worker joins, the first one leaves, a third joins and is killed: exact counts."""
    first = workers.start()
    async with _log(kafka_bootstrap, topic) as log, _loaded(log) as load:
        await asyncio.sleep(3)
        workers.start()
        await asyncio.sleep(4)
        first.send_signal(signal.SIGTERM)
        await asyncio.sleep(2)
        third = workers.start()
        await asyncio.sleep(4)
        third.kill()
        await asyncio.sleep(1)
    await _exact(workers, load.answered)

    assert first.returncode is None
    assert await asyncio.to_thread(first.wait, 1) == 0


async def test_a_deaf_consumer_is_replaced(kafka_bootstrap: str, topic: Topic, workers: Workers) -> None:
    """A consumer that is in the group and is given no messages: the worker notices and joins anew, in one process."""
    worker = workers.start("60", "5")
    async with _log(kafka_bootstrap, topic) as log, _loaded(log) as load:
        await workers.until("SELECT count(*) > 100 FROM events", value=True)
        worker.send_signal(signal.SIGUSR1)
        await asyncio.sleep(2)
    await _exact(workers, load.answered)

    assert "joining anew: no messages come for partition" in workers.logs()
    assert worker.poll() is None


async def test_partitions_that_nobody_was_given_are_handed_out_again(
    kafka_bootstrap: str, topic: Topic, workers: Workers
) -> None:
    """Who hands out the partitions may have heard from a broker that did not know them yet: it learns of them soon."""
    worker = workers.start("60", "60", "1")
    async with _log(kafka_bootstrap, topic) as log, _loaded(log) as load:
        await asyncio.sleep(2)
    await _exact(workers, load.answered)

    assert "own partitions none" in workers.logs()
    assert worker.poll() is None


async def test_broker_away(private_broker: Broker, database: str, tmp_path: Path) -> None:
    """The broker is killed under load and comes back: nothing answered is lost, the same worker goes on."""
    topic = topics.create(private_broker.bootstrap, partitions=4)
    workers = Workers(private_broker.bootstrap, topic, database, tmp_path)
    worker = workers.start()
    impatient = LogSettings(producer=ProducerSettings(delivery_timeout=3, request_timeout=1, connect_timeout=1))
    try:
        async with _log(private_broker.bootstrap, topic, impatient) as log, _loaded(log) as load:
            await asyncio.sleep(4)
            await asyncio.to_thread(private_broker.kill)
            await asyncio.sleep(10)
            await asyncio.to_thread(private_broker.start)
            before = len(load.answered)
            async with asyncio.timeout(20):
                while len(load.answered) < before + 200:  # noqa: ASYNC110 - the clients wait for nobody
                    await asyncio.sleep(0.1)
        await _exact(workers, load.answered)
        assert worker.poll() is None
    finally:
        workers.end()


async def test_store_away(kafka_bootstrap: str, topic: Topic, private_timescale: Timescale, tmp_path: Path) -> None:
    """The database is killed under load and comes back: the log keeps what is answered, the same worker goes on."""
    migrate(private_timescale.dsn)
    workers = Workers(kafka_bootstrap, topic, private_timescale.dsn, tmp_path)
    worker = workers.start()
    try:
        async with _log(kafka_bootstrap, topic) as log, _loaded(log) as load:
            await asyncio.sleep(4)
            await asyncio.to_thread(private_timescale.kill)
            await asyncio.sleep(5)
            await asyncio.to_thread(private_timescale.start)
            await asyncio.sleep(1)
        await _exact(workers, load.answered)
        assert worker.poll() is None
    finally:
        workers.end()


def _append(bootstrap: str, topic: Topic, messages: Sequence[bytes]) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for message in messages:
        producer.send(topic.name, message, partition=2).get(10)
    producer.close()


async def test_message_appended_twice_counts_once(kafka_bootstrap: str, topic: Topic, workers: Workers) -> None:
    """A repeated message is known by producer and sequence, even when its events have no visitor."""
    one, two = (codec.encode(7, sequence, [event(sequence, visitor=0)]) for sequence in (1, 2))
    await asyncio.to_thread(_append, kafka_bootstrap, topic, [one, one, two, one, two])
    workers.start()

    await workers.until("SELECT next FROM positions WHERE partition = 2 UNION ALL SELECT 0", 5)

    assert await asyncio.to_thread(workers.read, "SELECT event_id FROM events ORDER BY 1") == [1, 2]


async def test_poison_becomes_a_dead_letter(kafka_bootstrap: str, topic: Topic, workers: Workers) -> None:
    """What is no message is kept with its offset and reason, and its neighbours are counted."""
    good = [codec.encode(7, sequence, [event(sequence)]) for sequence in (1, 2)]
    await asyncio.to_thread(_append, kafka_bootstrap, topic, [good[0], b"\xff poison", good[1]])
    workers.start()

    await workers.until("SELECT count(*) FROM events", 2)

    found = await asyncio.to_thread(
        workers.read, "SELECT concat_ws(' ', message, reason, encode(payload, 'escape')) FROM dead_letters"
    )
    assert found == [r"1 undecodable \377 poison"]


async def test_refusing_store_ends_the_worker(kafka_bootstrap: str, topic: Topic, workers: Workers) -> None:
    """A store that fails every batch ends the process with status 1; the next worker counts what it left."""
    with psycopg.connect(workers.dsn) as connection:
        connection.execute("ALTER TABLE producers RENAME TO elsewhere")
    await asyncio.to_thread(_append, kafka_bootstrap, topic, [codec.encode(7, 1, [event(1)])])
    worker = workers.start("4")

    assert await asyncio.to_thread(worker.wait, 120) == 1

    assert "partition 2 failed 4 times" in workers.logs()
    with psycopg.connect(workers.dsn) as connection:
        connection.execute("ALTER TABLE elsewhere RENAME TO producers")
    workers.start()
    await workers.until("SELECT count(*) FROM events", 1)


async def test_quiet_partitions_are_not_behind(kafka_bootstrap: str, topic: Topic, workers: Workers) -> None:
    """Positions keep up with the clock where nothing was ever appended, and where nothing comes any more."""
    await asyncio.to_thread(_append, kafka_bootstrap, topic, [codec.encode(7, 1, [event(1)])])
    behind = "SELECT count(*) FROM positions WHERE applied_to < now() - interval '5 minutes 20 seconds'"
    workers.start()
    await workers.until("SELECT count(*) FROM positions", topic.partitions)
    await workers.until(behind, 0)
    with psycopg.connect(workers.dsn) as connection:
        connection.execute("UPDATE positions SET applied_to = 'epoch'")

    await workers.until(behind, 0)

    assert workers.read("SELECT sum(next)::int FROM positions") == [1]


async def test_stored_position_beats_the_group(kafka_bootstrap: str, topic: Topic, workers: Workers) -> None:
    """After the store went back in time the worker reads on from its position, not from the group's offset."""
    messages = [codec.encode(7, sequence, [event(sequence)]) for sequence in range(1, 6)]
    await asyncio.to_thread(_append, kafka_bootstrap, topic, messages)
    worker = workers.start()
    await workers.until("SELECT count(*) FROM events", 5)
    worker.terminate()
    await asyncio.to_thread(worker.wait, 10)
    with psycopg.connect(workers.dsn) as connection:
        connection.execute("DELETE FROM events WHERE event_id > 2")
        connection.execute("DELETE FROM sessions WHERE events > 0")
        connection.execute("UPDATE producers SET last = 2")
        connection.execute("UPDATE positions SET next = 2 WHERE partition = 2")
    await asyncio.to_thread(_append, kafka_bootstrap, topic, [codec.encode(7, 6, [event(6)])])

    workers.start()

    await workers.until("SELECT count(DISTINCT event_id) FROM events", 6)
    assert await asyncio.to_thread(workers.read, "SELECT event_id FROM events ORDER BY 1") == [1, 2, 3, 4, 5, 6]


async def test_log_of_another_store_is_not_read(kafka_bootstrap: str, topic: Topic, workers: Workers) -> None:
    """A log that ends below the stored position stops the partition; the other partitions go on."""
    with psycopg.connect(workers.dsn) as connection:
        connection.execute(
            "INSERT INTO positions (log, partition, next, greatest_ts, applied_to) VALUES (%s, 2, 9, now(), now())",
            [topic.name],
        )
    await asyncio.to_thread(_append, kafka_bootstrap, topic, [codec.encode(7, 1, [event(1)])])
    workers.start()
    async with _log(kafka_bootstrap, topic) as log:
        await log.append([(1, event(2))])

    await workers.until("SELECT count(*) FROM events", 1)

    assert await asyncio.to_thread(workers.read, "SELECT event_id FROM events") == [2]
    assert "partition 2 is stopped: the log ends at 1, but 9 is the next to apply" in workers.logs()
