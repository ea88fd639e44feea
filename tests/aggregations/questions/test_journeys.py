"""Journeys, told stop by stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from aggregations.planner import Span
from aggregations.questions import journeys
from aggregations.questions.choosing import choose
from core.globs import PathGroups
from core.spans import DAY
from tests.aggregations.questions.scenes import scene_of
from tests.cases import FIRST_DAY, events_of

if TYPE_CHECKING:
    import polars as pl

SPAN: Final = Span(FIRST_DAY, FIRST_DAY + DAY)
#: Two visits at the same time, one of which comes back, a third that reloads, and one without a view.
EVENTS: Final = (
    "+0:00 /a, +0:10 /a person=2, +0:20 /b, +0:30 /c person=2, +0:40 /a, +1:00 /a person=3, +1:01 /a person=3,"
    " +1:02 ~scroll_50 person=3, +1:03 /b person=3, +2:00 !buy person=4"
)


def views(events: str, path: str | None = None) -> pl.DataFrame:
    """What journeys are made of."""
    chosen = choose(scene_of(events_of(events)).frames, (), span=SPAN, classes=(0,), groups=PathGroups(()))
    return journeys.views(chosen, path=path).collect()


@pytest.mark.parametrize("shuffled", [False, True])
def test_journeys_are_the_first_stops_of_visits(shuffled: bool) -> None:  # noqa: FBT001 - a case
    """Most visits first, then by their pages, in whatever order views come; a reload is no stop."""
    found = views(EVENTS)
    if shuffled:
        found = found.sample(fraction=1, shuffle=True, seed=3)
    assert journeys.sequences(found, stops=2, limit=9).rows() == [(["/a", "/b"], 2), (["/a", "/c"], 1)]
    everything = [(["/a", "/b"], 1), (["/a", "/b", "/a"], 1), (["/a", "/c"], 1)]
    assert everything == journeys.sequences(found, stops=5, limit=9).rows()
    assert everything[1:2] == journeys.sequences(found, stops=5, limit=1, offset=1).rows()
    assert journeys.sequences(found, stops=5, limit=9, offset=3).is_empty()


def test_visits_come_from_a_page_to_another() -> None:
    """'' where they begin and where they end; a page may be both."""
    found = journeys.neighbours(views(EVENTS, path="/a"), "/a").sort("before", "after")
    assert found.rows() == [("", "/b", 2), ("", "/c", 1), ("/b", "", 1)]


def test_nothing_is_no_journey() -> None:
    """A visit without a view is none; an absent page has no neighbours."""
    assert journeys.sequences(views("+0:00 !buy"), stops=3, limit=9).is_empty()
    assert journeys.neighbours(views(EVENTS, path="/nowhere"), "/nowhere").is_empty()
