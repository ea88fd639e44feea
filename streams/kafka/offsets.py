"""The stored positions beside the log and the workers' group, for the operator; and the group set by the store."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from kafka import TopicPartition
from kafka.errors import NoError
from kafka.structs import OffsetAndMetadata
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from core.errors import InvalidInput, Unavailable
from streams.kafka.ends import committed, ends
from streams.kafka.topics import admin_client

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.kafka.ends import Ends
    from streams.kafka.topics import Topic


#: Seconds within which new brokers make the topic that keeps what groups have committed, on the first question for it.
_COORDINATOR_SECONDS: Final = 10

_patiently = retry(
    retry=retry_if_exception_type(Unavailable),
    stop=stop_after_delay(_COORDINATOR_SECONDS),
    wait=wait_fixed(0.5),
    reraise=True,
)


class Verdict(StrEnum):
    """What a partition's numbers mean."""

    APPLIED = "everything is applied"
    WAITING = "messages wait for a worker"
    GONE = "messages were deleted before they were applied: the partition is stopped"
    FOREIGN = "the log ends below the stored position, so it is not the log of this store: the partition is stopped"


class PartitionOffsets(NamedTuple):
    """One partition: next offset to apply (None: never applied), the log's ends, what the group has committed."""

    partition: int
    position: int | None
    begin: int
    end: int
    committed: int | None

    @property
    def verdict(self) -> Verdict:
        """What these numbers mean. What the group has committed does not matter: workers follow the position."""
        position = self.position or 0
        if position < self.begin:
            return Verdict.GONE
        if position > self.end:
            return Verdict.FOREIGN
        return Verdict.APPLIED if position == self.end else Verdict.WAITING


@_patiently
def compare(bootstrap: str, topic: Topic, group: str, positions: Mapping[int, int]) -> list[PartitionOffsets]:
    """Return every partition of the topic, in order. Blocks for seconds. Raises Unavailable."""
    found: dict[int, Ends] = ends(bootstrap, topic)
    group_offsets = committed(bootstrap, topic, group)
    return [
        PartitionOffsets(number, positions.get(number), *found[number], group_offsets.get(number))
        for number in sorted(found)
    ]


@_patiently
def reset_group(bootstrap: str, topic: Topic, group: str, positions: Mapping[int, int]) -> None:
    """Let the group read on from the stored positions, as after a restore. Blocks for seconds.

    Raises:
        InvalidInput: workers of the group are running; stop them first.
        Unavailable: no broker answers.
    """
    wanted = {
        TopicPartition(topic.name, number): OffsetAndMetadata(position, "", None)
        for number, position in positions.items()
        if number < topic.partitions
    }
    if not wanted:
        return
    with admin_client(bootstrap) as admin:
        refused = {
            tp.partition: error.__name__
            for tp, error in admin.alter_group_offsets(group, wanted).items()
            if error is not NoError
        }
    if refused:
        raise InvalidInput(f"group {group} cannot be set while its workers run; stop them and try again ({refused})")
