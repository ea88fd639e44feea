"""The report: what it asks for, all side by side, and what its templates are given."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from fastapi.concurrency import run_in_threadpool

from aggregations.answers import Summary
from aggregations.series import Asked as Plotted
from aggregations.tables import Table
from api.dashboard.choices import View
from api.dashboard.dialogs.funnel import is_whole, steps_of
from api.dashboard.funnels import chosen, funnel_panel
from api.dashboard.metrics import numbers_of
from api.dashboard.numbers import day
from api.dashboard.panels import ROWS, panel
from api.dashboard.tabs import PANELS, subject_of
from api.dashboard.timeline import interval_of, timeline
from core.comparisons import other
from core.globs import PathGroups
from core.intervals import Calendar
from core.query import Query
from core.ranges import Period, date_at, days_of
from core.steps import parse_step
from storage import notes
from storage.definitions import FUNNELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from babel import Locale

    from api.dashboard.funnels import FunnelPanel
    from api.dashboard.metrics import Number
    from api.dashboard.panels import Panel
    from api.dashboard.parts import Parts, Shown
    from api.dashboard.state import State
    from api.dashboard.timeline import Timeline
    from core.comparisons import Other
    from core.definitions import Definition
    from core.funnels import Steps
    from core.ranges import Days
    from core.sites import Site
    from storage.notes import Note

_UTC: Final = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a state asks of a site's reports."""

    query: Query
    calendar: Calendar
    other: Other | None  #: what it is compared with
    days: Days
    today: date  #: where the days are counted


def query_of(site: Site, state: State, now_ms: int, *, oldest: date | None = None) -> Asked:
    """Return what the state means now.

    Args:
        site: whose reports.
        state: what is shown.
        now_ms: the time, ms since 1970 UTC.
        oldest: the first day with anything, where `all` begins; that on which the site was made unless said.
    """
    zone = ZoneInfo(site.time_zone)
    today = date_at(now_ms, zone)
    begin = oldest or date_at(site.created_at, zone)
    days = site.kept(state.days or days_of(state.period, today=today, oldest=begin))
    return Asked(
        query=Query(
            site=site.id,
            days=days,
            zone=zone,
            bots=state.bots,
            filters=state.filters,
            groups=PathGroups(site.content_groups),
        ),
        calendar=Calendar(zone=zone, week_start=site.week_start),
        other=None if state.compare is None else other(days, state.compare, now_ms=now_ms, zone=zone),
        days=days,
        today=today,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that the template shows."""

    numbers: Sequence[Number]
    timeline: Timeline
    panels: Sequence[Panel]
    funnel: FunnelPanel
    note: State | None  #: where a note is made; None for those who may make none
    gone: str  #: what of these days is not known any more, '' for nothing


async def ask(parts: Parts, shown: Shown) -> Mapping[str, Any]:
    """What the report's templates are given, everything asked for side by side.

    Raises:
        Unavailable: as for every report.
    """
    site, state, locale = shown.site, shown.state, shown.viewer.language
    zone = ZoneInfo(site.time_zone)
    begins_first = state.period is Period.ALL and state.days is None
    oldest = await parts.reports.oldest(site.id, zone) if begins_first else None
    asked = query_of(site, state, shown.now, oldest=oldest)
    plotted = Plotted(state.metric.metric, interval_of(state, asked.days), asked.calendar, asked.other)
    tables = [Table(subject=subject_of(state, view), limit=ROWS) for view in PANELS]
    (breakdowns, series, first), (marked, saved) = await asyncio.gather(
        parts.reports.look(asked.query, plotted, tables),
        run_in_threadpool(_standing, parts, site, asked.days),
    )
    # Shares of devices are of all that there is.
    whole = breakdowns[[*PANELS].index(View.DEVICES)]
    found = Summary(days=asked.days, totals=whole.totals, before=whole.before)
    made = date_at(site.created_at, zone)
    span = "this day" if len(asked.days) == 1 else f"these {len(asked.days)} days"
    report = Report(
        numbers=numbers_of(found, state, locale, is_utc=site.time_zone == _UTC),
        timeline=timeline(asked, series, marked, state, locale, begins=min(made, first or made)),
        panels=[
            panel(view, rows, state, locale, site=site, span=span)
            for view, rows in zip(PANELS, breakdowns, strict=True)
        ],
        funnel=await _funnel(parts, shown, asked, saved),
        note=state.with_(view=View.NOTE, of=asked.days.last.isoformat()) if shown.viewer.may_change else None,
        gone=gone(asked, locale),
    )
    return {"report": report}


def gone(asked: Asked, locale: Locale) -> str:
    """What of the days is not known any more, in a sentence or two."""
    days, told = asked.days, []
    if days.sums_from is not None and days.first < days.sums_from:
        told.append(f"Nothing is kept of days before {day(days.sums_from, locale, today=asked.today)}.")
    if days.events_from is not None and days.first < days.events_from:
        begins = day(days.events_from, locale, today=asked.today)
        told.append(f"Of days before {begins} only sums are kept: filters, groups, goals and funnels count from there.")
    return " ".join(told)


def _standing(parts: Parts, site: Site, days: Days) -> tuple[list[Note], list[Definition[Steps]]]:
    """What its owner noted of these days, and the funnels that are saved."""
    with parts.pool.connection() as connection:
        return notes.of_days(connection, site.id, days), FUNNELS.of_site(connection, site.id)


async def _funnel(parts: Parts, shown: Shown, asked: Asked, saved: Sequence[Definition[Steps]]) -> FunnelPanel:
    """The funnel that the address names, or has the steps of; otherwise the first."""
    may_filter = shown.viewer.may_filter
    state = chosen(shown.state if may_filter else shown.state.with_(steps=()), saved)
    steps = steps_of(state, saved)
    found, is_late = None, False
    if is_whole(steps):
        site = shown.site
        key = (site.id, site.time_zone, site.content_groups, asked.days, state.filters, state.bots, steps)
        found = await parts.funnels.get(key, lambda: parts.reports.funnel(asked.query, [*map(parse_step, steps)]))
        is_late = found is None
    return funnel_panel(
        state, saved, found.steps if found else (), shown.viewer.language, may_filter=may_filter, is_late=is_late
    )
