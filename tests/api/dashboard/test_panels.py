"""The panels: rows, their shares and bars, and what is said where there are none."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from babel import Locale

from aggregations.answers import Before
from aggregations.tables import Breakdown, Row
from api.dashboard.choices import PagesTab, View
from api.dashboard.funnels import chosen, funnel_panel
from api.dashboard.panels import COLUMNS, WORDS, panel
from api.dashboard.state import State
from api.dashboard.tabs import PANELS
from core.comparisons import Other
from core.definitions import Definition
from core.filters import FilterDimension
from core.funnels import Steps
from core.metrics import Totals
from core.ranges import Days
from core.sites import Site
from core.subjects import Subject

_DAYS = Days(first=date(2026, 10, 23), last=date(2026, 11, 21))
_OTHER = Other(days=Days(first=date(2026, 9, 23), last=date(2026, 10, 22)), shift=30)
_ENGLISH = Locale.parse("en")
_SITE = Site(id=1, uuid=UUID(int=1), account_id=UUID(int=2), domain="northwind.example")
_STATE = State(site="northwind.example")


def _found(subject: Subject, *rows: Row, visitors: int = 1_000, count: int | None = None) -> Breakdown:
    return Breakdown(
        days=_DAYS,
        subject=subject,
        rows=rows,
        count=len(rows) if count is None else count,
        totals=Totals(visitors=visitors),
        before=Before(other=_OTHER, found=Totals()),
    )


def test_rows_have_shares_of_the_whole_and_bars_on_one_scale() -> None:
    """The longest bar is the first row's; the change is that of the row."""
    rows = [
        Row(("/",), Totals(visitors=250), Totals(visitors=229)),
        Row(("/pricing",), Totals(visitors=100), Totals(visitors=0)),
    ]
    found = panel(
        View.PAGES, _found(Subject.PAGE, *rows, count=214), _STATE, _ENGLISH, site=_SITE, span="these 30 days"
    )

    assert [(line.name, line.number, line.share) for line in found.lines] == [
        ("/", "250", "25\u00a0%"),
        ("/pricing", "100", "10\u00a0%"),
    ]
    assert [f'width="{width}%"' in line.bar for line, width in zip(found.lines, (100, 40), strict=True)] == [True, True]
    assert [line.change.text for line in found.lines if line.change] == ["9\u00a0%", "new"]
    assert (
        found.title,
        found.column,
        found.number,
        found.footer,
        found.empty,
    ) == ("Pages", "Page", "Visitors", "All 214 pages", "")


def test_a_row_is_a_filter_and_knows_its_page() -> None:
    """A click leaves the row alone, the other kind of click leaves it out; the page itself is the site's own."""
    row = Row(('/a b"><script>',), Totals(visitors=1))
    (line,) = panel(View.PAGES, _found(Subject.PAGE, row), _STATE, _ENGLISH, site=_SITE, span="").lines

    assert line.only is not None
    assert line.without is not None
    (only,), (without,) = line.only.filters, line.without.filters
    assert (only.dimension, only.negated, without.negated) == (FilterDimension.PAGE, False, True)
    assert line.page == "https://northwind.example/a%20b%22%3E%3Cscript%3E"


@pytest.mark.parametrize("path", ["javascript:alert(1)", "", "https://elsewhere.example/"])
def test_what_is_no_path_is_no_address(path: str) -> None:
    """Whatever a stranger's browser sent."""
    row = Row((path,), Totals(visitors=1))
    (line,) = panel(View.PAGES, _found(Subject.PAGE, row), _STATE, _ENGLISH, site=_SITE, span="").lines
    assert not line.page


def test_a_long_name_keeps_its_end() -> None:
    """The last 14 letters never give way."""
    path = "/blog/2026/11/getting-started-with-tide-tables"
    (line,) = panel(
        View.PAGES, _found(Subject.PAGE, Row((path,), Totals(visitors=1))), _STATE, _ENGLISH, site=_SITE, span=""
    ).lines
    assert (path, path[-14:]) == (line.name, line.tail)


def test_no_rows_are_said_with_the_reason() -> None:
    """In one sentence or two."""
    found = panel(View.SOURCES, _found(Subject.CAMPAIGN), _STATE, _ENGLISH, site=_SITE, span="these 30 days")
    assert found.empty == "No campaigns in these 30 days. They come from utm_ parameters."


def test_every_panel_has_its_tabs_and_one_is_open() -> None:
    """The one that the state says; each leads to itself and changes nothing else."""
    state = _STATE.with_(pages=PagesTab.EXIT)
    for view, tabs in PANELS.items():
        subject = tabs[PagesTab.EXIT] if view is View.PAGES else next(iter(tabs.values()))
        found = panel(view, _found(subject), state, _ENGLISH, site=_SITE, span="")
        assert [getattr(tab.state, view.value) for tab in found.tabs] == list(tabs)
        assert [tab.chosen for tab in found.tabs] == [tab is getattr(state, view.value) for tab in tabs]
        assert (view, True) == (found.csv.view, found.csv.csv)


def test_every_subject_has_words() -> None:
    """And every number a name."""
    assert {*Subject} == {*WORDS}
    assert {column for subject in Subject for column in subject.columns} <= {*COLUMNS}


def _saved(*names: str) -> list[Definition[Steps]]:
    return [
        Definition(id=UUID(int=number), name=name, meaning=Steps(("/", "/signup")), created_at=0)
        for number, name in enumerate(names)
    ]


def test_the_first_funnel_is_open_unless_another_is_named() -> None:
    """Or steps of its own are in the address."""
    saved = _saved("Docs", "Sign-up")
    assert chosen(_STATE, saved).funnel == "Docs"
    assert chosen(_STATE.with_(funnel="Sign-up"), saved).funnel == "Sign-up"
    assert chosen(_STATE.with_(funnel="gone"), saved).funnel == "Docs"
    assert not chosen(_STATE.with_(steps=("/", "/a")), saved).funnel
    assert not chosen(_STATE, []).funnel


def test_a_funnel_says_who_left_where() -> None:
    """Bars on one scale, losses in words."""
    saved = _saved("Sign-up")
    state = chosen(_STATE, saved)
    found = funnel_panel(state, saved, [("/", 5_000), ("/signup", 1_200)], _ENGLISH, may_filter=True)
    assert [(step.visits, step.width, step.of_before, step.lost) for step in found.steps] == [
        ("5,000", "100.00%", "", ""),
        ("1,200", "24.00%", "24\u00a0%", "3,800"),
    ]
    assert [(tab.name, tab.chosen) for tab in found.tabs] == [("Sign-up", True)]
    assert found.new is not None
    assert not found.empty


def test_a_funnel_that_is_late_or_missing_says_so() -> None:
    """Where to look again, or what a funnel is; who may not filter makes none."""
    late = funnel_panel(_STATE, [], [], _ENGLISH, may_filter=True, is_late=True)
    none = funnel_panel(_STATE, [], [], _ENGLISH, may_filter=False)
    assert (late.late, late.empty) == (_STATE, "")
    assert none.empty.startswith("No funnel yet.")
    assert (none.new, none.csv) == (None, None)
