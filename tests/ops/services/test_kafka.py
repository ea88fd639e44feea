"""The private broker, injured."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

if TYPE_CHECKING:
    from ops.services.kafka import Broker

pytestmark = pytest.mark.kafka
TOPIC = "letters"


def produce(bootstrap: str, values: list[bytes]) -> None:
    """Returns when the broker has acknowledged every value."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    try:
        for value in values:
            producer.send(TOPIC, value).get(timeout=20)
    finally:
        producer.close(timeout=5)


def consume(bootstrap: str, count: int) -> list[bytes]:
    """The first ``count`` values of the topic, or as many as come within 20 s."""
    consumer = KafkaConsumer(
        TOPIC, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=20_000
    )
    try:
        return [record.value for record in itertools.islice(consumer, count)]
    finally:
        consumer.close()


def test_acknowledged_messages_survive_sigkill(private_broker: Broker) -> None:
    """A broker killed with SIGKILL comes back on its port with all it had acknowledged."""
    admin = KafkaAdminClient(bootstrap_servers=private_broker.bootstrap)
    admin.create_topics([NewTopic(name=TOPIC, num_partitions=1, replication_factor=1)])
    admin.close()
    produce(private_broker.bootstrap, [b"a", b"b"])
    first = private_broker.pid

    private_broker.kill()
    private_broker.start()

    assert first != private_broker.pid
    produce(private_broker.bootstrap, [b"c"])
    assert consume(private_broker.bootstrap, 3) == [b"a", b"b", b"c"]
