"""What a worker's assignment says of itself, where no broker can be made to show it."""

from __future__ import annotations

import asyncio

import pytest

from core.telemetry import NoTelemetry
from streams.kafka.assignment import Assignment

_EVERY = 0.01
_LOOKS = 3


def _assignment() -> Assignment:
    def never(*_: object) -> None:
        raise AssertionError

    return Assignment(make=never, fail=never, telemetry=NoTelemetry(), flushes_at_once=1)  # type: ignore[arg-type]


async def test_a_group_that_hands_out_nothing_is_joined_anew() -> None:
    """A consumer whose part in the group has ended without a word is not waited for."""
    assignment = _assignment()
    stalled = await asyncio.wait_for(assignment.stalled(_EVERY, _LOOKS), 5)
    assert stalled == assignment.problem() == "the group has not handed out its partitions yet"


async def test_a_part_may_be_nothing() -> None:
    """A worker to whom no partition was given stays: there are more workers than partitions."""
    assignment = _assignment()
    await assignment.assigned([])
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(assignment.stalled(_EVERY, _LOOKS), 20 * _LOOKS * _EVERY)
    assert assignment.problem() is None
