"""What is kept of the past, and how much of it."""

from __future__ import annotations

import polars as pl
from polars.testing import assert_frame_equal

from aggregations.closed import EACH, ClosedKey, ClosedLists, Head


def key(site: int, *, version: int = 1) -> ClosedKey:
    """A list over some days of a site's past."""
    return ClosedKey(site, (0,), "pages", ((Head(0, version, 86_400_000), 1),))


LINES = pl.DataFrame({"key": ["/a", "/b"], "views": [2, 1]})
SIZE = EACH + int(LINES.estimated_size())


def test_a_month_that_was_written_again_is_another() -> None:
    """What was kept of it is not found any more."""
    closed = ClosedLists()
    closed.keep(key(1), LINES)
    kept = closed.get(key(1))
    assert kept is not None
    assert_frame_equal(LINES, kept)
    assert closed.get(key(1, version=2)) is None


def test_what_is_not_asked_for_goes_first() -> None:
    """When there is no more room; to look whether it is there is not to ask for it."""
    closed = ClosedLists(capacity=2 * SIZE)
    closed.keep(key(1), LINES)
    closed.keep(key(2), LINES)
    closed.get(key(1))
    assert closed.has(key(2))
    closed.keep(key(3), LINES)
    assert [closed.has(key(site)) for site in (1, 2, 3)] == [True, False, True]


def test_keeping_the_same_again_takes_no_more_room() -> None:
    """Two reports at a time may have read the same."""
    closed = ClosedLists(capacity=2 * SIZE)
    for _ in range(5):
        closed.keep(key(1), LINES)
    closed.keep(key(2), LINES)
    assert [closed.has(key(1)), closed.has(key(2))] == [True, True]


def test_what_is_too_large_is_not_kept() -> None:
    """The bound holds whatever is brought."""
    closed = ClosedLists(capacity=SIZE - 1)
    closed.keep(key(1), LINES)
    assert not closed.has(key(1))
