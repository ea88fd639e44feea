"""What is above the report: which site, which days, and what they are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from api.dashboard import numbers
from api.dashboard.choices import View
from api.dashboard.comparison import compared_with
from api.dashboard.viewer import name_of
from core.comparisons import Against
from core.ranges import Days, Period, days_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from api.dashboard.parts import Shown
    from api.dashboard.report import Asked
    from api.dashboard.state import State
    from api.dashboard.viewer import Viewer
    from core.sites import Site

#: What each period is called, and the letter that chooses it.
_PERIODS: Final[Mapping[Period, tuple[str, str]]] = MappingProxyType(
    {
        Period.TODAY: ("Today", "d"),
        Period.YESTERDAY: ("Yesterday", "e"),
        Period.WEEK: ("7 days", "w"),
        Period.MONTH: ("30 days", "m"),
        Period.QUARTER: ("90 days", "q"),
        Period.YEAR: ("12 months", "y"),
        Period.YEAR_TO_DATE: ("This year", "u"),
        Period.ALL: ("All time", "a"),
    }
)
_EARLIEST_YEAR: Final = 1971
#: Sites to choose from; of more the table of sites has all.
_MOST_SITES: Final = 200


class Option(NamedTuple):
    """Something to choose."""

    text: str
    url: str
    is_current: bool
    key: str = ""  #: the letter that chooses it


@dataclass(frozen=True, slots=True, kw_only=True)
class Pickers:
    """The pickers of days and of the comparison."""

    period: str  #: what the days are called
    span: str  #: the dates
    periods: tuple[Option, ...]
    earlier: str  #: address of as many days before; '' for none
    later: str
    first: str  #: of the days, as ISO 8601
    last: str
    today: str
    kept: tuple[tuple[str, str], ...]  #: what a form of dates sends besides
    against: str  #: what the days are compared with
    comparisons: tuple[Option, ...]
    toggled: str  #: address with the comparison switched off, or on again
    cleared: str  #: address without filters; '' where there are none
    closed: State  #: the report without the dialog over it
    says: str  #: what is shown, said to whoever cannot see it


def sites(known: Sequence[Site], chosen: Site | None, viewer: Viewer) -> tuple[Option, ...]:
    """The sites that the viewer can choose from, by name, as many as a picker can have."""
    every = list(known)
    return tuple(
        Option(_titled(site, every), f"{viewer.base}?site={name_of(site, every)}", site == chosen)
        for site in sorted(every, key=lambda site: site.domain)
    )


def pickers(shown: Shown, asked: Asked) -> Pickers:
    """The pickers as they stand."""
    state, base = shown.state, shown.viewer.base
    days, today, locale = asked.days, asked.today, shown.viewer.language
    compared = compared_with(state, days)
    called, span = _called(state, days), numbers.days(days.first, days.last, locale, today=today)
    return Pickers(
        period=called,
        span=span,
        periods=tuple(
            Option(text, state.with_(period=period, days=None).url(base), _is_current(state, period), key)
            for period, (text, key) in _PERIODS.items()
        ),
        earlier=_shifted(state, days, -len(days), today).url(base) if days.first.year >= _EARLIEST_YEAR else "",
        later=_shifted(state, days, by, today).url(base)
        if (by := min(len(days), (today - days.last).days)) > 0
        else "",
        first=days.first.isoformat(),
        last=days.last.isoformat(),
        today=today.isoformat(),
        kept=tuple(state.with_(days=None).with_(period=Period.MONTH).pairs()),
        against=f"vs {compared}" if compared else "not compared",
        comparisons=tuple(
            _comparison(state.with_(compare=against), days, base, is_current=state.compare is against)
            for against in (Against.PREVIOUS, Against.YEAR, None)
        ),
        toggled=state.with_(compare=None if state.compare else Against.PREVIOUS).url(base),
        cleared=state.with_(filters=()).url(base) if state.filters else "",
        closed=state.with_(view=View.REPORT),
        says=f"{called}, {span}",
    )


def _titled(site: Site, known: Sequence[Site]) -> str:
    name = name_of(site, known)
    return site.domain if name == site.domain else f"{site.domain} ({name[:8]})"


def _is_current(state: State, period: Period) -> bool:
    return state.days is None and state.period is period


def _called(state: State, days: Days) -> str:
    if state.days is None:
        return _PERIODS[state.period][0]
    return "1 day" if len(days) == 1 else f"{len(days)} days"


def _shifted(state: State, days: Days, by: int, today: date) -> State:
    """The state with its days moved, called by a word where there is one for them."""
    moved = Days(first=days.first + timedelta(days=by), last=days.last + timedelta(days=by))
    for period in _PERIODS:
        if period is not Period.ALL and days_of(period, today=today, oldest=today) == moved:
            return state.with_(days=None, period=period)
    return state.with_(days=moved)


def _comparison(state: State, days: Days, base: str, *, is_current: bool) -> Option:
    return Option(compared_with(state, days) or "no comparison", state.url(base), is_current)
