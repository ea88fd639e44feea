"""A topic for the tests of the Kafka log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.kafka import topics
from tests.streams.kafka.samples import fresh_generation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.kafka.topics import Topic


@pytest.fixture
def topic(kafka_bootstrap: str) -> Iterator[Topic]:
    """A topic of four partitions that is the test's own."""
    made = topics.create(kafka_bootstrap, generation=fresh_generation(), partitions=4)
    yield made
    with topics.admin_client(kafka_bootstrap) as admin:
        admin.delete_topics([made.name])
