"""A restored cluster and its log: from where on the workers apply it.

The positions of a backup are those of its rows. With the topic still there the workers go on from them: what the topic
has kept since is applied once, as if nothing had been. What it has forgotten is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.errors import FootfallError, InvalidInput, NotFound, Unavailable
from ops.archivist import LOCAL_LOG
from ops.wiring.cluster import group_of
from storage import positions
from storage.backup import database
from streams.kafka import topics
from streams.kafka.ends import ends
from streams.kafka.offsets import reset_group

if TYPE_CHECKING:
    from ops.settings import Settings

_RESET: Final = "With the topic of before still there, run `footfall positions --reset-group` before the workers start."
_MAKE_NEW: Final = "make another one: FOOTFALL_TOPIC_GENERATION={} footfall topics create"


class ForeignLog(FootfallError):  # noqa: N818 - named by what is the case
    """The topic in Kafka is not the one that the backup speaks of, though it has its name."""


def settle(settings: Settings) -> list[str]:
    """Hold the positions to the topic, pass over what it has forgotten, and return what to tell.

    The workers' group is set to them: workers begin where it is, and would see only by the next message of each
    partition that the database is behind.

    Raises:
        ForeignLog: the topic ends before a position; the message says what to do.
    """
    with database.connect(settings.database_url) as connection:
        known = {
            (log, partition): position.next
            for log, partition, position in positions.listed(connection)
            if log != LOCAL_LOG
        }
    if not known:
        return []
    newest = max(_generation(log) for log, _ in known)
    make_new = _MAKE_NEW.format(newest + 1)
    if not settings.kafka_bootstrap_servers:
        return [f"Kafka was not asked. {_RESET} If Kafka is new, {make_new}"]
    try:
        topic = topics.current(settings.kafka_bootstrap_servers, generation=settings.topic_generation or None)
        found = ends(settings.kafka_bootstrap_servers, topic)
    except NotFound:
        return [f"Kafka has no topic: {make_new}"]
    except Unavailable as error:
        return [f"The positions could not be held to the topic: {error}. {_RESET} If Kafka is new, {make_new}"]
    waiting = lost = 0
    goes_on: dict[int, int] = {}
    with database.connect(settings.database_url) as connection, connection.transaction():
        for partition, (begin, end) in found.items():
            position = known.get((topic.name, partition), begin)
            if position > end:
                raise ForeignLog(
                    f"everything is restored, but {topic.name} is not the topic that the backup speaks of: partition"
                    f" {partition} ends at {end}, before {position}; {make_new}"
                )
            waiting += end - max(position, begin)
            lost += max(begin - position, 0)
            goes_on[partition] = max(position, begin)
            positions.skip(connection, topic.name, partition, to=begin)
    told = [f"{topic.name}: {waiting} messages since the backup are still there, and are applied by the workers"]
    if topic.generation > newest:
        older = topics.name_of(newest)
        told.append(f"what {older} has kept is applied by a worker with FOOTFALL_TOPIC_GENERATION={newest}")
    if lost:
        told.append(f"{lost} messages since the backup are gone: the topic had forgotten them")
    try:
        reset_group(settings.kafka_bootstrap_servers, topic, group_of(topic), goes_on)
    except (InvalidInput, Unavailable) as error:
        told.append(f"{error}. {_RESET}")
    return told


def _generation(log: str) -> int:
    number = log.removeprefix(topics.PREFIX)
    return int(number) if number.isdigit() else 0
