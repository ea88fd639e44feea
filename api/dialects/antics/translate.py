"""Reports of the domain in the shapes of the Antics API: as JSON and as rows of CSV. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aggregations.tables import Table as Wanted
from api.csv import Table
from api.dialects.antics.parameters import BreakdownBy
from core.channels import Channel
from core.metrics import Metric, Totals, value_of
from core.screens import UNKNOWN
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aggregations.answers import JourneyEnds, Journeys, Summary, Timeseries
    from aggregations.tables import Breakdown

#: What stands between the pages of a journey.
_ARROW: Final = " -> "
#: Who came by no campaign.
_NONE: Final = "(none)"
#: All rows: of campaigns, those that have a source in common are put together here.
_ALL: Final = 1_000_000

_SUBJECTS: Final[Mapping[BreakdownBy, Subject]] = {
    BreakdownBy.PATHNAME: Subject.PAGE,
    BreakdownBy.REFERRER: Subject.SOURCE,
    BreakdownBy.COUNTRY: Subject.COUNTRY,
    BreakdownBy.BROWSER: Subject.BROWSER,
    BreakdownBy.OS: Subject.OS,
    BreakdownBy.DEVICE: Subject.DEVICE,
    BreakdownBy.CHANNEL: Subject.CHANNEL,
    BreakdownBy.EVENT: Subject.EVENT,
}
#: Which of a campaign's names it is.
_CAMPAIGN: Final[Mapping[BreakdownBy, int]] = {
    BreakdownBy.UTM_SOURCE: 0,
    BreakdownBy.UTM_MEDIUM: 1,
    BreakdownBy.UTM_CAMPAIGN: 2,
}
#: What rows are called whose value nobody knows; the others always have one.
_NAMELESS: Final[Mapping[BreakdownBy, str]] = {
    BreakdownBy.REFERRER: Channel.DIRECT.value,
    BreakdownBy.COUNTRY: UNKNOWN,
    BreakdownBy.BROWSER: UNKNOWN,
    BreakdownBy.OS: UNKNOWN,
    BreakdownBy.DEVICE: UNKNOWN,
    **dict.fromkeys(_CAMPAIGN, _NONE),
}


class Line(NamedTuple):
    """A row of a breakdown. Of an event, `pageviews` is how often it happened."""

    name: str
    visitors: int
    pageviews: int


def wanted(by: BreakdownBy, limit: int) -> tuple[Wanted, ...]:
    """What to ask for, so that `lines` can be told from it."""
    if by in _CAMPAIGN:
        # The channels tell how many there are in all, with and without a campaign.
        return Wanted(subject=Subject.CAMPAIGN, limit=_ALL), Wanted(subject=Subject.CHANNEL, limit=_ALL)
    return (Wanted(subject=_SUBJECTS[by], limit=limit),)


def lines(by: BreakdownBy, found: Sequence[Breakdown], limit: int) -> list[Line]:
    """The rows of a breakdown, most visitors first, then by name; events, most frequent first.

    Those of what a visit has are sums of visitors on their first sight of a day, so they add up to all.
    """
    if by in _CAMPAIGN:
        return _campaigns(_CAMPAIGN[by], *found, limit=limit)
    return [Line(row.names[0] or _NAMELESS.get(by, ""), row.totals.visitors, row.totals.views) for row in found[0].rows]


def stats(summary: Summary, *, period: str, by: BreakdownBy, rows: Sequence[Line]) -> dict[str, Any]:
    """The numbers of a period and of the one before, and what the period's are made of."""
    return {
        "period": period,
        "metric": by.value,
        "summary": _summary(summary.totals),
        "previous_summary": _summary(summary.previous or Totals()),
        "breakdown": [row._asdict() for row in rows],
    }


def timeseries(visitors: Timeseries, views: Timeseries) -> list[dict[str, Any]]:
    """Visitors and views by day."""
    table = daily_table(visitors, views)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def daily_table(visitors: Timeseries, views: Timeseries) -> Table:
    """The rows of visitors and views by day."""
    points = zip(visitors.points, views.points, strict=True)
    return Table(
        ("date", "visitors", "pageviews"), [(day.isoformat(), seen, viewed) for (day, seen), (_, viewed) in points]
    )


def breakdown_table(by: BreakdownBy, rows: Sequence[Line]) -> Table:
    """The rows of a breakdown."""
    return Table((by.value, "visitors", "pageviews"), rows)


def paths(report: Journeys) -> list[dict[str, Any]]:
    """The journeys of visits, most frequent first."""
    return [{"path": _ARROW.join(pages), "count": visits} for pages, visits in report.rows]


def entry_exit(report: JourneyEnds) -> dict[str, Any]:
    """Where a visitor's days begin and end."""
    return {
        "entry": [{"pathname": path, "visitors": visitors} for path, visitors in report.entries],
        "exit": [{"pathname": path, "visitors": visitors} for path, visitors in report.exits],
    }


def _summary(totals: Totals) -> dict[str, int | float]:
    return {
        "visitors": totals.visitors,
        "pageviews": totals.views,
        "bounce_rate": value_of(Metric.QUIET_BOUNCE_RATE, totals),
        "avg_duration": value_of(Metric.AVG_SESSION_DURATION, totals),
    }


def _campaigns(column: int, campaigns: Breakdown, channels: Breakdown, *, limit: int) -> list[Line]:
    visitors, views = Counter[str](), Counter[str]()
    for row in campaigns.rows:
        name = row.names[column] or _NONE
        visitors[name] += row.totals.visitors
        views[name] += row.totals.views
    for sums, field in ((visitors, "visitors"), (views, "views")):
        sums[_NONE] += sum(getattr(row.totals, field) for row in channels.rows) - sums.total()
    found = [Line(name, visitors[name], views[name]) for name in {*visitors, *views}]
    shown = [line for line in found if line.visitors or line.pageviews]
    return sorted(shown, key=lambda line: (-line.visitors, line.name))[:limit]
