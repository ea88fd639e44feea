"""Packing of events into messages."""

from __future__ import annotations

import asyncio

import pytest

from streams.kafka.packs import MESSAGE_WEIGHT, Packer, Request, weight_of
from tests.streams.kafka.samples import event


def _request() -> Request:
    return Request(answer=asyncio.get_running_loop().create_future(), events=1, weight=1)


async def test_bucket_picks_partition() -> None:
    """Events of one bucket share a partition and keep their order, whoever sent them."""
    packer = Packer(4)
    first, second = _request(), _request()
    packer.add(first, packer.split([(5, event(1)), (6, event(2)), (9, event(3))]))
    packer.add(second, packer.split([(1, event(4))]))

    packs = {pack.partition: [e.event_id for e in pack.flat()] for pack in packer.take()}

    assert packs == {1: [1, 3, 4], 2: [2]}
    assert (first.undecided, second.undecided) == (2, 1)
    assert not packer


@pytest.mark.parametrize(
    ("events", "properties", "messages"),
    [(400, "", 1), (1, "x" * MESSAGE_WEIGHT, 1), (2, "x" * MESSAGE_WEIGHT, 2), (5, "x" * (MESSAGE_WEIGHT // 2), 3)],
)
async def test_full_message_is_closed(events: int, properties: str, messages: int) -> None:
    """A message that holds enough is closed, and the next one of its partition comes after it."""
    packer = Packer(1)
    sent = [(0, event(number, ts=1, properties=properties)) for number in range(events)]
    packer.add(_request(), packer.split(sent))

    packs = packer.take()

    assert messages == len(packs)
    assert list(range(events)) == [e.event_id for pack in packs for e in pack.flat()]


def test_weight_counts_long_texts() -> None:
    """What an event may be long in counts."""
    assert weight_of([event(1), event(2, path="/aaaaa")]) - 2 * weight_of([event(1)]) == 5
