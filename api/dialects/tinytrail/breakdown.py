"""The report of breakdowns, an extension: what is asked for, and its rows in the words of other reports. Pure."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aggregations.tables import Order
from aggregations.tables import Table as Wanted
from api.csv import Table
from api.dialects.tinytrail.extended import Change, comparison
from api.dialects.tinytrail.periods import period
from core.errors import InvalidInput
from core.metrics import value_of
from core.subjects import Column, Subject
from core.text import require_clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregations.tables import Breakdown
    from api.csv import Cell
    from api.dialects.tinytrail.asked import Page
    from api.dialects.tinytrail.parameters import Parameters
    from core.metrics import Totals

E = TypeVar("E", bound=StrEnum)

_MAX_SEARCH: Final = 1_024
#: What the columns are called, as in the other reports.
_CALLED: Final[Mapping[Column, str]] = MappingProxyType(
    {
        Column.VISITORS: "unique_visitors",
        Column.VISITS: "visits",
        Column.PAGEVIEWS: "pageviews",
        Column.COUNT: "count",
        Column.BOUNCE: "bounce_rate",
        Column.DURATION: "avg_session_duration_sec",
    }
)


def wanted(query: Mapping[str, str], page: Page) -> Wanted:
    """What is to be broken down by what, and which rows of it.

    Raises:
        InvalidInput: a parameter is not understood; the message says what to send.
    """
    subject = _one_of(Subject, query.get("by") or "", "by")
    return Wanted(subject=subject, order=_order(query, subject), matches=_matches(query), **page)


def breakdown(report: Breakdown, given: Parameters) -> dict[str, Any]:
    """The data: the rows, how many there are on all pages, and the whole that shares are of."""
    table = breakdown_table(report)
    return {
        "period": period(report.days),
        **comparison(report.before),
        "by": report.subject.value,
        "page": given.page,
        "per_page": given.per_page,
        "total_rows": report.count,
        "totals": dict(zip(_columns(report.subject), _values(report.subject, report.totals), strict=True)),
        "rows": [dict(zip(table.columns, row, strict=True)) for row in table.rows],
    }


def breakdown_table(report: Breakdown) -> Table:
    """The rows; compared in what they are ordered by unless said."""
    subject = report.subject
    metric = subject.metric.metric
    rows: list[tuple[Cell, ...]] = []
    for row in report.rows:
        change: tuple[Cell, ...] = ()
        if report.before is not None:
            then = None if row.before is None else value_of(metric, row.before)
            change = Change.of(value_of(metric, row.totals), then)
        rows.append((*row.names, *_values(subject, row.totals), *change))
    changes = () if report.before is None else Change._fields
    return Table((*subject.names, *_columns(subject), *changes), rows)


def _order(query: Mapping[str, str], subject: Subject) -> Order | None:
    text = query.get("sort")
    if not text:
        return None
    known = (Column.NAME, *subject.columns, Column.CHANGE)
    column = _one_of(Column, text.removeprefix("-"), "sort", known=known)
    return Order(column, descending=text.startswith("-"))


def _matches(query: Mapping[str, str]) -> Callable[[tuple[str, ...]], bool] | None:
    text = query.get("search")
    if not text:
        return None
    require_clean(text, "search")
    if len(text) > _MAX_SEARCH:
        raise InvalidInput(f"search must be at most {_MAX_SEARCH} characters")
    part = text.casefold()
    return lambda names: any(part in name.casefold() for name in names)


def _one_of(kind: type[E], text: str, name: str, *, known: tuple[E, ...] | None = None) -> E:
    choices = tuple(kind) if known is None else known
    found = next((choice for choice in choices if choice.value == text), None)
    if found is None:
        minus = ", with a minus in front for the greatest first" if name == "sort" else ""
        raise InvalidInput(f"{name} must be one of {', '.join(choices)}{minus}")
    return found


def _columns(subject: Subject) -> tuple[str, ...]:
    return tuple(_CALLED[column] for column in subject.columns)


def _values(subject: Subject, totals: Totals) -> tuple[int | float, ...]:
    return tuple(value_of(column.metric, totals) for column in subject.columns)
