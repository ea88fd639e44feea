"""What the page shows as tables for files: names as they are stored, beside what they are called, and bare numbers."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from api.csv import Table
from api.dashboard.dialogs.builder import bars
from core.intervals import label
from core.metrics import change_percent, rounded, value_of
from core.subjects import Column, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import tzinfo

    from aggregations.answers import Around, Series
    from aggregations.tables import Breakdown
    from api.csv import Cell

#: What rows of these are called is what they are stored as.
_PLAIN: Final = frozenset(
    {
        Subject.PAGE,
        Subject.ENTRY,
        Subject.EXIT,
        Subject.GROUP,
        Subject.NOT_FOUND,
        Subject.CAMPAIGN,
        Subject.EVENT,
        Subject.LINK,
        Subject.DOWNLOAD,
    }
)
#: Columns whose unit the name has to tell.
_CALLED: Final[Mapping[Column, str]] = MappingProxyType(
    {Column.BOUNCE: "bounce_rate_pct", Column.DURATION: "visit_duration_s"}
)
_COMPARED: Final = ("previous", "change_pct")
#: The change of what was not there before.
_NEW: Final = "new"


def breakdown(found: Breakdown, name: Callable[[Subject, Sequence[str]], str]) -> Table:
    """The rows of a list.

    Args:
        found: the list.
        name: what a row is called.
    """
    subject = found.subject
    labelled = subject not in _PLAIN
    columns = [
        *subject.names,
        *(["label"] if labelled else []),
        *(_CALLED.get(column, column.value) for column in subject.columns),
        *(_COMPARED if found.before is not None else ()),
    ]
    rows: list[list[Cell]] = []
    for row in found.rows:
        cells: list[Cell] = [*row.names, *([name(subject, row.names)] if labelled else [])]
        cells += [value_of(column.metric, row.totals) for column in subject.columns]
        if found.before is not None:
            metric = subject.metric.metric
            then = None if row.before is None else value_of(metric, row.before)
            cells += _change(value_of(metric, row.totals), then)
        rows.append(cells)
    return Table(columns, rows)


def series(found: Series, metric: str, zone: tzinfo) -> Table:
    """The points of the chart, named by its metric."""
    is_compared = found.other is not None
    rows = (
        [
            label(point.slot, found.interval, zone),
            point.value,
            *(_change(point.value, point.before) if is_compared else ()),
        ]
        for point in found.points
    )
    return Table([found.interval.value, metric, *(_COMPARED if is_compared else ())], [*rows])


def around(found: Around) -> Table:
    """What came before a page and what after it; '' for the beginning and the end of a visit."""
    rows: list[Sequence[Cell]] = [("before", path, count) for path, count in found.before]
    rows += [("after", path, count) for path, count in found.after]
    return Table(("when", "page", "count"), rows)


def funnel(steps: Iterable[tuple[str, int]]) -> Table:
    """The steps of a funnel, each with its share of the first and of the one before it."""
    rows = []
    before = first = 0
    for bar in bars([*steps]):
        first = first or bar.visits
        rows.append((bar.number, bar.text, bar.visits, _share(bar.visits, first), _share(bar.visits, before), bar.lost))
        before = bar.visits
    return Table(("step", "name", "visits", "of_first_pct", "of_previous_pct", "lost"), rows)


def _share(part: int, whole: int) -> float | None:
    return rounded(part * 100, whole, decimals=2) if whole else None


def _change(value: float, before: float | None) -> tuple[Cell, Cell]:
    if before is None:
        return None, None
    return before, _NEW if value and not before else change_percent(value, before)
