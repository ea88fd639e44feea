"""A panel's list in full: all of its rows, searched and ordered, some at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from aggregations.tables import Order
from api.dashboard import numbers
from api.dashboard.choices import Sort, View
from api.dashboard.dialogs.suggestions import has
from api.dashboard.labels import aside, label, split
from api.dashboard.metrics import change
from api.dashboard.narrowing import only, page_of, without
from api.dashboard.panels import COLUMNS, WORDS
from api.dashboard.tabs import PANELS, subject_of, tab_of
from core.metrics import DEFINITIONS, value_of
from core.subjects import Column, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from babel import Locale

    from aggregations.reports import Reports
    from aggregations.tables import Breakdown, Row
    from api.dashboard.numbers import Change
    from api.dashboard.report import Asked
    from api.dashboard.state import State
    from core.sites import Site

#: Rows at a time.
ROWS: Final = 100
#: What stands for itself in a path.
_SAFE: Final = "/:@!$&'()*+,;=-._~%"


class Head(NamedTuple):
    """The head of a column, which is a link to the list in its order."""

    column: Column
    title: str
    state: State
    order: str  #: `ascending`, `descending`, or '' where the list is in the order of another

    @property
    def is_number(self) -> bool:
        """Whether numbers stand below."""
        return self.column is not Column.NAME


class Line(NamedTuple):
    """A row."""

    head: str  #: of its name; gives way where there is no room
    tail: str  #: of a long one; does not
    aside: str
    title: str  #: all that it is called by
    cells: tuple[str, ...]
    change: Change | None  #: None where nothing is compared
    only: State
    without: State
    open: str  #: address of the page itself, '' where there is none
    flow: State | None  #: what comes before and after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The dialog."""

    title: str
    tabs: tuple[tuple[str, State, bool], ...]  #: title, the list, whether it is this one
    hidden: tuple[tuple[str, str], ...]  #: what a search leaves as it is
    search: str
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    count: str
    first: str
    last: str
    before: State | None
    after: State | None
    sheet: State  #: the same as a file
    none: str  #: what is said where there is no row


async def details(reports: Reports, asked: Asked, site: Site, state: State, locale: Locale) -> Details:
    """Read the list that the state names, and show it.

    Raises:
        Unavailable: as for every report.
    """
    found = await rows(reports, asked, state, locale, limit=ROWS, offset=(state.p - 1) * ROWS)
    return shown(found, site, state, locale)


async def rows(  # noqa: PLR0913 - what is asked, and which rows of it
    reports: Reports, asked: Asked, state: State, locale: Locale, *, limit: int, offset: int = 0
) -> Breakdown:
    """The rows of the list that the state names, in its order and as far as they match its search.

    Raises:
        Unavailable: as for every report.
    """
    subject = subject_of(state, state.view)
    return await reports.breakdown(
        asked.query,
        subject,
        order=order_of(subject, state.sort),
        limit=limit,
        offset=offset,
        other=asked.other,
        matches=_matching(subject, state.search, locale),
    )


def order_of(subject: Subject, sort: Sort | None) -> Order:
    """The order that an address asks for; the subject's own where it has no such column."""
    if sort is None or Column(sort.column) not in {*subject.columns, Column.NAME, Column.CHANGE}:
        return Order(subject.metric)
    return Order(Column(sort.column), descending=sort.descending)


def shown(found: Breakdown, site: Site, state: State, locale: Locale) -> Details:
    """What is shown of a list."""
    subject, panel = found.subject, state.view
    is_compared = found.before is not None
    first = (state.p - 1) * ROWS
    last = first + len(found.rows)
    return Details(
        title=_called(subject),
        tabs=tuple(
            (_called(each), state.with_(**{panel.value: tab}, search="", sort=None, p=1), tab is tab_of(state, panel))
            for tab, each in PANELS[panel].items()
        ),
        hidden=tuple(state.with_(search="", p=1).pairs()),
        search=state.search,
        heads=_heads(subject, state, is_compared=is_compared),
        lines=tuple(_line(row, subject, site, state, locale, is_compared=is_compared) for row in found.rows),
        count=numbers.exact(found.count, locale),
        first=numbers.exact(first + 1, locale),
        last=numbers.exact(last, locale),
        before=state.with_(p=state.p - 1) if state.p > 1 else None,
        after=state.with_(p=state.p + 1) if last < found.count else None,
        sheet=state.with_(csv=True, p=1),
        none=_none(state),
    )


def _heads(subject: Subject, state: State, *, is_compared: bool) -> tuple[Head, ...]:
    order = order_of(subject, state.sort)
    columns = [Column.NAME, *subject.columns, *([Column.CHANGE] if is_compared else [])]

    def head(column: Column) -> Head:
        here = order.column is column
        descending = not order.descending if here else column is not Column.NAME
        own = column is subject.metric and descending
        sort = None if own else Sort(column.value, descending=descending)
        title = WORDS[subject].one if column is Column.NAME else COLUMNS[column]
        said = ("descending" if order.descending else "ascending") if here else ""
        return Head(column, title, state.with_(sort=sort, p=1), said)

    return tuple(map(head, columns))


def _line(  # noqa: PLR0913 - a row, and where it stands
    row: Row, subject: Subject, site: Site, state: State, locale: Locale, *, is_compared: bool
) -> Line:
    path = page_of(subject, row.names)
    head, tail = split(label(subject, row.names, locale))
    return Line(
        head=head,
        tail=tail,
        aside=aside(subject, row.names, locale),
        title=" / ".join(filter(None, row.names)),
        cells=tuple(
            numbers.value(
                value_of(column.metric, row.totals), DEFINITIONS[column.metric].unit, locale, to_the_last=True
            )
            for column in subject.columns
        ),
        change=_change(row, subject, locale) if is_compared else None,
        only=only(state, subject, row.names),
        without=without(state, subject, row.names),
        open=address_of(site, path),
        flow=state.with_(view=View.FLOW, of=path) if path else None,
    )


def _cell(column: Column, row: Row, locale: Locale) -> str:
    metric = column.metric
    return numbers.value(value_of(metric, row.totals), DEFINITIONS[metric].unit, locale, to_the_last=True)


def address_of(site: Site, path: str) -> str:
    """Where a page of the site is; '' without a path. It is always an address of the site's own host."""
    return f"https://{site.domain}{quote(path, safe=_SAFE)}" if path.startswith("/") else ""


def _called(subject: Subject) -> str:
    return WORDS[subject].many.capitalize()


def _change(row: Row, subject: Subject, locale: Locale) -> Change | None:
    if row.before is None:
        return None
    metric = subject.metric.metric
    return change(metric, value_of(metric, row.totals), value_of(metric, row.before), locale)


def _matching(subject: Subject, search: str, locale: Locale) -> Callable[[tuple[str, ...]], bool] | None:
    if not search.strip():
        return None
    fits = has(search)

    def matches(names: Sequence[str]) -> bool:
        return fits((*names, label(subject, names, locale), aside(subject, names, locale)))

    return matches


def _none(state: State) -> str:
    if state.search:
        return f"Nothing has “{state.search}” in its name."
    return "Nothing in these days." if not state.filters else "Nothing in these days that all filters choose."
