"""Metrics from totals."""

from __future__ import annotations

import pytest

from core.metrics import DEFINITIONS, Metric, Totals, add, change_percent, rounded, value_of

TOTALS = Totals(
    views=11,
    unique_views=7,
    visits=8,
    visitors=5,
    rated=8,
    bounces=3,
    quiet_bounces=1,
    duration_ms=12_000,
    entries=6,
    exits=4,
)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("visits", 8),
        ("unique_visitors", 5),
        ("pageviews", 11),
        ("unique_pageviews", 7),
        ("bounce_rate", 37.5),
        ("quiet_bounce_rate", 12.5),
        ("avg_session_duration", 2),  # 1.5 s
        ("landing_page_entries", 6),
        ("exit_page_exits", 4),
    ],
)
def test_a_metric_is_taken_from_the_sum(metric: str, expected: float) -> None:
    """Counts are totals, rates are quotients of totals, rounded half up."""
    assert expected == value_of(Metric(metric), TOTALS)


def test_a_rate_is_rounded_once() -> None:
    """To the decimals that are asked for, not first to its own; a count has none."""
    totals = Totals(visits=7, rated=1_000, quiet_bounces=445)
    assert [value_of(Metric.QUIET_BOUNCE_RATE, totals, decimals=decimals) for decimals in (None, 0, 2)] == [
        44.5,
        45,
        44.5,
    ]
    almost = Totals(rated=10_000, quiet_bounces=4_446)
    assert [value_of(Metric.QUIET_BOUNCE_RATE, almost, decimals=decimals) for decimals in (None, 0)] == [44.5, 44]
    assert value_of(Metric.VISITS, totals, decimals=2) == 7


@pytest.mark.parametrize("metric", list(Metric))
def test_nothing_is_zero(metric: Metric) -> None:
    """Without a visit there is no rate to divide for."""
    assert value_of(metric, Totals()) == 0


def test_every_metric_is_defined() -> None:
    """A member of the closed list cannot be added by half."""
    assert set(Metric) == set(DEFINITIONS)


def test_a_rate_of_two_parts_is_no_mean() -> None:
    """1 of 1 and 0 of 3 are 1 of 4."""
    parts = [Totals(rated=1, bounces=1), Totals(rated=3)]
    assert value_of(Metric.BOUNCE_RATE, add(parts)) == 25.0


def test_the_sum_of_no_parts_is_nothing() -> None:
    """Adding up nothing gives zeros."""
    assert Totals() == add([])


@pytest.mark.parametrize(
    ("value", "previous", "expected"),
    [
        (12450, 11200, 11.16),
        (9870, 8930, 10.53),
        (34200, 30100, 13.62),
        (42.3, 44.1, -4.08),
        (185, 172, 7.56),
        (0, 0, 0),
        (5, 0, None),
        (0, 5, -100),
        (2001, 2000, 0.05),
        (200_01, 200_00, 0.01),  # 0.005: a half goes away from zero
        (199_99, 200_00, -0.01),
        (0.3, 0.1, 200),
    ],
)
def test_a_change_is_in_percent_of_what_was(value: float, previous: float, expected: float | None) -> None:
    """Two decimals; from nothing to something there is no percentage."""
    assert expected == change_percent(value, previous)


@pytest.mark.parametrize(
    ("numerator", "denominator", "decimals", "expected"),
    [(1, 2, 0, 1), (3, 2, 0, 2), (-1, 2, 0, -1), (1, 3, 1, 0.3), (245, 1000, 2, 0.25), (1, 200, 2, 0.01)],
)
def test_a_half_is_rounded_away_from_zero(numerator: int, denominator: int, decimals: int, expected: float) -> None:
    """Unlike Python's own rounding, and without a float on the way."""
    assert expected == rounded(numerator, denominator, decimals=decimals)
