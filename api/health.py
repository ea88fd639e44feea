"""`GET /health`: whether the process can reach its database. No envelope around it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import TypeAlias

from fastapi import APIRouter
from fastapi.responses import JSONResponse

#: Whether the database answers; never raises, and answers within a few seconds.
Alive: TypeAlias = Callable[[], Awaitable[bool]]


def router(alive: Alive) -> APIRouter:
    """Return the route."""
    routes = APIRouter()
    release = version("footfall")

    @routes.get("/health")
    async def health() -> JSONResponse:
        """Tell load balancers and monitors whether the database can be reached."""
        if await alive():
            return JSONResponse({"status": "ok", "db": "connected", "version": release})
        return JSONResponse({"status": "degraded", "db": "disconnected"}, status_code=503)

    return routes
