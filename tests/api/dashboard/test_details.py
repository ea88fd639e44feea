"""Lists in full: their heads, their pages, and what each row leads to."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from babel import Locale

from aggregations.answers import Around, Before
from aggregations.tables import Breakdown, Order, Row
from api.dashboard.choices import PagesTab, Sort, View
from api.dashboard.dialogs import details, flow
from api.dashboard.state import State
from core.comparisons import Other
from core.filters import parse_filters
from core.metrics import Totals
from core.ranges import Days
from core.sites import Site
from core.subjects import Column, Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENGLISH = Locale("en")
_DAYS = Days(first=date(2026, 1, 1), last=date(2026, 1, 2))
_SITE = Site(id=1, uuid=UUID(int=1), account_id=UUID(int=2), domain="example.com")
_BEFORE = Before(other=Other(days=_DAYS, shift=2), found=Totals())


def _shown(state: State, rows: Sequence[Row], *, count: int, compared: bool = False) -> details.Details:
    subject = Subject.ENTRY if state.pages is PagesTab.ENTRY else Subject.PAGE
    found = Breakdown(
        days=_DAYS,
        subject=subject,
        rows=tuple(rows),
        count=count,
        totals=Totals(),
        before=_BEFORE if compared else None,
    )
    return details.shown(found, _SITE, state, _ENGLISH)


@pytest.mark.parametrize(
    ("subject", "sort", "expected"),
    [
        (Subject.PAGE, None, Order(Column.VISITORS)),
        (Subject.PAGE, Sort("bounce", descending=False), Order(Column.BOUNCE, descending=False)),
        (Subject.PAGE, Sort("count", descending=True), Order(Column.VISITORS)),
        (Subject.EVENT, Sort("count", descending=False), Order(Column.COUNT, descending=False)),
        (Subject.EVENT, Sort("duration", descending=True), Order(Column.COUNT)),
        (Subject.EXIT, Sort("name", descending=False), Order(Column.NAME, descending=False)),
        (Subject.EXIT, Sort("change", descending=True), Order(Column.CHANGE)),
    ],
)
def test_a_list_is_in_the_order_of_a_column_that_it_has(subject: Subject, sort: Sort | None, expected: Order) -> None:
    """Otherwise in its own."""
    assert expected == details.order_of(subject, sort)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (None, {"name": "name", "visits": "visits", "bounce": "-bounce", "duration": "-duration"}),
        (
            Sort("bounce", descending=True),
            {"name": "name", "visits": "", "bounce": "bounce", "duration": "-duration"},
        ),
        (
            Sort("name", descending=False),
            {"name": "-name", "visits": "", "bounce": "-bounce", "duration": "-duration"},
        ),
    ],
)
def test_a_head_leads_to_the_other_order(sort: Sort | None, expected: dict[str, str]) -> None:
    """The greatest first, or the other way round of where the list is; its own order is no word."""
    state = State(site="example.com", view=View.PAGES, pages=PagesTab.ENTRY, sort=sort)
    heads = _shown(state, [], count=0).heads
    assert expected == {head.column.value: head.state.sort.text if head.state.sort else "" for head in heads}


@pytest.mark.parametrize(
    ("page", "rows", "count", "expected"),
    [
        (1, 100, 214, ("1", "100", "214", None, 2)),
        (2, 100, 214, ("101", "200", "214", 1, 3)),
        (3, 14, 214, ("201", "214", "214", 2, None)),
        (1, 2, 2, ("1", "2", "2", None, None)),
    ],
)
def test_a_list_has_pages(page: int, rows: int, count: int, expected: tuple[str | int | None, ...]) -> None:
    """A hundred rows at a time."""
    found = _shown(
        State(view=View.PAGES, p=page), [Row((f"/{number}",), Totals()) for number in range(rows)], count=count
    )
    before, after = (state and state.p for state in (found.before, found.after))
    assert expected == (found.first, found.last, found.count, before, after)


def test_a_row_leads_to_reports_and_to_the_page() -> None:
    """Alone, without it, what came before and after; the page's address is always one of the site."""
    path = '/a b"><script>%3Fx'
    state = State(site="example.com", view=View.PAGES, search="a")
    (line,) = _shown(state, [Row((path,), Totals(visitors=1_234, rated=3, bounces=1), Totals())], count=1).lines
    assert line.open == "https://example.com/a%20b%22%3E%3Cscript%3E%3Fx"
    assert parse_filters([("page", path)]) == line.only.filters
    assert parse_filters([("page", f"!{path}")]) == line.without.filters
    assert line.flow is not None
    assert (View.FLOW, path) == (line.flow.view, line.flow.of)
    assert line.cells == ("1,234", "0", "0", "33.3\u00a0%", "0s")


@pytest.mark.parametrize("path", ["//evil.example", "/@evil.example", "javascript:alert(1)", ""])
def test_no_path_leads_elsewhere(path: str) -> None:
    """What is no path has no address."""
    address = details.address_of(_SITE, path)
    assert not address or address.startswith("https://example.com/")


def test_what_is_not_compared_has_no_change() -> None:
    """Neither without a comparison nor without anything to compare with."""
    rows = [Row(("/a",), Totals(visitors=3), Totals(visitors=2)), Row(("/b",), Totals(visitors=3), None)]
    compared = _shown(State(view=View.PAGES), rows, count=2, compared=True)
    alone = _shown(State(view=View.PAGES), rows, count=2)
    assert [line.change and line.change.text for line in compared.lines] == ["50\u00a0%", None]
    assert [compared.heads[1].column.value, compared.heads[-1].column.value] == ["visitors", "change"]
    assert ([line.change for line in alone.lines], alone.heads[-1].column.value) == ([None, None], "duration")


def test_flow_has_one_scale() -> None:
    """Bars before and after a page can be held against each other; beginning and end of a visit lead nowhere."""
    state = State(site="example.com", view=View.FLOW, of="/a")
    found = flow.shown(
        Around(days=_DAYS, path="/a", before=(("", 4), ("/b", 1)), after=(("", 2),)), _SITE, state, _ENGLISH
    )
    assert [(row.label, row.width, row.flow and row.flow.of) for row in found.before] == [
        ("Visit began here", "100.00%", None),
        ("/b", "25.00%", "/b"),
    ]
    assert [(row.label, row.width) for row in found.after] == [("Visit ended here", "50.00%")]
