"""Medians, spreads and percentiles."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Spread(NamedTuple):
    """The middle of several runs, and the least and the greatest of them."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, figures: Iterable[float]) -> Self:
        """Sum up at least one figure."""
        ordered = sorted(figures)
        return cls(median(ordered), ordered[0], ordered[-1])

    def __str__(self) -> str:
        """Return `median (least-greatest)` in whole numbers."""
        return f"{self.median:,.0f} ({self.least:,.0f}-{self.greatest:,.0f})"


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Return the least figure that so many percent are not above; `ordered` rises and is not empty."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
