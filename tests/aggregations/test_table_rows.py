"""Rows of breakdowns out of lists, long ones and short ones: which, in which order, and of what whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
import pytest

from aggregations import few_rows
from aggregations.lists import Lines
from aggregations.table_rows import matching, page, rows_in, rows_of, whole_of
from aggregations.tables import Order, Row, Table
from core.dimensions import NUMBERS, Dimension
from core.globs import PathGroups
from core.metrics import Totals
from core.sites import ContentGroup
from core.subjects import Column, Subject
from storage import listings

if TYPE_CHECKING:
    from collections.abc import Sequence

_GROUPS: Final = PathGroups([ContentGroup("Blog", "/blog/*"), ContentGroup("All", "/b*")])
_PATHS: Final = ("views", "unique_views", "visitors", "rated", "bounces", "duration_ms", "exits")
_VALUES: Final = ("visits", "bounces", "duration_ms", "visitors", "views")


def _lines(names: Sequence[str], *rows: tuple[object, ...]) -> pl.LazyFrame:
    return pl.LazyFrame(list(rows), schema={"key": pl.String, **dict.fromkeys(names, pl.Int64)}, orient="row")


def _rows(subject: Subject, lines: pl.LazyFrame, table: Table | None = None) -> list[Row]:
    """As of a long list; the same, if they are made so, as of a short one that is in two parts."""
    found = rows_of(subject, lines, _GROUPS).collect()
    asked = table or Table(subject=subject, limit=100)
    rows = [*rows_in(subject, page(asked, matching(asked, found), None).collect(), compared=False)]
    parts = lines.collect()
    short = Lines(listings.PATHS, [parts.head(1)], [parts.slice(1)])
    if few_rows.are_few(subject, short) and few_rows.has_page(asked, found, None):
        assert rows == [*few_rows.page(asked, few_rows.rows_of(subject, short), None)]
    return rows


def test_few_rows_are_those_of_many() -> None:
    """With what they were then, those of one number by name, and only as many as are asked for."""
    number = NUMBERS[Dimension.BROWSER]
    keyed = [(f"{number}\t{name}", *[count] * 5) for name, count in (("b", 2), ("a", 2), ("", 1), ("c", 3), ("d", 0))]
    now, then = _lines(_VALUES, *keyed), _lines(_VALUES, *keyed[1:3], (f"{number}\tunknown", *[4] * 5))
    table = Table(subject=Subject.BROWSER, limit=3, offset=1)
    many = [rows_of(Subject.BROWSER, lines, _GROUPS).collect() for lines in (now, then)]
    few = [few_rows.rows_of(Subject.BROWSER, Lines(listings.PATHS, [lines.collect()])) for lines in (now, then)]
    assert [each.sort("key").rows() for each in many] == [each.sort("key").rows() for each in few]
    expected = rows_in(Subject.BROWSER, page(table, *many).collect(), compared=True)
    assert [row.names[0] for row in expected] == ["a", "b", ""]
    assert expected == few_rows.page(table, *few)


def test_few_lines_of_a_key_are_added_up() -> None:
    """In whichever parts they are."""
    lines = _lines(("views", "visitors"), ("custom\tbuy", 2, 1), ("custom\tbuy", 3, 1)).collect()
    found = few_rows.rows_of(Subject.EVENT, Lines(listings.EVENTS, [lines, lines.head(1)]))
    assert found.select("key", "views", "visitors").rows() == [("buy", 7, 3)]


def test_a_page_without_a_view_is_no_row() -> None:
    """Though a visit may have begun there just before the range ends."""
    lines = _lines(_PATHS, ("/a", 3, 2, 1, 1, 1, 5, 1), ("/b", 0, 0, 0, 1, 1, 5, 1))
    totals = Totals(
        views=3, unique_views=2, visits=2, visitors=1, rated=1, bounces=1, duration_ms=5, entries=1, exits=1
    )
    assert [Row(("/a",), totals)] == _rows(Subject.PAGE, lines)
    assert [row.names for row in _rows(Subject.ENTRY, lines)] == [("/a",), ("/b",)]


def test_a_group_is_the_sum_of_its_pages() -> None:
    """The first that has a page counts; a page in none is in no row."""
    lines = _lines(
        _PATHS,
        ("/blog/1", 3, 2, 1, 1, 1, 5, 1),
        ("/blog/2", 4, 2, 1, 1, 0, 5, 1),
        ("/b", 1, 1, 1, 0, 0, 0, 0),
        ("/", *[9] * 7),
    )
    blog = Totals(views=7, rated=2, bounces=1, duration_ms=10, entries=2, exits=2)
    assert [Row(("Blog",), blog), Row(("All",), Totals(views=1))] == _rows(Subject.GROUP, lines)


def test_what_is_not_known_is_one_row() -> None:
    """Whatever word was stored for it."""
    number = NUMBERS[Dimension.BROWSER]
    lines = _lines(_VALUES, (f"{number}\t", 1, 1, 5, 1, 2), (f"{number}\tunknown", 2, 0, 5, 1, 3))
    totals = Totals(views=5, visits=3, visitors=2, rated=3, bounces=1, duration_ms=10)
    assert [Row(("",), totals)] == _rows(Subject.BROWSER, lines)


def test_visits_without_a_campaign_are_in_no_row() -> None:
    """Odd names are."""
    number = NUMBERS[Dimension.UTM]
    lines = _lines(_VALUES, (f"{number}\t\t\t", *[9] * 5), (f"{number}\ta\\tb\t\\\\\t", *[1] * 5))
    assert [row.names for row in _rows(Subject.CAMPAIGN, lines)] == [("a\tb", "\\", "")]


@pytest.mark.parametrize(
    ("subject", "names"),
    [(Subject.EVENT, [("a\tb",), ("buy",)]), (Subject.SCROLL, [("scroll_50",)])],
)
def test_events_are_told_by_type(subject: Subject, names: list[tuple[str, ...]]) -> None:
    """Custom ones by name, scrolls by how far."""
    keys = ("custom\ta\tb", "custom\tbuy", "scroll_50\t", "outbound_link\t", "close_tab\t")
    lines = _lines(("views", "visitors"), *((key, 9 - place, 1) for place, key in enumerate(keys)))
    assert names == [row.names for row in _rows(subject, lines)]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (None, "bca"),
        (Order(Column.VISITS, descending=False), "acb"),
        (Order(Column.BOUNCE, descending=True), "bca"),
        (Order(Column.BOUNCE, descending=False), "cba"),
        (Order(Column.NAME, descending=False), "abc"),
        (Order(Column.NAME, descending=True), "cba"),
        (Order(Column.CHANGE, descending=True), "bca"),
    ],
)
def test_rows_are_ordered_by_any_column(order: Order | None, names: str) -> None:
    """What has no rate comes last; without anything to compare with, changes are in the order of the metric."""
    number = NUMBERS[Dimension.COUNTRY]
    lines = _lines(
        _VALUES, (f"{number}\ta", 0, 0, 0, 1, 1), (f"{number}\tb", 9, 6, 0, 5, 1), (f"{number}\tc", 2, 1, 0, 2, 1)
    )
    found = _rows(Subject.COUNTRY, lines, Table(subject=Subject.COUNTRY, limit=9, order=order))
    assert [*names] == [row.names[0] for row in found]


def test_changes_are_shares_of_what_was() -> None:
    """New rows change the most, those from 0 to 0 not at all; a row that is gone is none."""
    names = ("views", "visitors")
    now = rows_of(Subject.NOT_FOUND, _lines(names, ("/more", 4, 1), ("/less", 9, 1), ("/new", 1, 0)), _GROUPS).collect()
    then = rows_of(
        Subject.NOT_FOUND, _lines(names, ("/more", 2, 1), ("/less", 10, 1), ("/gone", 5, 1)), _GROUPS
    ).collect()
    table = Table(subject=Subject.NOT_FOUND, limit=9, order=Order(Column.CHANGE))
    found = rows_in(Subject.NOT_FOUND, page(table, now, then).collect(), compared=True)
    assert [(row.names[0], None if row.before is None else row.before.views) for row in found] == [
        ("/new", 0),
        ("/more", 2),
        ("/less", 10),
    ]


def test_shares_are_of_what_rows_are_parts_of() -> None:
    """Entries of the visits with a view, events and missing pages of all rows, all else of the site."""
    site = Totals(views=50, visits=20, visitors=9, entries=15, exits=15)
    rows = pl.DataFrame({"key": ["a", "b"], "views": [3, 4]})
    expected = {Subject.ENTRY: site._replace(visits=15), Subject.EVENT: site._replace(views=7), Subject.SCROLL: site}
    assert expected == {subject: whole_of(subject, rows, site) for subject in expected}
