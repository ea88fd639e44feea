"""Scales have four to six gridlines from 0 on, and every value on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dashboard.scales import scale
from core.metrics import Unit

_COUNTS = st.integers(0, 10**12)
_RATES = st.integers(0, 1_000).map(lambda tenths: tenths / 10)


@given(
    st.one_of(
        _COUNTS.map(lambda value: (value, Unit.COUNT)),
        _COUNTS.map(lambda value: (value, Unit.SECONDS)),
        _RATES.map(lambda value: (value, Unit.PERCENT)),
    )
)
def test_gridlines_cover_the_data(case: tuple[float, Unit]) -> None:
    """The first is 0, the last is not below the greatest value, and there are four to six."""
    greatest, unit = case
    found = scale(greatest, unit)
    assert 4 <= len(found.ticks) <= 6
    assert found.ticks[0] == 0
    assert found.ticks[-1] == found.top
    assert found.top >= greatest
    assert len(found.ticks) == 4 or found.top - found.step < greatest


@pytest.mark.parametrize(
    ("greatest", "unit", "ticks"),
    [
        (0, Unit.COUNT, [0, 1, 2, 3]),
        (1, Unit.COUNT, [0, 1, 2, 3]),
        (7, Unit.COUNT, [0, 2, 4, 6, 8]),
        (11, Unit.COUNT, [0, 5, 10, 15]),
        (2_231, Unit.COUNT, [0, 500, 1_000, 1_500, 2_000, 2_500]),
        (120, Unit.COUNT, [0, 25, 50, 75, 100, 125]),
        (42.3, Unit.PERCENT, [0, 10, 20, 30, 40, 50]),
        (100, Unit.PERCENT, [0, 20, 40, 60, 80, 100]),
        (0.4, Unit.PERCENT, [0, 1, 2, 3]),
        (12, Unit.PERCENT, [0, 2.5, 5, 7.5, 10, 12.5]),
        (185, Unit.SECONDS, [0, 60, 120, 180, 240]),
        (40, Unit.SECONDS, [0, 10, 20, 30, 40]),
        (3_000, Unit.SECONDS, [0, 600, 1_200, 1_800, 2_400, 3_000]),
        (14_000, Unit.SECONDS, [0, 3_600, 7_200, 10_800, 14_400]),
    ],
)
def test_gridlines_are_easy_to_count_in(greatest: float, unit: Unit, ticks: list[float]) -> None:
    """Steps of 1, 2, 2.5 and 5; whole ones of counts, and of time those that clocks have."""
    assert ticks == scale(greatest, unit).ticks
