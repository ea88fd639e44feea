"""`GET /api/v1/sites/:id/leaderboard`: the pages of all time, the most seen first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotations when it runs

from aggregations.tables import Order
from api.dialects.instants import to_the_second
from api.dialects.tinylytics import filters, wire
from api.dialects.tinylytics.access import Reader  # noqa: TC001 - same
from api.dialects.tinylytics.answers import answered
from api.dialects.tinylytics.paging import MOST, USUAL, paging
from core.metrics import rounded
from core.query import Query
from core.ranges import Days, date_at
from core.spans import HOUR
from core.subjects import Column, Subject

if TYPE_CHECKING:
    from aggregations.tables import Breakdown
    from api.dialects.parts import Parts
    from api.dialects.tinylytics.asked import Asking

_UTC: Final = ZoneInfo("UTC")
_MOST_SEEN: Final = Order(Column.PAGEVIEWS)


def router(parts: Parts, asking: Asking) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/api/v1")
    reports, clock = parts.reports, parts.clock

    @routes.get("/sites/{site_id}/leaderboard")
    async def show_leaderboard(request: Request, user: Reader, site_id: str) -> Response:
        """List the pages of the site, as it is now: a cache may hold the answer for an hour, none of ours does."""
        site = await asking.site(user, site_id)
        rows = paging(request.query_params, usual=USUAL, most=MOST)
        part = filters.text(request.query_params, "path")
        now = clock.now_ms()
        today = date_at(now, _UTC)
        oldest = await reports.oldest(site.id, _UTC)
        found = await reports.breakdown(
            Query(site=site.id, days=Days(first=min(oldest or today, today), last=today), zone=_UTC),
            Subject.PAGE,
            order=_MOST_SEEN,
            limit=rows.limit,
            offset=rows.offset,
            matches=None if part is None else lambda names: part.casefold() in names[0].casefold(),
        )
        return answered(
            {
                "leaderboard": pages(found),
                "site": wire.site_in_brief(site),
                "pagination": rows.shown(found.count),
                "cache_info": {"cached_at": to_the_second(now), "expires_at": to_the_second(now + HOUR)},
                "filters": {"path": part},
            }
        )

    return routes


def pages(found: Breakdown) -> list[dict[str, Any]]:
    """The pages as they are shown; a share is of all hits of the site."""
    total = found.totals.views
    return [
        {
            "path": row.names[0],
            "total_hits": row.totals.views,
            "unique_hits": row.totals.visitors,
            "percentage": rounded(100 * row.totals.views, total, decimals=1) if total else 0.0,
        }
        for row in found.rows
    ]
