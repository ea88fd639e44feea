"""Buckets of any length."""

from __future__ import annotations

import polars as pl
import pytest

from aggregations.questions.buckets import counted


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        pytest.param([0, 40], {0: 7}, id="one"),
        pytest.param([0, 10, 20, 30, 40], {0: 2, 1: 2, 2: 1, 3: 2}, id="of one length"),
        pytest.param([0, 9, 20, 39, 40], {0: 1, 1: 3, 2: 2, 3: 1}, id="of several lengths"),
        pytest.param([0, 20, 20, 40], {0: 4, 2: 3}, id="an empty one"),
        pytest.param([0, 0, 40, 40], {1: 7}, id="empty ones around"),
    ],
)
def test_an_instant_is_in_the_bucket_that_begins_with_it_or_before(edges: list[int], expected: dict[int, int]) -> None:
    """And is not over yet."""
    rows = pl.LazyFrame({"ts": [0, 9, 10, 19, 20, 38, 39]})
    found = counted(rows, "ts", edges, count=pl.len()).collect()
    assert expected == dict(found.iter_rows())


def test_without_rows_there_may_be_no_bucket() -> None:
    """Whoever asks knows how many there are; nothing is counted in any."""
    nothing = pl.LazyFrame(schema={"ts": pl.Int64})
    for edges in ([0, 10], [0, 4, 10], [0, 0]):
        assert counted(nothing, "ts", edges, count=pl.len()).collect()["count"].sum() == 0
