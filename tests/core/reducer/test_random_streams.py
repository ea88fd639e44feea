"""Random streams against the oracle. REDUCER_STREAMS sets their number; tens of thousands find what hundreds do not."""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.reducer.scenarios import play, scenario

STREAMS = int(os.environ.get("REDUCER_STREAMS", "200"))


@settings(max_examples=STREAMS, deadline=None)
@given(st.integers(0, 2**32))
def test_rows_and_unmarked_sums(seed: int) -> None:
    """Every row equals the oracle's at any moment, and no sum changes without a mark."""
    play(scenario(seed))


@settings(max_examples=STREAMS // 5, deadline=None)
@given(st.integers(0, 2**32))
def test_marks(seed: int) -> None:
    """No hour is marked that the definition does not name."""
    play(scenario(seed), exact_marks=True)
