"""Reading the numbers that insights are made of, out of reports like all others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from aggregations.insights.facts import TRAITS, WEEK, Facts, Hour, Week
from aggregations.insights.live_spike import LAST, MOST_DAYS
from aggregations.insights.schedule import made_at
from aggregations.series import Asked
from aggregations.tables import Table
from core.intervals import Calendar, Interval
from core.metrics import Metric
from core.query import Query
from core.ranges import Days, wall_at
from core.spans import DAY
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from datetime import date

    from aggregations.reports import Reports
    from aggregations.tables import Breakdown
    from core.sites import Site

#: Weeks before the one in question that say what is usual, at most.
EARLIER: Final = 4
#: Rows of a list that are read: the greatest, beyond which none can be told of.
_ROWS: Final = 1_000
_ONE_DAY: Final = timedelta(days=1)
#: What weeks and hours need together, with a day for the difference between a day and 24 hours.
_LOOKED_BACK: Final = max((EARLIER + 1) * WEEK, MOST_DAYS + LAST // DAY + 1) * _ONE_DAY


async def gather(reports: Reports, site: Site, day: date) -> Facts | None:
    """Return the numbers of the seven days of the site's time zone up to `day`, and of those before; None without any.

    Raises:
        Unavailable: the store or the archive does not answer, or it takes too long.
        Overloaded: too many reports are waiting.
    """
    zone = ZoneInfo(site.time_zone)
    oldest = await reports.oldest(site.id, zone)
    if oldest is None or oldest > day:
        return None
    known = max(filter(None, (oldest, site.rollups_from)))
    first = day - (WEEK - 1) * _ONE_DAY
    # The site began in the middle of its first day.
    earlier = min(max((first - known - _ONE_DAY).days // WEEK, 0), EARLIER)
    hours = await _hours(reports, site, Days(first=max(known, day - _LOOKED_BACK), last=day + _ONE_DAY), zone)
    weeks: list[Week] = []
    for number in range(earlier + 1):
        begins = first - number * WEEK * _ONE_DAY
        days = Days(first=begins, last=begins + (WEEK - 1) * _ONE_DAY)
        query = Query(site=site.id, days=site.kept(days), zone=zone)
        weeks.append(await _week(query, reports, hours, among=weeks[0] if weeks else None))
    end = made_at(day, zone)
    return Facts(
        day=day,
        zone=site.time_zone,
        weeks=tuple(weeks),
        hours=tuple(hour for hour in hours if hour.end <= end),
        end=end,
    )


async def _hours(reports: Reports, site: Site, days: Days, zone: ZoneInfo) -> list[Hour]:
    query = Query(site=site.id, days=site.kept(days), zone=zone)
    found = await reports.series(query, Asked(Metric.PAGEVIEWS, Interval.HOUR, Calendar(zone=zone)))
    return [
        Hour(slot.begin, slot.end, slot.first, wall_at(slot.begin, zone).hour, int(value))
        for slot, value, _ in found.points
    ]


async def _week(query: Query, reports: Reports, hours: Sequence[Hour], *, among: Week | None) -> Week:
    """A week; of the pages and sources only those `among` those of another one."""
    pages, sources, *audience = await reports.breakdowns(
        query,
        [
            _table(Subject.PAGE, None if among is None else among.pages),
            _table(Subject.SOURCE, None if among is None else among.sources),
            *(_table(trait) for trait in TRAITS),
        ],
    )
    begin, end = query.ends
    of_day = dict.fromkeys(query.days, 0)
    for hour in hours:
        if hour.day in of_day:
            of_day[hour.day] += hour.hits
    return Week(
        first=query.days.first,
        begin=begin,
        end=end,
        days=tuple(of_day.values()),
        visits=sources.totals.visits,
        pages={row.names[0]: row.totals.views for row in pages.rows},
        page_count=pages.count,
        sources=_visits(sources),
        source_count=sources.count,
        audience={found.subject: _visits(found) for found in audience},
    )


def _table(subject: Subject, among: Container[str] | None = None) -> Table:
    if among is None:
        return Table(subject=subject, limit=_ROWS)
    return Table(subject=subject, limit=_ROWS, matches=lambda names: names[0] in among)


def _visits(found: Breakdown) -> dict[str, int]:
    return {row.names[0]: row.totals.visits for row in found.rows}
