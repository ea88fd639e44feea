"""What reports answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from core.comparisons import Other
    from core.intervals import Interval, Slot
    from core.metrics import Metric, Totals
    from core.ranges import Days
    from storage.reports import PageSum


T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before(Generic[T_co]):
    """What was found of the range that one is compared with; None where the site had nothing yet."""

    other: Other
    found: T_co | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A range and, if it is compared with one, the other: as whole days, or as far as it can be compared fairly."""

    days: Days
    totals: Totals
    previous_days: Days | None = None
    previous: Totals | None = None
    before: Before[Totals] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Some of the pages of a range: most views first, then by path."""

    days: Days
    rows: tuple[PageSum, ...]
    before: Before[Mapping[str, int]] | None = None  #: views of these pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Where visits of a range enter and leave: lists of (path, visits), most visits first, then by path."""

    days: Days
    landings: tuple[tuple[str, int], ...]
    exits: tuple[tuple[str, int], ...]
    before: Before[tuple[Mapping[str, int], Mapping[str, int]]] | None = None  #: visits, of the same two lists


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEvents:
    """Custom events of a range: (name, count), most frequent first, then by name."""

    days: Days
    rows: tuple[tuple[str, int], ...]
    before: Before[Mapping[str, int]] | None = None  #: counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Steps, and how many visits of a range took each after all steps before it."""

    days: Days
    steps: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journeys:
    """The first pages of visits, one after the other, and how many visits begin like this; most visits first."""

    days: Days
    rows: tuple[tuple[tuple[str, ...], int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What visits saw right before and right after a page: lists of (path, how often), most frequent first.

    '' before it is the beginning of a visit, after it the end.
    """

    days: Days
    path: str
    before: tuple[tuple[str, int], ...]
    after: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyEnds:
    """Where visitors' days with a view begin and end: lists of (path, visitors), most visitors first, then by path."""

    days: Days
    entries: tuple[tuple[str, int], ...]
    exits: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeseries:
    """A metric on each day of a range, days without anything included."""

    days: Days
    metric: Metric
    points: tuple[tuple[date, int | float], ...]


class Point(NamedTuple):
    """A point of a series. `before` is None where there is nothing to compare it with."""

    slot: Slot
    value: int | float
    before: int | float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A metric at each point of a range up to now, those without anything included."""

    days: Days
    metric: Metric
    interval: Interval
    points: tuple[Point, ...]
    open: bool  #: whether the last point is still growing
    other: Other | None = None  #: what it is compared with
