"""`footfall topics`: the log in Kafka."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import InvalidInput
from ops.cli.common import begin, epilog, group, say
from ops.waiting import until_there

if TYPE_CHECKING:
    from ops.settings import Settings
    from streams.kafka.topics import Topic

app = group("The topic of events in Kafka.")


@app.callback()
def topics() -> None:
    """The topic of events in Kafka."""


@app.command(epilog=epilog("KAFKA_BOOTSTRAP_SERVERS=kafka:9092 footfall topics create"))
def create() -> None:
    """Make the topic if it is not there, after waiting for the brokers.

    Partitions, copies and generation are settings: FOOTFALL_PARTITIONS, FOOTFALL_REPLICATION,
    FOOTFALL_TOPIC_GENERATION.
    """
    topic = make_topic(begin())
    say(f"{topic.name}: {topic.partitions} partitions")


def make_topic(settings: Settings) -> Topic:
    """Make the topic that the settings want if it is not there, after waiting for the brokers.

    Raises:
        InvalidInput: none are set, or it is there with other numbers.
    """
    from streams.kafka import topics as kafka

    brokers = bootstrap(settings)
    return until_there(
        f"Kafka at {brokers}",
        lambda: kafka.create(
            brokers,
            generation=settings.topic_generation or 1,
            partitions=settings.partitions,
            replication=settings.replication or None,
        ),
    )


def bootstrap(settings: Settings) -> str:
    """Return the brokers.

    Raises:
        InvalidInput: none are set.
    """
    if not settings.kafka_bootstrap_servers:
        raise InvalidInput("this needs a cluster: set KAFKA_BOOTSTRAP_SERVERS=host:port")
    return settings.kafka_bootstrap_servers
