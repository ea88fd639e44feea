"""The topic of events: its name carries a generation, because a topic is never made again under an old name."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from kafka import KafkaAdminClient
from kafka.errors import BrokerResponseError, KafkaError, TopicAlreadyExistsError

from core.errors import InvalidInput, NotFound, Unavailable
from core.spans import DAY
from streams.kafka.clients import beginning

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)

PREFIX: Final = "footfall-events-"
#: How long the log remembers, ms: as long as workers may be away before anything is lost.
RETENTION_MS: Final = 7 * DAY
#: Fixed when the topic is made; a visitor's bucket picks one of them for good.
PARTITIONS: Final = 16

_NAME: Final = re.compile(re.escape(PREFIX) + r"([1-9][0-9]*)")
_BOOTSTRAP_MS: Final = 5_000
_REQUEST_MS: Final = 10_000
_RETRY_SECONDS: Final = 1.0
_REMIND_EVERY: Final = 15


class Topic(NamedTuple):
    """A topic that is there. `name` is also the name of the log in the store's positions."""

    name: str
    generation: int
    partitions: int


def name_of(generation: int) -> str:
    """Return the topic's name.

    Raises:
        InvalidInput: generations count from 1.
    """
    if generation < 1:
        raise InvalidInput(f"a topic's generation is 1 or more, not {generation}")
    return f"{PREFIX}{generation}"


def create(
    bootstrap: str, *, generation: int = 1, partitions: int = PARTITIONS, replication: int | None = None
) -> Topic:
    """Make the topic of `generation` if it is not there, and return it as it stands. Blocks for seconds.

    `replication` is by default 3, or the number of brokers where there are fewer. With three copies or more a message
    is acknowledged when all but one have it, so any one broker may fail.

    Raises:
        InvalidInput: it is there with another number of partitions, or the brokers refuse the numbers.
        Unavailable: no broker answers.
    """
    name = name_of(generation)
    with admin_client(bootstrap) as admin:
        brokers = len(admin.describe_cluster()["brokers"])
        copies = replication or min(3, brokers)
        if not 1 <= copies <= brokers:
            raise InvalidInput(f"{copies} copies need as many brokers, and there are {brokers}: lower --replication")
        configs = {
            "message.timestamp.type": "LogAppendTime",
            "retention.ms": str(RETENTION_MS),
            "retention.bytes": "-1",
            "cleanup.policy": "delete",
            "min.insync.replicas": str(max(1, copies - 1)),
        }
        wanted = {"num_partitions": partitions, "replication_factor": copies, "configs": configs}
        try:
            admin.create_topics({name: wanted}, wait_for_metadata=True)
            logger.info("made topic %s: %d partitions, %d copies", name, partitions, copies)
        except TopicAlreadyExistsError:
            logger.info("topic %s is there", name)
        found = _describe(admin, name)
    if found is None:
        raise Unavailable(f"topic {name} was made, but the brokers do not show it yet: run it again")
    if found.partitions != partitions:
        raise InvalidInput(
            f"topic {name} has {found.partitions} partitions, not {partitions}; that is fixed when a topic is made: "
            f"stop the collectors, let the workers finish, and make generation {generation + 1}",
        )
    return found


def current(bootstrap: str, *, generation: int | None = None) -> Topic:
    """Return the topic of `generation`, or of the highest one there is. Blocks for seconds.

    Raises:
        NotFound: there is none; `footfall topics create` makes it.
        Unavailable: no broker answers.
    """
    with admin_client(bootstrap) as admin:
        if generation is None:
            generations = [int(match[1]) for topic in admin.list_topics() if (match := _NAME.fullmatch(topic))]
            if not generations:
                raise NotFound(f"Kafka at {bootstrap} has no topic {PREFIX}N: run `footfall topics create`")
            generation = max(generations)
        found = _describe(admin, name_of(generation))
    if found is None:
        raise NotFound(
            f"Kafka at {bootstrap} has no topic {name_of(generation)}: "
            f"run `footfall topics create --generation {generation}`",
        )
    return found


async def wait_for(bootstrap: str, *, generation: int | None = None) -> Topic:
    """Return the topic as `current` does, but wait for broker and topic as long as it takes; the log says for what."""
    attempts = 0
    while True:
        try:
            return await asyncio.to_thread(current, bootstrap, generation=generation)
        except (NotFound, Unavailable) as error:
            if attempts % _REMIND_EVERY == 0:
                logger.warning("waiting for Kafka: %s", error)
            attempts += 1
            await asyncio.sleep(_RETRY_SECONDS)


def _describe(admin: KafkaAdminClient, name: str) -> Topic | None:
    described = next(iter(admin.describe_topics([name])), None)
    if described is None or described["error_code"] != 0 or not described["partitions"]:
        return None
    return Topic(name=name, generation=int(name.removeprefix(PREFIX)), partitions=len(described["partitions"]))


@contextmanager
def admin_client(bootstrap: str) -> Iterator[KafkaAdminClient]:
    """A connection to the brokers for one errand. Blocks.

    Raises:
        InvalidInput: the brokers refuse what was asked.
        Unavailable: no broker answers.
    """
    client = None
    try:
        with beginning() as connections:
            client = KafkaAdminClient(
                bootstrap_servers=bootstrap.split(","),
                bootstrap_timeout_ms=_BOOTSTRAP_MS,
                request_timeout_ms=_REQUEST_MS,
                kafka_client=connections,
            )
        yield client
    except BrokerResponseError as error:
        if error.retriable:
            raise Unavailable(f"Kafka at {bootstrap} is not ready: {error}") from error
        raise InvalidInput(f"Kafka at {bootstrap} refuses: {error}") from error
    except (KafkaError, OSError) as error:
        raise Unavailable(f"Kafka at {bootstrap} does not answer: {error}") from error
    finally:
        if client is not None:
            client.close()
