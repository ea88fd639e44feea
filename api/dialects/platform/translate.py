"""Reports of the domain in the shapes of the Platform API v2. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from core.metrics import rounded
from core.ranges import Period, days_of
from core.screens import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from aggregations.answers import CustomEvents, Pages, Timeseries
    from aggregations.breakdowns import Sources
    from aggregations.tables import Breakdown
    from core.metrics import Totals
    from core.ranges import Days
    from core.realtime import RealtimeView

#: How long lists are.
LONGEST: Final = 10
_RANGES: Final = {"7d": Period.WEEK, "30d": Period.MONTH, "90d": Period.QUARTER}


def days(word: str | None, *, today: date) -> Days:
    """The days that a range means, today the last of them; a word that the API does not know means a week."""
    return days_of(_RANGES.get(word or "", Period.WEEK), today=today, oldest=today)


def stats(totals: Totals, pages: Pages, sources: Sources, browsers: Breakdown, countries: Breakdown) -> dict[str, Any]:
    """What is known of some days; `browsers` and `countries` have all rows there are."""
    return {
        "visitors": totals.visitors,
        "pageviews": totals.views,
        "bounceRate": _quotient(totals.quiet_bounces * 100, totals.rated),
        "avgDuration": _quotient(totals.duration_ms, totals.rated * 1_000),
        "topPages": [{"pathname": page.path, "views": page.views} for page in pages.rows],
        "topReferrers": [{"referrer": host, "count": visits} for (host,), visits in sources.rows],
        "browsers": [{"browser": name or UNKNOWN, "count": views} for name, views in _most_viewed(browsers)],
        "countries": [{"country": code, "count": views} for code, views in _most_viewed(countries, named=True)],
    }


def realtime(view: RealtimeView) -> dict[str, Any]:
    """Who is here, and on which pages."""
    return {
        "activeVisitors": view.active,
        "activePages": [{"path": path, "visitors": visitors} for path, visitors in view.top_pages],
    }


def events(report: CustomEvents) -> dict[str, Any]:
    """Custom events by name."""
    return {"events": [{"name": name, "count": count} for name, count in report.rows]}


def pageviews(totals: Totals, views: Timeseries) -> dict[str, Any]:
    """Views and visitors of the site or of a page, the views day by day."""
    return {
        "total": totals.views,
        "unique": totals.visitors,
        "chart": [{"date": day.isoformat(), "count": count} for day, count in views.points],
    }


def _most_viewed(report: Breakdown, *, named: bool = False) -> Iterable[tuple[str, int]]:
    """The rows with most views, ties by name; those without a name only if they are not to be `named`."""
    rows = ((row.names[0], row.totals.views) for row in report.rows)
    shown = (row for row in rows if row[1] and (row[0] or not named))
    return sorted(shown, key=lambda row: (-row[1], row[0]))[:LONGEST]


def _quotient(numerator: int, denominator: int) -> int | float:
    return rounded(numerator, denominator, decimals=0) if denominator else 0
