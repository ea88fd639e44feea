"""The pickers of days and of the comparison."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from babel import Locale

from api.dashboard.parts import Shown
from api.dashboard.pickers import pickers, sites
from api.dashboard.report import query_of
from api.dashboard.state import State, View
from api.dashboard.viewer import Viewer
from core.comparisons import Against
from core.ranges import Days, Period
from core.sites import Site

if TYPE_CHECKING:
    from api.dashboard.pickers import Pickers

_NOW = int(datetime(2026, 11, 21, 14, tzinfo=UTC).timestamp() * 1_000)
_SITE = Site(id=1, uuid=UUID(int=1), account_id=UUID(int=9), domain="a.example")
_VIEWER = Viewer(principal=None, share=None, base="/", may_filter=True, may_change=True, language=Locale("en", "GB"))


def _pickers(**state: Any) -> Pickers:  # noqa: ANN401 - fields of a state
    shown = Shown(None, _VIEWER, _SITE, State(site="a.example", **state), _NOW)  # type: ignore[arg-type]  # no request
    return pickers(shown, query_of(_SITE, shown.state, _NOW))


@pytest.mark.parametrize(
    ("state", "period", "span", "against"),
    [
        ({}, "30 days", "23 Oct\u2009\u2013\u200921 Nov", "vs 30 days before"),
        ({"period": Period.TODAY}, "Today", "21 Nov", "vs the day before"),
        ({"period": Period.YEAR}, "12 months", "22 Nov 2025\u2009\u2013\u200921 Nov 2026", "vs 12 months before"),
        ({"compare": Against.YEAR}, "30 days", "23 Oct\u2009\u2013\u200921 Nov", "vs same days last year"),
        ({"compare": None}, "30 days", "23 Oct\u2009\u2013\u200921 Nov", "not compared"),
        (
            {"days": Days(first=date(2026, 11, 2), last=date(2026, 11, 3))},
            "2 days",
            "2\u20133 Nov",
            "vs 2 days before",
        ),
    ],
)
def test_what_is_said(state: dict[str, Any], period: str, span: str, against: str) -> None:
    """The days, what they are called and what they are compared with."""
    found = _pickers(**state)
    assert (found.period, found.span, found.against) == (period, span, against)


@pytest.mark.parametrize(
    ("state", "earlier", "later"),
    [
        ({}, "/?site=a.example&from=2026-09-23&to=2026-10-22", ""),
        ({"period": Period.TODAY}, "/?site=a.example&period=yesterday", ""),
        (
            {"period": Period.YESTERDAY},
            "/?site=a.example&from=2026-11-19&to=2026-11-19",
            "/?site=a.example&period=today",
        ),
        (
            {"days": Days(first=date(2026, 9, 23), last=date(2026, 10, 22))},
            "/?site=a.example&from=2026-08-24&to=2026-09-22",
            "/?site=a.example",
        ),
        (
            {"days": Days(first=date(2026, 11, 10), last=date(2026, 11, 19))},
            "/?site=a.example&from=2026-10-31&to=2026-11-09",
            "/?site=a.example&from=2026-11-12&to=2026-11-21",
        ),
        (
            {"days": Days(first=date(1970, 1, 1), last=date(1970, 1, 2))},
            "",
            "/?site=a.example&from=1970-01-03&to=1970-01-04",
        ),
    ],
)
def test_days_are_shifted_by_as_many(state: dict[str, Any], earlier: str, later: str) -> None:
    """Before and after are as many days, never beyond today, and called by their word where they have one."""
    found = _pickers(**state)
    assert (found.earlier, found.later) == (earlier, later)


def test_choices_keep_what_else_is_shown() -> None:
    """A period, a comparison or own dates change nothing else; the current one is marked."""
    found = _pickers(period=Period.WEEK, view=View.PAGES, p=3).periods
    assert [option.text for option in found if option.is_current] == ["7 days"]
    filtered = State(site="a.example").plus_filter("country", "DE")
    shown = _pickers(filters=filtered.filters, compare=None)
    assert all("country=DE" in option.url and "compare=none" in option.url for option in shown.periods)
    assert shown.toggled == "/?site=a.example&country=DE"
    assert shown.cleared == "/?site=a.example&compare=none"
    assert shown.kept == (("site", "a.example"), ("compare", "none"), ("country", "DE"))
    assert _pickers().cleared == ""


def test_sites_are_told_apart() -> None:
    """Sites go by their domains in order; two of one domain by their ids as well."""
    known = [
        Site(id=1, uuid=UUID(int=1 << 100), account_id=UUID(int=9), domain="b.example"),
        Site(id=2, uuid=UUID(int=2 << 100), account_id=UUID(int=9), domain="a.example"),
        Site(id=3, uuid=UUID(int=3 << 100), account_id=UUID(int=8), domain="b.example"),
    ]
    found = sites(known, known[2], _VIEWER)
    assert [option.text for option in found] == ["a.example", "b.example (00000010)", "b.example (00000030)"]
    assert [option.is_current for option in found] == [False, False, True]
    assert found[2].url == f"/?site={known[2].uuid}"
