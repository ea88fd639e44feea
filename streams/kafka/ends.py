"""Where the log begins and ends, and what a group has committed, partition by partition. Blocking; for threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafka import TopicPartition
from kafka.admin import OffsetSpec

from streams.kafka.topics import admin_client

if TYPE_CHECKING:
    from streams.kafka.topics import Topic


class Ends(NamedTuple):
    """First offset that the log still has, and the one that the next message will get."""

    begin: int
    end: int


def ends(bootstrap: str, topic: Topic) -> dict[int, Ends]:
    """Return the ends of every partition. Raises Unavailable."""
    which = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    with admin_client(bootstrap) as admin:
        begins = admin.list_partition_offsets(dict.fromkeys(which, OffsetSpec.EARLIEST))
        lasts = admin.list_partition_offsets(dict.fromkeys(which, OffsetSpec.LATEST))
    return {tp.partition: Ends(begins[tp].offset, lasts[tp].offset) for tp in which}


def committed(bootstrap: str, topic: Topic, group: str) -> dict[int, int]:
    """Return what `group` has committed; a partition without is left out. Raises Unavailable."""
    with admin_client(bootstrap) as admin:
        offsets = admin.list_group_offsets([group])[group]
    return {tp.partition: meta.offset for tp, meta in offsets.items() if tp.topic == topic.name and meta.offset >= 0}
