"""`GET /health`: whether the process can do its work. No envelope around it.

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
    """Return the route.

    Args:
        alive: asks the database.
        needs_database: whether the process is of no use without it.
        ready: asks the collector, if the process has one.
    """
    routes = APIRouter()
    release = version("footfall")

    @routes.get("/health")
    async def health() -> JSONResponse:
        """Tell load balancers and monitors whether requests would be answered."""
        connected = await alive()
        db = "connected" if connected else "disconnected"
        if (needs_database and not connected) or not await _collects():
            return JSONResponse({"status": "degraded", "db": db}, status_code=503)
        return JSONResponse({"status": "ok", "db": db, "version": release})

    async def _collects() -> bool:
        if ready is not None:
            try:
                await ready()
            except Unavailable:
                return False
        return True

    return routes
