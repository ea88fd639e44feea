"""What reports answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from core.metrics import Metric, Totals
    from core.ranges import Days
    from storage.reports import PageSum


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A range and, if it is compared with one, the other."""

    days: Days
    totals: Totals
    previous_days: Days | None = None
    previous: Totals | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Some of the pages of a range: most views first, then by path."""

    days: Days
    rows: tuple[PageSum, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Where visits of a range enter and leave: lists of (path, visits), most visits first, then by path."""

    days: Days
    landings: tuple[tuple[str, int], ...]
    exits: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEvents:
    """Custom events of a range: (name, count), most frequent first, then by name."""

    days: Days
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Steps, and how many visits of a range took each after all steps before it."""

    days: Days
    steps: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeseries:
    """A metric on each day of a range, days without anything included."""

    days: Days
    metric: Metric
    points: tuple[tuple[date, int | float], ...]
