"""Whether the process can do its work: `GET /health`, `/health/live` and `/health/ready`. No envelope around them.

Who answers reports needs its database. Who only takes events in does not: the log carries an outage of the database,
and a load balancer that turned away from every collector then would lose what they could have kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import TypeAlias

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from core.errors import Unavailable

#: Whether the database answers; never raises, and answers within a few seconds.
Alive: TypeAlias = Callable[[], Awaitable[bool]]
#: Returns if an event would be taken in now, else raises Unavailable.
Ready: TypeAlias = Callable[[], Awaitable[None]]


def router(alive: Alive, *, needs_database: bool, ready: Ready | None) -> APIRouter:
    """Return the routes.

    Args:
        alive: asks the database.
        needs_database: whether the process is of no use without it.
        ready: asks the collector, if the process has one.
    """
    routes = APIRouter()
    release = version("footfall")

    @routes.get("/health")
    async def health() -> JSONResponse:
        """Tell whether requests would be answered, and whether the database is there, as TinyTrail's API has it."""
        connected = await alive()
        db = "connected" if connected else "disconnected"
        if (needs_database and not connected) or await _refusal():
            return JSONResponse({"status": "degraded", "db": db}, status_code=503)
        return JSONResponse({"status": "ok", "db": db, "version": release})

    @routes.get("/health/live")
    async def live() -> JSONResponse:
        """Tell who restarts processes that this one turns; nothing else is asked."""
        return JSONResponse({"status": "ok"})

    @routes.get("/health/ready")
    async def is_ready() -> JSONResponse:
        """Tell load balancers whether requests would be answered now, and if not, why."""
        problem = "the database does not answer" if needs_database and not await alive() else await _refusal()
        if problem:
            return JSONResponse({"status": "degraded", "reason": problem}, status_code=503)
        return JSONResponse({"status": "ok"})

    async def _refusal() -> str:
        """Why no event would be taken in now; '' if one would, or if that is not this process's work."""
        if ready is not None:
            try:
                await ready()
            except Unavailable as error:
                return str(error) or "no event would be taken in"
        return ""

    return routes
