"""`GET /api/badge/:site_id`: anybody may ask, of sites that are public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from api.dialects.antics.badge import badge
from api.dialects.antics.wire import NO_SITE, site_number
from core.errors import NotFound
from core.spans import DAY
from storage import sites

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from aggregations.reports import Reports
    from core.clock import Clock
    from core.sites import Site

#: A badge is as it was for so long: pages that show it are asked for often.
_KEPT_SECONDS: Final = 60
_MOST_KEPT: Final = 1_000
_HEADERS: Final = {
    "Cache-Control": f"public, max-age={_KEPT_SECONDS}",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def router(*, pool: ConnectionPool, reports: Reports, clock: Clock) -> APIRouter:
    """Return the route."""
    routes = APIRouter()
    kept: dict[int, tuple[int, float]] = {}

    def find(site_id: str) -> Site:
        with pool.connection() as connection:
            site = sites.of_number(connection, site_number(site_id))
        if site is None or not site.public:
            raise NotFound(NO_SITE)
        return site

    async def visitors_of(site: Site) -> int:
        visitors, until = kept.get(site.id, (0, 0.0))
        if clock.monotonic() < until:
            return visitors
        now = clock.now_ms()
        visitors = await reports.visitors_between(site.id, now - DAY, now)
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[site.id] = visitors, clock.monotonic() + _KEPT_SECONDS
        return visitors

    @routes.get("/badge/{site_id}")
    async def show(site_id: str) -> Response:
        """How many visitors the site had in the last 24 hours, as an image."""
        site = await run_in_threadpool(find, site_id)
        return Response(badge(await visitors_of(site)), headers=_HEADERS, media_type="image/svg+xml")

    return routes
