"""The consumer lag is measured from the outside; the group follows the store after a restore."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from kafka import KafkaProducer

from ops.clock import SystemClock
from streams.kafka.ends import committed
from streams.kafka.lag import LagMonitor, PartitionLag
from streams.kafka.offsets import PartitionOffsets, Verdict, compare, reset_group
from tests.streams.kafka.samples import Measured

if TYPE_CHECKING:
    from streams.kafka.topics import Topic

pytestmark = pytest.mark.kafka


@pytest.fixture
def filled(kafka_bootstrap: str, topic: Topic) -> Topic:
    """The topic with five messages on partition 1 and two on partition 2."""
    producer = KafkaProducer(bootstrap_servers=kafka_bootstrap)
    for partition in (1, 1, 1, 1, 1, 2, 2):
        producer.send(topic.name, b"x", partition=partition).get(10)
    producer.close()
    return topic


def _monitor(bootstrap: str, topic: Topic, telemetry: Measured, retention_ms: int = 10**9) -> LagMonitor:
    async def positions() -> dict[int, int]:
        return {0: 0, 1: 2, 2: 2}

    return LagMonitor(
        bootstrap=bootstrap,
        topic=topic,
        positions=positions,
        clock=SystemClock(),
        telemetry=telemetry,
        retention_ms=retention_ms,
    )


async def test_lag_in_messages_and_seconds(kafka_bootstrap: str, filled: Topic) -> None:
    """Only what is not applied counts, and its age is that of the oldest such message in the log."""
    measured = Measured()
    await asyncio.sleep(0.3)

    lags = await _monitor(kafka_bootstrap, filled, measured).measure()

    assert [(lag.partition, lag.messages) for lag in lags] == [(0, 0), (1, 3), (2, 0), (3, 0)]
    assert PartitionLag(0, 0, 0.0) == lags[0]
    assert 0.3 <= lags[1].seconds < 10
    assert measured.gauges["footfall_consumer_lag_messages", "1"] == 3
    assert measured.gauges["footfall_consumer_lag_seconds", "1"] == lags[1].seconds


async def test_lag_near_the_retention_refuses(kafka_bootstrap: str, filled: Topic) -> None:
    """When the oldest message not applied will soon be forgotten there is a reason to accept nothing more."""
    monitor = _monitor(kafka_bootstrap, filled, Measured(), retention_ms=200)
    assert monitor.refusal() is None
    await asyncio.sleep(0.3)

    await monitor.measure()

    assert "start workers" in (monitor.refusal() or "")


async def test_comfortable_lag_does_not_refuse(kafka_bootstrap: str, filled: Topic) -> None:
    """A lag far from the retention is none of the collectors' business."""
    monitor = _monitor(kafka_bootstrap, filled, Measured())

    await monitor.measure()

    assert monitor.refusal() is None


def test_group_follows_the_store(kafka_bootstrap: str, filled: Topic) -> None:
    """After a reset the group has committed what the store says, and the comparison shows it."""
    group = f"group-of-{filled.name}"
    reset_group(kafka_bootstrap, filled, group, {1: 3, 2: 2})

    assert committed(kafka_bootstrap, filled, group) == {1: 3, 2: 2}
    assert compare(kafka_bootstrap, filled, group, {1: 3, 2: 2, 3: 4}) == [
        PartitionOffsets(0, None, 0, 0, None),
        PartitionOffsets(1, 3, 0, 5, 3),
        PartitionOffsets(2, 2, 0, 2, 2),
        PartitionOffsets(3, 4, 0, 0, None),
    ]


@pytest.mark.parametrize(
    ("position", "begin", "end", "verdict"),
    [
        (None, 0, 0, Verdict.APPLIED),
        (None, 0, 1, Verdict.WAITING),
        (None, 1, 1, Verdict.GONE),
        (5, 0, 5, Verdict.APPLIED),
        (4, 4, 5, Verdict.WAITING),
        (3, 4, 5, Verdict.GONE),
        (6, 0, 5, Verdict.FOREIGN),
    ],
)
def test_verdict(position: int | None, begin: int, end: int, verdict: Verdict) -> None:
    """Each constellation of position and log has one meaning."""
    assert verdict == PartitionOffsets(0, position, begin, end, None).verdict
