"""Topics are made once, by generation, with what counting relies on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from core.errors import InvalidInput, NotFound, Unavailable
from streams.kafka import topics
from tests.streams.kafka.samples import fresh_generation

if TYPE_CHECKING:
    from streams.kafka.topics import Topic

pytestmark = pytest.mark.kafka


def test_making_it_twice_changes_nothing(kafka_bootstrap: str, topic: Topic) -> None:
    """Making a topic that is there returns it."""
    assert topic == topics.create(kafka_bootstrap, generation=topic.generation, partitions=4)
    assert topic == topics.current(kafka_bootstrap, generation=topic.generation)


def test_its_settings(kafka_bootstrap: str, topic: Topic) -> None:
    """The broker stamps messages on arrival and keeps them for seven days."""
    with topics.admin_client(kafka_bootstrap) as admin:
        described = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name)])["topic"][topic.name]
    settings = {name: described[name]["value"] for name in ("message.timestamp.type", "retention.ms")}

    assert settings == {"message.timestamp.type": "LogAppendTime", "retention.ms": "604800000"}


def test_highest_generation_is_current(kafka_bootstrap: str) -> None:
    """Without a generation the highest one is meant."""
    older, newer = (topics.create(kafka_bootstrap, generation=3 * 10**9 + n, partitions=1) for n in (1, 2))
    try:
        assert newer == topics.current(kafka_bootstrap)
    finally:
        with topics.admin_client(kafka_bootstrap) as admin:
            admin.delete_topics([older.name, newer.name])


def test_errors_say_what_to_do(kafka_bootstrap: str, topic: Topic) -> None:
    """Each mistake is told with its remedy."""
    with pytest.raises(InvalidInput, match=r"fixed when a topic is made"):
        topics.create(kafka_bootstrap, generation=topic.generation, partitions=5)
    with pytest.raises(InvalidInput, match=r"lower --replication"):
        topics.create(kafka_bootstrap, generation=fresh_generation(), replication=9)
    with pytest.raises(InvalidInput, match=r"1 or more"):
        topics.create(kafka_bootstrap, generation=0)
    with pytest.raises(NotFound, match=r"footfall topics create"):
        topics.current(kafka_bootstrap, generation=fresh_generation())
    with pytest.raises(Unavailable, match=r"does not answer"):
        topics.current("127.0.0.1:9")
