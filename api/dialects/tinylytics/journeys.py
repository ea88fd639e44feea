"""`GET /api/v1/sites/:id/user_journeys`: what each visitor of a day saw, one page after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotations when it runs

from api.dialects.instants import to_the_second
from api.dialects.tinylytics import wire
from api.dialects.tinylytics.access import Reader  # noqa: TC001 - same
from api.dialects.tinylytics.answers import answered
from api.dialects.tinylytics.paging import MOST_JOURNEYS, paging
from core.hits import HitQuery
from core.metrics import rounded
from core.spans import MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregations.hits import VisitorJourney, VisitorJourneys
    from aggregations.reports import Reports
    from api.dialects.tinylytics.asked import Asking

#: Pages that most journeys begin with, and that most end with.
_TOP: Final = 10


def router(reports: Reports, asking: Asking) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/api/v1")

    @routes.get("/sites/{site_id}/user_journeys")
    async def list_journeys(request: Request, user: Reader, site_id: str) -> Response:
        """List the journeys of some days, the newest first, those of one page too."""
        site = await asking.site(user, site_id)
        rows = paging(request.query_params, usual=MOST_JOURNEYS, most=MOST_JOURNEYS)
        days = await asking.days(request, user)
        query = HitQuery(site=site.id, begin=days.begin, end=days.end)
        found = await reports.visitor_journeys(query, limit=rows.limit, offset=rows.offset, ends=_TOP)
        return answered(shown(found) | {"pagination": rows.shown(found.total), "filters": days.shown()})

    return routes


def shown(found: VisitorJourneys) -> dict[str, Any]:
    """The journeys, and what they have in common."""
    return {
        "user_journeys": [_journey(each) for each in found.rows],
        "summary": {
            "total_visitors": found.total,
            "multi_page_visitors": found.total - found.single,
            "single_page_visitors": found.single,
            "bounce_rate": rounded(100 * found.single, found.total, decimals=1) if found.total else 0.0,
        },
        "insights": {"top_entry_pages": _top(found.entries), "top_exit_pages": _top(found.exits)},
    }


def _journey(journey: VisitorJourney) -> dict[str, Any]:
    lasted = journey.last - journey.first
    return {
        "visitor_hash": wire.visitor_hash(journey.visitor),
        "page_count": len(journey.pages),
        "first_hit": to_the_second(journey.first),
        "last_hit": to_the_second(journey.last),
        "duration_minutes": rounded(lasted, MINUTE, decimals=0),
        "pages": [{"path": path} for path in journey.pages],
        "entry_page": journey.pages[0],
        "exit_page": journey.pages[-1],
        "session_duration": rounded(lasted, SECOND, decimals=0),
        "referrer": wire.referrer(journey.referrer),
        "country": wire.country(journey.country),
        "browser": journey.browser or None,
    }


def _top(pages: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"path": path, "visitors": visitors} for path, visitors in pages]
