"""Series: a metric at each point of a range, held against the points of the range that it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from aggregations.answers import Point, Series
from core.comparisons import opposite
from core.intervals import slots

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.comparisons import Other
    from core.intervals import Calendar, Interval, Slot
    from core.metrics import Metric
    from core.query import Query

#: Gives a query's metric over neighbouring points.
Values: TypeAlias = "Callable[[Query, Sequence[Slot]], Sequence[int | float]]"


class Asked(NamedTuple):
    """What is plotted, and how."""

    metric: Metric
    interval: Interval
    calendar: Calendar
    other: Other | None = None  #: what it is compared with


def series(query: Query, asked: Asked, values: Values, *, now_ms: int, first: int | None) -> Series:
    """Return the series up to now.

    Args:
        query: what is counted over which days.
        asked: what is plotted.
        values: reads the metric; not asked for no points.
        now_ms: where the series ends if its last day has not ended.
        first: the instant (ms) of the site's first data, if it has any; before it there is nothing to compare with.
    """
    points = [slot for slot in slots(query.days, asked.interval, asked.calendar) if slot.begin <= now_ms]
    found = values(query, points) if points else []
    return Series(
        days=query.days,
        metric=asked.metric,
        interval=asked.interval,
        points=tuple(map(Point, points, found, _before(query, asked, points, values, first))),
        open=bool(points) and points[-1].end > now_ms,
        other=asked.other,
    )


def nothing(query: Query, asked: Asked, *, now_ms: int) -> Series:
    """Return the series of what cannot be."""
    return series(query, asked, lambda _, points: [0] * len(points), now_ms=now_ms, first=None)


def _before(
    query: Query, asked: Asked, points: Sequence[Slot], values: Values, first: int | None
) -> Sequence[int | float | None]:
    unknown = [None] * len(points)
    if asked.other is None or first is None:
        return unknown
    theirs, places = opposite(points, asked.other, interval=asked.interval, calendar=asked.calendar)
    if not theirs or theirs[-1].end <= first:
        return unknown
    found = values(query.before(asked.other), theirs)
    return [None if place is None or theirs[place].end <= first else found[place] for place in places]
