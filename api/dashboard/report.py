"""The report: what it asks for, all side by side, and what its templates are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.comparisons import other
from core.globs import PathGroups
from core.intervals import Calendar
from core.query import Query
from core.ranges import date_at, days_of

if TYPE_CHECKING:
    from datetime import date

    from api.dashboard.state import State
    from core.comparisons import Other
    from core.ranges import Days
    from core.sites import Site


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
    days = state.days or days_of(state.period, today=today, oldest=begin)
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
