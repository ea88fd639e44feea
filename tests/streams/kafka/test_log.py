"""The collector's log on a real broker: durable when answered, bounded, and well again after an outage."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from kafka import KafkaConsumer, TopicPartition

from core.errors import Overloaded, Refused, Unavailable
from ops.clock import SystemClock
from streams import codec
from streams.kafka import topics
from streams.kafka.ends import ends
from streams.kafka.log import KafkaLog, LogSettings
from streams.kafka.producer import ProducerSettings
from streams.kafka.topics import Topic
from tests.streams.kafka.samples import BUCKETS, Measured, event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from ops.services.kafka import Broker

pytestmark = pytest.mark.kafka

#: Quick to give up, for outages that a test can wait for.
IMPATIENT = ProducerSettings(delivery_timeout=2.5, request_timeout=1.0, connect_timeout=1.0)


@asynccontextmanager
async def _log(
    bootstrap: str,
    topic: Topic,
    settings: LogSettings | None = None,
    refusal: Callable[[], str | None] = lambda: None,
) -> AsyncIterator[KafkaLog]:
    log = KafkaLog(
        bootstrap=bootstrap, topic=topic, clock=SystemClock(), settings=settings, refusal=refusal, telemetry=Measured()
    )
    await log.start()
    async with asyncio.timeout(10):
        await log.connected()
    try:
        yield log
    finally:
        await log.close()


def _read(bootstrap: str, topic: Topic) -> dict[int, list[codec.Packet]]:
    """All messages of the topic, by partition, in the order of the log."""
    found: dict[int, list[codec.Packet]] = {number: [] for number in range(topic.partitions)}
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    with contextlib.closing(consumer):
        left = {number: where.end for number, where in ends(bootstrap, topic).items() if where.end > where.begin}
        which = [TopicPartition(topic.name, number) for number in left]
        consumer.assign(which)
        if which:
            consumer.seek_to_beginning(*which)
        while left:
            for which, records in consumer.poll(timeout_ms=500).items():
                found[which.partition] += [codec.decode(record.value) for record in records]
                if records[-1].offset + 1 >= left[which.partition]:
                    del left[which.partition]
                    consumer.pause(which)
    return found


async def test_answered_events_are_in_the_log(kafka_bootstrap: str, topic: Topic) -> None:
    """Every event is there once, on its bucket's partition, packed, under one producer with rising sequences."""
    async with _log(kafka_bootstrap, topic) as log:
        await log.ready()
        await asyncio.gather(*(log.append([(number % BUCKETS, event(number))]) for number in range(600)))
        await log.append([(number % BUCKETS, event(number)) for number in range(600, 1_000)])

    found = await asyncio.to_thread(_read, kafka_bootstrap, topic)

    for partition, packets in found.items():
        ids = [e.event_id for packet in packets for e in packet.events]
        assert list(range(partition, 1_000, 4)) == ids
        sequences = [packet.sequence for packet in packets]
        assert sorted(set(sequences)) == sequences
    packets = [packet for several in found.values() for packet in several]
    assert len({packet.producer for packet in packets}) == 1
    assert len(packets) < 100


async def test_nothing_to_append(kafka_bootstrap: str, topic: Topic) -> None:
    """An append of no events is durable at once."""
    async with _log(kafka_bootstrap, topic) as log:
        await log.append([])

    assert not any((await asyncio.to_thread(_read, kafka_bootstrap, topic)).values())


async def test_unwritable_event_fails_alone(kafka_bootstrap: str, topic: Topic) -> None:
    """Who sends half of a surrogate pair is refused; who shares the message with it is not."""
    async with _log(kafka_bootstrap, topic, LogSettings(window=0.05)) as log:
        good, bad, fine = await asyncio.gather(
            log.append([(0, event(1))]),
            log.append([(0, event(2, path="/\ud800"))]),
            log.append([(0, event(3))]),
            return_exceptions=True,
        )

    assert (good, fine) == (None, None)
    assert isinstance(bad, Refused)
    found = await asyncio.to_thread(_read, kafka_bootstrap, topic)
    assert [e.event_id for packet in found[0] for e in packet.events] == [1, 3]


@pytest.mark.parametrize("settings", [LogSettings(most_events=10), LogSettings(most_weight=5_000)])
async def test_refuses_above_the_bound(kafka_bootstrap: str, topic: Topic, settings: LogSettings) -> None:
    """What would exceed the bound is refused at once; when there is room again it is taken."""
    async with _log(kafka_bootstrap, topic, settings) as log:
        held = asyncio.create_task(log.append([(0, event(number)) for number in range(10)]))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await log.append([(0, event(number)) for number in range(3)])
        await held
        await log.append([(0, event(11))])


async def test_a_request_that_goes_away_harms_nobody(kafka_bootstrap: str, topic: Topic) -> None:
    """A caller that is cancelled leaves the others of its message alone, and its room is free again."""
    async with _log(kafka_bootstrap, topic, LogSettings(window=0.05, most_events=2)) as log:
        gone = asyncio.create_task(log.append([(0, event(1))]))
        stays = asyncio.create_task(log.append([(0, event(2))]))
        await asyncio.sleep(0)
        gone.cancel()
        await stays
        await log.append([(0, event(3)), (0, event(4))])

    assert gone.cancelled()


async def test_refusal_closes_the_log(kafka_bootstrap: str, topic: Topic) -> None:
    """When the lag comes near the retention nothing is accepted."""
    async with _log(kafka_bootstrap, topic, refusal=lambda: "workers are 150 h behind") as log:
        with pytest.raises(Overloaded, match="150 h"):
            await log.append([(0, event(1))])
        with pytest.raises(Overloaded, match="150 h"):
            await log.ready()


async def test_close_sends_what_waits(kafka_bootstrap: str, topic: Topic) -> None:
    """What was accepted before the stop is answered; what comes after it is not accepted."""
    async with _log(kafka_bootstrap, topic, LogSettings(window=5)) as log:
        waiting = asyncio.create_task(log.append([(0, event(1))]))
        await asyncio.sleep(0)
        await log.close()
        await waiting
        with pytest.raises(Unavailable, match="stopping"):
            await log.append([(0, event(2))])


async def test_missing_topic_is_told() -> None:
    """Without a broker the log is not ready and says why."""
    log = KafkaLog(bootstrap="127.0.0.1:9", topic=Topic("footfall-events-1", 1, 4), clock=SystemClock())
    await log.start()
    with pytest.raises(Unavailable, match="not connected"):
        await log.ready()
    with pytest.raises(Unavailable, match="not connected"):
        await log.append([(0, event(1))])
    await log.close()


class _Load:
    """Fifty clients who append an event each, again and again, and what became of it."""

    def __init__(self, log: KafkaLog) -> None:
        self._log = log
        self._running = True
        self.answered: set[int] = set()
        self.refused: set[type[Exception]] = set()
        self.most_in_flight = 0
        self.slowest_turn = 0.0  #: seconds that the event loop was late at most

    async def run(self) -> None:
        await asyncio.gather(self._heart(), *(self._client(range(first, 10**6, 50)) for first in range(50)))

    async def answers(self, more: int) -> None:
        """Return when so many more events have been answered."""
        wanted = len(self.answered) + more
        async with asyncio.timeout(20):
            while len(self.answered) < wanted:  # noqa: ASYNC110 - the clients wait for nobody
                await asyncio.sleep(0.1)

    def stop(self) -> None:
        self._running = False

    async def _client(self, numbers: range) -> None:
        for number in numbers:
            if not self._running:
                return
            try:
                await self._log.append([(number % BUCKETS, event(number))])
            except Unavailable as error:
                self.refused.add(type(error))
                await asyncio.sleep(0.05)
            else:
                self.answered.add(number)
            self.most_in_flight = max(self.most_in_flight, self._log._events)
            await asyncio.sleep(0.02)

    async def _heart(self) -> None:
        clock = SystemClock()
        while self._running:
            before = clock.monotonic()
            await asyncio.sleep(0.01)
            self.slowest_turn = max(self.slowest_turn, clock.monotonic() - before)


async def test_outage(private_broker: Broker) -> None:
    """The broker is killed under load and comes back.

    Whatever was answered is in the log, the bound is kept, the event loop is never blocked for long, and appends work
    again without a restart.
    """
    topic = topics.create(private_broker.bootstrap, partitions=4)
    settings = LogSettings(most_events=40, producer=IMPATIENT)
    async with _log(private_broker.bootstrap, topic, settings) as log:
        load = _Load(log)
        loading = asyncio.create_task(load.run())
        await load.answers(200)
        await asyncio.to_thread(private_broker.kill)
        await asyncio.sleep(7)
        with pytest.raises(Unavailable):
            await log.ready()
        await asyncio.to_thread(private_broker.start)
        await load.answers(200)
        load.stop()
        await loading
        await log.ready()

    found = await asyncio.to_thread(_read, private_broker.bootstrap, topic)

    assert load.answered <= {e.event_id for packets in found.values() for packet in packets for e in packet.events}
    assert load.refused >= {Overloaded, Unavailable}
    assert load.most_in_flight <= settings.most_events
    assert load.slowest_turn < 1
    for packets in found.values():
        by_producer: dict[int, list[int]] = {}
        for packet in packets:
            by_producer.setdefault(packet.producer, []).append(packet.sequence)
        assert all(sorted(sequences) == sequences for sequences in by_producer.values())
