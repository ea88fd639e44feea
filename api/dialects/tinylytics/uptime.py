"""`GET /api/v1/sites/:id/uptime`: whether a site is up, for how long its certificate and domain hold, its downtimes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotations when it runs

from api.dialects.tinylytics import uptime_wire
from api.dialects.tinylytics.access import Reader  # noqa: TC001 - same
from api.dialects.tinylytics.answers import answered
from api.dialects.tinylytics.paging import MOST_DOWNTIMES, paging
from core.errors import NotFound
from storage import domains, uptime

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from api.dialects.parts import Parts
    from api.dialects.tinylytics.asked import Asking
    from api.dialects.tinylytics.paging import Paging
    from core.sites import Site
    from storage.uptime import Monitor

#: What is said of a site that nobody is to look at.
_DISABLED: Final = "Uptime monitoring is not enabled for this site"


def router(parts: Parts, asking: Asking) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/api/v1")

    @routes.get("/sites/{site_id}/uptime")
    async def show_uptime(request: Request, user: Reader, site_id: str) -> Response:
        """Show the monitor of the site, and its downtimes of 30 days, the newest first."""
        site = await asking.site(user, site_id)
        if not site.uptime:
            raise NotFound(_DISABLED)
        rows = paging(request.query_params, usual=MOST_DOWNTIMES, most=MOST_DOWNTIMES)
        return answered(await run_in_threadpool(_shown, parts.pool, site, rows, parts.clock.now_ms()))

    return routes


def _shown(pool: ConnectionPool, site: Site, rows: Paging, now: int) -> dict[str, Any]:
    with pool.connection() as connection:
        monitor, domain = _monitor(connection, site), domains.of_site(connection, site.id)
        percentage = None if monitor is None else uptime.percentage(connection, monitor, now)
        downtimes = uptime.downtimes(connection, site.id, now, limit=rows.limit, offset=rows.offset)
        tally = uptime.tally(connection, site.id, now)
    if domain is not None and domain.domain != site.domain:
        domain = None
    return {
        "monitor": {
            **uptime_wire.monitor(site, monitor, percentage, now),
            "ssl": uptime_wire.ssl(None if monitor is None else monitor.certificate, now),
            "domain": uptime_wire.domain(domain, now),
            **uptime_wire.ages(monitor),
        },
        "downtimes": [uptime_wire.downtime(each, now) for each in downtimes],
        "pagination": rows.shown(tally.recent),
        "summary": {
            "total_downtimes": tally.total,
            "ongoing_downtimes": tally.ongoing,
            "recent_downtimes_30_days": tally.recent,
        },
    }


def _monitor(connection: Connection, site: Site) -> Monitor | None:
    """The site after its last check; None before the first one of the address that it has now."""
    found = uptime.of_site(connection, site.id)
    return found if found is not None and found.url == site.monitored_url else None
