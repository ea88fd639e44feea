"""What a restore says of the log: what waits, what is gone, and when it is another log."""

from __future__ import annotations

import secrets
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import psycopg
import pytest
from kafka import KafkaProducer, TopicPartition

from ops.backup import log_positions
from ops.settings import load
from streams.kafka import topics

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kafka


class Log(NamedTuple):
    """A topic with five messages in its one partition, and a database that has applied some of them."""

    bootstrap: str
    generation: int
    dsn: str

    def applied(self, position: int) -> None:
        """Let the database have the position."""
        with psycopg.connect(self.dsn) as connection:
            connection.execute("DELETE FROM positions")
            connection.execute(
                "INSERT INTO positions VALUES (%s, 0, %s, now(), now())", [topics.name_of(self.generation), position]
            )

    def position(self) -> object:
        """Where the database goes on."""
        with psycopg.connect(self.dsn) as connection:
            ((found,),) = connection.execute("SELECT next FROM positions").fetchall()
        return found

    def settle(self) -> list[str]:
        """What is told."""
        return log_positions.settle(
            load(
                DATABASE_URL=self.dsn,
                KAFKA_BOOTSTRAP_SERVERS=self.bootstrap,
                topic_generation=self.generation,
            )
        )


@pytest.fixture
def log(kafka_bootstrap: str, postgres_database: str) -> Iterator[Log]:
    """See the class."""
    generation = secrets.randbelow(1 << 30) + 1_000
    topic = topics.create(kafka_bootstrap, generation=generation, partitions=1)
    with closing(KafkaProducer(bootstrap_servers=kafka_bootstrap, acks="all")) as producer:
        for number in range(5):
            producer.send(topic.name, value=b"%d" % number, partition=0)
        producer.flush(60)
    yield Log(kafka_bootstrap, generation, postgres_database)
    with topics.admin_client(kafka_bootstrap) as admin:
        admin.delete_topics([topic.name])


def test_positions_are_held_to_the_log(log: Log) -> None:
    """What the log still has is applied from the backup's position on; what it forgot is told and passed over."""
    log.applied(2)
    assert (["3 messages since" in line for line in log.settle()], log.position()) == ([True], 2)
    with topics.admin_client(log.bootstrap) as admin:
        admin.delete_records({TopicPartition(topics.name_of(log.generation), 0): 4})
    told = log.settle()
    assert (["1 messages since" in told[0], "2 messages since the backup are gone" in told[1]], log.position()) == (
        [True, True],
        4,
    )
    log.applied(9)
    with pytest.raises(log_positions.ForeignLog, match=f"GENERATION={log.generation + 1} footfall topics create"):
        log.settle()
