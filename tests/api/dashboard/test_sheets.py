"""What the page shows, as tables: bare numbers, and names as they are stored."""

from __future__ import annotations

from datetime import UTC, date
from functools import partial
from typing import TYPE_CHECKING

import pytest
from babel import Locale

from aggregations.answers import Around, Before, Point, Series
from aggregations.tables import Breakdown, Row
from api.dashboard import sheets
from api.dashboard.labels import label
from core.comparisons import Other
from core.intervals import Interval, Slot
from core.metrics import Metric, Totals
from core.ranges import Days
from core.spans import DAY
from core.subjects import Subject

if TYPE_CHECKING:
    from api.csv import Cell

_DAYS = Days(first=date(2026, 1, 1), last=date(2026, 1, 2))
_OTHER = Other(days=Days(first=date(2025, 12, 30), last=date(2025, 12, 31)), shift=2)
_TOTALS = Totals(views=9, visits=5, visitors=4, rated=3, bounces=1, duration_ms=6_000)
_OF_VISITS = ("visitors", "visits", "pageviews", "bounce_rate_pct", "visit_duration_s")
_NAME = partial(label, locale=Locale("en"))


def _list(subject: Subject, *rows: Row, compared: bool = False) -> Breakdown:
    before = Before(other=_OTHER, found=Totals()) if compared else None
    return Breakdown(days=_DAYS, subject=subject, rows=rows, count=len(rows), totals=Totals(), before=before)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            _list(
                Subject.PAGE, Row(("/a",), Totals(views=9, visits=5, visitors=4, rated=3, bounces=1, duration_ms=6_000))
            ),
            [
                ("page", "visitors", "visits", "pageviews", "bounce_rate_pct", "visit_duration_s"),
                ("/a", 4, 5, 9, 33.3, 2),
            ],
        ),
        (
            _list(Subject.CITY, Row(("DE", "Berlin", "Berlin"), Totals(visitors=1))),
            [
                ("country", "region", "city", "label", *_OF_VISITS),
                ("DE", "Berlin", "Berlin", "Berlin", 1, 0, 0, 0, 0),
            ],
        ),
        (
            _list(Subject.SCROLL, Row(("scroll_25",), Totals(views=3))),
            [("scroll", "label", "count"), ("scroll_25", "25\u00a0% of the page", 3)],
        ),
        (
            _list(
                Subject.EXIT,
                Row(("/a",), Totals(visits=3), Totals(visits=2)),
                Row(("/b",), Totals(visits=3), Totals()),
                Row(("",), Totals(visits=3), None),
                compared=True,
            ),
            [
                ("exit", "visits", "previous", "change_pct"),
                ("/a", 3, 2, 50.0),
                ("/b", 3, 0, "new"),
                ("", 3, None, None),
            ],
        ),
    ],
)
def test_a_list_as_a_table(found: Breakdown, expected: list[tuple[Cell, ...]]) -> None:
    """Each name in a column of its own, beside what the row is called where that is something else."""
    columns, rows = sheets.breakdown(found, _NAME)
    assert expected == [tuple(columns), *map(tuple, rows)]


def test_a_series_as_a_table() -> None:
    """Each point with its time; what cannot be compared has no change."""
    slots = [Slot(day * DAY, (day + 1) * DAY, date(1970, 1, 1 + day), date(1970, 1, 1 + day)) for day in range(2)]
    found = Series(
        days=_DAYS,
        metric=Metric.VISITS,
        interval=Interval.DAY,
        points=(Point(slots[0], 3, 4), Point(slots[1], 5, None)),
        open=False,
        other=_OTHER,
    )
    columns, rows = sheets.series(found, "visits", UTC)
    expected = [
        ("day", "visits", "previous", "change_pct"),
        ("1970-01-01", 3, 4, -25.0),
        ("1970-01-02", 5, None, None),
    ]
    assert expected == [tuple(columns), *map(tuple, rows)]


def test_a_flow_as_a_table() -> None:
    """What came before, then what came after."""
    found = Around(days=_DAYS, path="/a", before=(("", 2),), after=(("/b", 1),))
    assert [*sheets.around(found).rows] == [("before", "", 2), ("after", "/b", 1)]


def test_a_funnel_as_a_table() -> None:
    """Of a step that nobody reached there are no shares further on."""
    rows = [*sheets.funnel([("/a", 4), ("/b", 0), ("/c", 0)]).rows]
    assert rows == [(1, "/a", 4, 100.0, None, 0), (2, "/b", 0, 0.0, 0.0, 4), (3, "/c", 0, 0.0, None, 0)]
