"""What is kept of the past, and how much of it."""

from __future__ import annotations

from aggregations.closed import ClosedKey, ClosedLists
from storage.reports import PageSum


def key(site: int, *, version: int = 1) -> ClosedKey:
    """Some pieces of a site's past."""
    return ClosedKey(site, (0,), (), ((0, version),))


PAGES = [PageSum("/a", 2, 1), PageSum("/b", 1, 1)]


def test_a_month_that_was_written_again_is_another() -> None:
    """What was kept of it is not found any more."""
    closed: ClosedLists[list[PageSum]] = ClosedLists()
    closed.keep(key(1), PAGES)
    assert (closed.get(key(1)), closed.get(key(1, version=2))) == (PAGES, None)


def test_what_is_not_asked_for_goes_first() -> None:
    """When there is no more room."""
    closed: ClosedLists[list[PageSum]] = ClosedLists(capacity=6)
    closed.keep(key(1), PAGES)
    closed.keep(key(2), PAGES)
    closed.get(key(1))
    closed.keep(key(3), PAGES)
    assert [closed.get(key(site)) for site in (1, 2, 3)] == [PAGES, None, PAGES]


def test_keeping_the_same_again_takes_no_more_room() -> None:
    """Two reports at a time may have read the same."""
    closed: ClosedLists[list[PageSum]] = ClosedLists(capacity=6)
    for _ in range(5):
        closed.keep(key(1), PAGES)
    closed.keep(key(2), PAGES)
    assert [closed.get(key(1)), closed.get(key(2))] == [PAGES, PAGES]
