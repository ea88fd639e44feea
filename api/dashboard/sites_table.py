"""`/` of whoever has several sites: each in a row, with who is there now, today so far and the days before."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from aggregations.series import Asked as Plotted
from api.dashboard import charts, numbers
from api.dashboard.choices import Sort
from api.dashboard.live import WINDOW
from api.dashboard.report import query_of
from api.dashboard.state import State
from api.dashboard.viewer import name_of
from core.errors import Overloaded, Unavailable
from core.intervals import Interval
from core.metrics import Metric, Unit, value_of
from core.ranges import Days, Period, date_at

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from babel import Locale
    from markupsafe import Markup

    from api.dashboard.numbers import Change
    from api.dashboard.parts import Parts
    from api.dashboard.viewer import Viewer
    from core.sites import Site

_T = TypeVar("_T")

#: Sites on one page; of more there are several, by name.
PER_PAGE: Final = 50
#: Days of the small line, which ends yesterday: today is not whole.
_DAYS: Final = 30
#: In place of a number that nobody can tell now.
_UNKNOWN: Final = "\u2013"
#: Sites that are asked about at a time: the reports of others have to get their turn too.
_AT_A_TIME: Final = 4


class Heading(NamedTuple):
    """A column that can be sorted by."""

    title: str
    url: str
    order: str  #: of `aria-sort`, '' if it is sorted by another


class Measured(NamedTuple):
    """What is known of a site; None is not known."""

    site: Site
    here: int | None = None
    today: int | None = None
    before: int | None = None  #: yesterday at the same time; None also where the site had nothing yet
    days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A site."""

    name: str
    url: str
    here: str
    today: str
    change: Change | None
    line: Markup | None


def _ratio(measured: Measured) -> float:
    """By how much today is more, for sorting; what is new is more than anything that grew."""
    if measured.today is None or measured.before is None:
        return 0.0
    if not measured.before:
        return float("inf") if measured.today else 1.0
    return measured.today / measured.before


#: The columns by the word of the address: their title, and what they are sorted by.
_COLUMNS: Final[Mapping[str, tuple[str, Callable[[Measured], Any]]]] = MappingProxyType(
    {
        "name": ("Site", lambda measured: measured.site.domain),
        "count": ("Here now", lambda measured: measured.here or 0),
        "visitors": ("Visitors today", lambda measured: measured.today or 0),
        "change": ("Change", _ratio),
    }
)


async def asked(parts: Parts, viewer: Viewer, state: State, sites: Sequence[Site]) -> Mapping[str, Any]:
    """What the template is given."""
    by_name = sorted(sites, key=lambda site: (site.domain, site.id))
    pages = max(1, -(-len(by_name) // PER_PAGE))
    page = min(state.p, pages)
    turns = asyncio.Semaphore(_AT_A_TIME)
    now = parts.clock.now_ms()
    chosen = by_name[(page - 1) * PER_PAGE : page * PER_PAGE]
    measured = await asyncio.gather(*(_measured(parts, site, now, turns) for site in chosen))
    base = viewer.base
    return {
        "headings": headings(state, base),
        "rows": [row(each, name_of(each.site, sites), base, viewer.language) for each in ordered(measured, state.sort)],
        "pages": [(number, number == page, state.with_(p=number).url(base)) for number in range(1, pages + 1)],
        "state": state,
    }


def ordered(measured: Sequence[Measured], sort: Sort | None) -> list[Measured]:
    """The sites in the order that was chosen, else by name; equals by name."""
    by_name = sorted(measured, key=lambda each: (each.site.domain, each.site.id))
    if sort is None or sort.column not in _COLUMNS:
        return by_name
    _, key = _COLUMNS[sort.column]
    return sorted(by_name, key=key, reverse=sort.descending)


def headings(state: State, base: str) -> list[Heading]:
    """The columns; a click sorts by one, numbers by the most first, and another click turns the order around."""
    sort = state.sort or Sort("name", descending=False)
    found = []
    for column, (title, _) in _COLUMNS.items():
        is_sorted = sort.column == column
        descending = not sort.descending if is_sorted else column != "name"
        turned = None if column == "name" and not descending else Sort(column, descending=descending)
        order = ("descending" if sort.descending else "ascending") if is_sorted else ""
        found.append(Heading(title, state.with_(sort=turned).url(base), order))
    return found


def row(measured: Measured, name: str, base: str, locale: Locale) -> Row:
    """A site as it is shown."""
    here, today = (
        _UNKNOWN if found is None else numbers.count(found, locale) for found in (measured.here, measured.today)
    )
    change = None
    if measured.today is not None and measured.before is not None:
        change = numbers.change(measured.today, measured.before, Unit.COUNT, locale)
    return Row(
        name=measured.site.domain,
        url=State(site=name).url(base),
        here=here,
        today=today,
        change=change,
        line=charts.sparkline(measured.days, title=_days(measured.days, locale)) if any(measured.days) else None,
    )


async def _measured(parts: Parts, site: Site, now: int, turns: asyncio.Semaphore) -> Measured:
    async with turns:
        here = await _or_none(_here(parts, site, now))
        today, before = await _or_none(_today(parts, site, now)) or (None, None)
        days = await _or_none(_before(parts, site, now)) or ()
    return Measured(site, here, today, before, days)


async def _here(parts: Parts, site: Site, now: int) -> int:
    return (await parts.realtime.view(site.id, now, WINDOW)).here


async def _today(parts: Parts, site: Site, now: int) -> tuple[int, int | None]:
    asked = query_of(site, State(period=Period.TODAY), now)
    found = await parts.reports.summary(asked.query, other=asked.other)
    past = None if found.before is None else found.before.found
    visitors, then = (
        None if totals is None else int(value_of(Metric.UNIQUE_VISITORS, totals)) for totals in (found.totals, past)
    )
    return visitors or 0, then


async def _before(parts: Parts, site: Site, now: int) -> tuple[int, ...]:
    today = date_at(now, ZoneInfo(site.time_zone))
    days = Days(first=today - timedelta(days=_DAYS), last=today - timedelta(days=1))
    asked = query_of(site, State(days=days), now)
    plotted = Plotted(Metric.UNIQUE_VISITORS, Interval.DAY, asked.calendar)
    found = await parts.reports.series(asked.query, plotted)
    return tuple(int(point.value or 0) for point in found.points)


async def _or_none(answer: Awaitable[_T]) -> _T | None:
    """The answer; None where nobody can tell now: a table with a gap is better than none."""
    try:
        return await answer
    except (Unavailable, Overloaded):
        return None


def _days(days: Sequence[int], locale: Locale) -> str:
    whole, most = numbers.exact(sum(days), locale), numbers.exact(max(days, default=0), locale)
    return f"The {_DAYS} days before today: {whole} visitors, {most} on the best day"
