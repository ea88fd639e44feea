"""Curves rise and fall only where their points do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dashboard import curves

_VALUES = st.lists(st.floats(0, 1e6), max_size=40)


@given(_VALUES)
def test_a_curve_never_leaves_the_range_of_two_neighbours(values: list[float]) -> None:
    """A Bézier curve lies within its four ordinates, so it overshoots nowhere if those of the handles are inside."""
    segments = curves.monotone(values)
    assert [(segment.begin, segment.end) for segment in segments] == list(pairwise(values))
    for segment in segments:
        low, high = sorted((segment.begin, segment.end))
        slack = 1e-9 * max(1, high)
        assert low - slack <= segment.first <= high + slack
        assert low - slack <= segment.second <= high + slack


@given(_VALUES)
def test_a_curve_has_no_corner(values: list[float]) -> None:
    """The handles on both sides of a point are one straight line, which is what smooth path commands take them for."""
    for before, after in pairwise(curves.monotone(values)):
        assert before.end - before.second == pytest.approx(after.first - after.begin, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ([], ""),
        ([3], ""),
        ([0, 10], "M250 100c166.7-33.33 333.3-66.67 500-100"),
        ([None, 0, 0, None, 5], "M300 100c66.7 0 133.3 0 200 0"),
        ([10, 10, None, 5, 0], "M100 0c66.7 0 133.3 0 200 0M700 50c66.7 16.67 133.3 33.33 200 50"),
    ],
)
def test_a_gap_stays_a_gap(values: list[float | None], path: str) -> None:
    """Only neighbours are joined."""
    found = curves.path(values, top=10).replace(" -", "-")
    assert path == found


def test_an_area_ends_on_the_base() -> None:
    """It is closed along the bottom of the box, from below its last point to below its first."""
    drawn = curves.area([0, 10], top=10)
    assert drawn.startswith(curves.path([0, 10], top=10))
    assert drawn.endswith("V100H250Z")


@given(st.lists(st.one_of(st.none(), st.floats(0, 10)), max_size=30))
def test_runs_are_all_values_and_no_gap(values: list[float | None]) -> None:
    """Put back at their places, with what lies between them missing, the runs are the values."""
    found: list[float | None] = [None] * len(values)
    for place, run in curves.runs(values):
        found[place : place + len(run)] = run
        assert place == 0 or values[place - 1] is None
    assert values == found


@pytest.mark.parametrize(("place", "count", "percent"), [(0, 1, "50%"), (0, 4, "12.5%"), (29, 30, "98.33%")])
def test_a_point_stands_in_the_middle_of_its_place(place: int, count: int, percent: str) -> None:
    """So the first and the last have as much room as the others."""
    assert percent == curves.percent_across(place, count)
