"""`GET /api/v1/sites/:id/insights`: what was remarkable about a site's numbers, day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotations when it runs

from api.dialects.instants import to_the_second
from api.dialects.tinylytics import wire
from api.dialects.tinylytics.access import Reader  # noqa: TC001 - same
from api.dialects.tinylytics.answers import answered
from api.dialects.tinylytics.paging import MOST_INSIGHTS, paging
from storage import insights

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from api.dialects.parts import Parts
    from api.dialects.tinylytics.asked import Asking
    from api.dialects.tinylytics.paging import Paging
    from core.sites import Site
    from storage.insights import Page


def router(parts: Parts, asking: Asking) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/api/v1")

    @routes.get("/sites/{site_id}/insights")
    async def list_insights(request: Request, user: Reader, site_id: str) -> Response:
        """List the insights of the site, the newest first; those of before it had them switched off too."""
        site = await asking.site(user, site_id)
        rows = paging(request.query_params, usual=MOST_INSIGHTS, most=MOST_INSIGHTS)
        page = await run_in_threadpool(_page, parts.pool, site, rows)
        return answered(
            {
                "insights": [wire.insight(each) for each in page.rows],
                "pagination": rows.shown(page.total),
                "site": wire.site_in_brief(site) | _settings(site, page.due_at),
            }
        )

    return routes


def _page(pool: ConnectionPool, site: Site, rows: Paging) -> Page:
    with pool.connection() as connection:
        return insights.page(connection, site=site.id, limit=rows.limit, offset=rows.offset)


def _settings(site: Site, due_at: int | None) -> dict[str, Any]:
    """Whether insights are made; a job that nobody wants any more may be there for a moment."""
    active = site.insights and due_at is not None
    return {
        "insights_enabled": site.insights,
        "daily_insight_reports_active": active,
        "next_insight_job_scheduled_at": to_the_second(due_at) if active and due_at is not None else None,
    }
