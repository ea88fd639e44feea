"""Stamps rise, whatever the clock does."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import EPOCH, Stamper
from core.spans import DAY
from tests.clocks import SetClock

NOW = EPOCH + 600 * DAY


@given(st.lists(st.integers(-5_000, 5_000), max_size=200), st.integers(0, 2_047))
def test_stamps_rise(steps: list[int], start: int) -> None:
    """Whether the clock jumps ahead, stands or goes back: time never goes back and ids rise strictly."""
    clock = SetClock(NOW)
    stamper = Stamper(clock, lambda below: start % below)
    stamps = []
    for step in steps:
        clock.now = NOW + step
        stamps += [stamper.mint(), stamper.mint(), *stamper.mint_many(3)]
    assert all(one.ts <= other.ts and one.event_id < other.event_id for one, other in pairwise(stamps))


def test_a_crowded_millisecond_borrows_from_the_next() -> None:
    """Ten thousand stamps of one moment are distinct, below 2**53, and a few ms ahead at most."""
    stamper = Stamper(SetClock(NOW), lambda below: below - 1)
    stamps = [stamper.mint() for _ in range(10_000)]
    assert len({stamp.event_id for stamp in stamps}) == 10_000
    assert max(stamp.event_id for stamp in stamps) < 1 << 53
    assert stamps[-1].ts - NOW <= 4


@pytest.mark.parametrize("count", [1, 2, 2_048, 2_049, 10_000])
def test_many_at_a_time(count: int) -> None:
    """As many as one after the other, and the same."""
    apart, together = (Stamper(SetClock(NOW), lambda below: below - 1) for _ in range(2))
    for _ in range(3):
        assert [apart.mint() for _ in range(count)] == together.mint_many(count)


def test_ids_carry_their_time() -> None:
    """The upper bits are the ms since 2025, and the last one fits into 53 bits in 2094."""
    clock = SetClock(EPOCH + (1 << 41) - 1)
    stamp = Stamper(clock, lambda _: 0).mint()
    assert (stamp.event_id >> 12) + EPOCH == stamp.ts
    assert stamp.event_id < 1 << 53
