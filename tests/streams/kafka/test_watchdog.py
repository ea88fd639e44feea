"""A producer that says nothing any more is replaced, and whoever waits for it is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from core.errors import Refused, Unavailable
from ops.clock import SystemClock
from streams.kafka import log as kafka_log
from streams.kafka.log import KafkaLog, LogSettings
from streams.kafka.producer import ProducerSettings
from streams.kafka.topics import Topic
from tests.streams.kafka.samples import Measured, event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.events import Event


class _Producer:
    """As `streams.kafka.producer.Producer`; the first one made keeps silent, the next ones acknowledge at once."""

    made: list[_Producer]

    def __init__(self, *, bootstrap: str, topic: str, settings: ProducerSettings) -> None:
        del bootstrap, topic, settings
        self.silent = not _Producer.made
        self.discarded = False
        self.waiting: list[Callable[[Exception | None], None]] = []
        _Producer.made.append(self)

    def send(self, partition: int, events: Sequence[Event], done: Callable[[Exception | None], None]) -> None:
        del partition, events
        if self.silent:
            self.waiting.append(done)
        else:
            done(None)

    def discard(self) -> None:
        self.discarded = True

    def close(self, timeout: float) -> None:
        del timeout


async def test_silent_producer_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its messages are given up, their room is free, and what it says later changes nothing."""
    _Producer.made = []
    monkeypatch.setattr(kafka_log, "Producer", _Producer)
    monkeypatch.setattr(kafka_log, "_GRACE", 0.1)
    settings = LogSettings(most_events=1, producer=ProducerSettings(delivery_timeout=0.2))
    measured = Measured()
    log = KafkaLog(bootstrap="-", topic=Topic("t", 1, 4), clock=SystemClock(), telemetry=measured, settings=settings)
    await log.start()
    await log.connected()

    with pytest.raises(Unavailable, match="has kept a message"):
        await log.append([(0, event(1))])
    await asyncio.wait_for(log.connected(), 5)
    await log.append([(0, event(2))])
    first, second = _Producer.made
    first.waiting[0](None)
    await asyncio.sleep(0.05)
    await log.append([(0, event(3))])
    await log.close()

    assert (first.discarded, second.discarded) == (True, False)
    assert measured.counters["footfall_log_failures_total",] == 1
    assert measured.counters["footfall_log_ack_seconds",] == 2


async def test_close_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused message leaves nothing behind that a stop would wait for."""
    _Producer.made = []
    monkeypatch.setattr(kafka_log, "Producer", _Producer)
    monkeypatch.setattr(_Producer, "send", _refuse)
    log = KafkaLog(bootstrap="-", topic=Topic("t", 1, 4), clock=SystemClock())
    await log.start()
    await log.connected()
    with pytest.raises(Refused, match="half a pair"):
        await log.append([(0, event(1))])

    await asyncio.wait_for(log.close(), 1)


def _refuse(*_: object) -> None:
    raise Refused("half a pair")
