"""Tests of counts and shares: against numbers that were worked out by other means, and what must hold of any."""

from __future__ import annotations

from math import isclose
from statistics import NormalDist
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregations.insights.evidence import (
    Share,
    chance,
    chance_of_either,
    dispersion,
    dispersion_of_shares,
    rate_score,
    share_score,
    thinned,
)
from aggregations.insights.scoring import importance

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTS = st.integers(0, 100_000)


@pytest.mark.parametrize("score", [-3.0, -0.5, 0.0, 1.0, 2.576, 6.0])
def test_a_chance_is_that_of_the_normal_distribution(score: float) -> None:
    """One side or both."""
    assert isclose(NormalDist().cdf(-score), chance(score), rel_tol=1e-9)
    assert isclose(2 * NormalDist().cdf(-abs(score)), chance_of_either(score), rel_tol=1e-9)


@pytest.mark.parametrize(
    ("now", "then", "times", "dispersion", "expected"),
    [
        (378, 296, 1, 1, 3.1626),  # √2 (19.4519 - 17.2156)
        (378, 296, 1, 4, 1.5813),  # twice the spread, half the score
        (296, 378, 1, 1, -3.1626),
        (50, 80, 4, 1, 4.6777),  # 2 (7.0975 - 4.4826) / 1.1180
        (0, 0, 1, 1, 0.0),
    ],
)
def test_a_score_of_counts(now: int, then: int, times: float, dispersion: float, expected: float) -> None:
    """By hand."""
    assert expected == round(rate_score(now, then, times=times, dispersion=dispersion), 4)


@pytest.mark.parametrize(
    ("now", "usual", "dispersion", "expected"),
    [
        (Share(60, 200), Share(160, 800), 1, 2.9344),
        (Share(60, 200), Share(160, 800), 4, 1.4672),
        (Share(0, 100), Share(0, 400), 1, 0.0),
        (Share(100, 100), Share(0, 100), 1, 22.2144),  # π / √0.02
    ],
)
def test_a_score_of_shares(now: Share, usual: Share, dispersion: float, expected: float) -> None:
    """By hand."""
    assert expected == round(share_score(now, usual, dispersion=dispersion), 4)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], 1.0),
        ([[5]], 1.0),
        ([[0, 0, 0]], 1.0),
        ([[10, 10, 10]], 1.0),
        ([[0, 20]], 20.0),  # mean 10: (100 + 100) / 10, of one degree of freedom
        ([[0, 20], [10, 10]], 10.0),
        ([[0, 20], [0, 0]], 20.0),  # zeros tell nothing
        ([[8, 12]], 1.0),  # less than chance is chance
    ],
)
def test_a_dispersion(groups: Sequence[Sequence[int]], expected: float) -> None:
    """Pearson's chi-squared over its degrees of freedom, 1 at least."""
    assert expected == dispersion(groups)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([], 1.0),
        ([Share(5, 10)], 1.0),
        ([Share(0, 10), Share(0, 20)], 1.0),
        ([Share(0, 50), Share(50, 50)], 100.0),  # half of all: 2 · 25² / (50 · ¼)
        ([Share(0, 50), Share(50, 50), Share(0, 0)], 100.0),
    ],
)
def test_a_dispersion_of_shares(shares: Sequence[Share], expected: float) -> None:
    """The same of shares."""
    assert expected == dispersion_of_shares(shares)


def test_a_part_varies_less() -> None:
    """A tenth of what varies five times as much as chance varies by 1.4."""
    assert thinned(5.0, 0.1) == pytest.approx(1.4)
    assert thinned(1.0, 0.1) == 1.0


@given(COUNTS, COUNTS, st.floats(1, 30), st.floats(1, 50))
def test_more_scores_higher(now: int, then: int, times: float, dispersion: float) -> None:
    """Whatever it is held against; and more variance never makes a score more certain."""
    score = rate_score(now, then, times=times, dispersion=dispersion)
    assert score < rate_score(now + 1, then, times=times, dispersion=dispersion)
    assert abs(score) <= abs(rate_score(now, then, times=times))


@given(st.floats(0, 10), st.floats(-100, 100), st.floats(0, 1e9), st.floats(0, 1e9))
def test_importance_is_within_its_bounds(reach: float, score: float, now: float, usual: float) -> None:
    """Whatever there is."""
    assert 0 <= importance(reach=reach, score=score, now=now, usual=usual) <= 100


@pytest.mark.parametrize(
    ("reach", "score", "now", "usual", "expected"),
    [
        (1.0, 3.1626, 378, 296, 64),  # 50 + 9.49 + 4.89
        (0.25, 10.0, 100, 0, 75),  # 25 + 30 + 20
        (1.0, 40.0, 1, 100, 100),
        (0.0, 0.0, 5, 5, 0),
    ],
)
def test_importance(reach: float, score: float, now: float, usual: float, expected: int) -> None:
    """By hand."""
    assert expected == importance(reach=reach, score=score, now=now, usual=usual)
