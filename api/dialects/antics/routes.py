"""The routes of the Antics API, but for those that it shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends

from api.auth import bearer
from api.dialects.antics import alerts, badges, folders, reports, sites
from api.viewers import Viewers
from core.accounts import Api

if TYPE_CHECKING:
    from api.dialects.parts import Parts


def router(parts: Parts) -> APIRouter:
    """Return the routes. Whose key it is, or whom a trusted proxy vouches for, may ask all but the public ones."""
    viewers = Viewers(
        pool=parts.pool,
        bearer=bearer(Api.ANTICS, refusal="unauthorized"),
        clients=parts.clients,
        remote_user=parts.remote_user,
    )
    routes = APIRouter(prefix="/api")

    @routes.get("/health")
    def health() -> dict[str, str]:
        """Say that the API answers."""
        return {"status": "ok", "service": "antics"}

    routes.include_router(badges.router(pool=parts.pool, reports=parts.reports, clock=parts.clock))
    known = APIRouter(dependencies=[Depends(viewers.identify)])
    known.include_router(sites.router(parts.pool))
    known.include_router(folders.router(parts.pool))
    known.include_router(reports.router(parts))
    known.include_router(alerts.router(pool=parts.pool, vault=parts.vault))
    routes.include_router(known)
    return routes
