"""The routes of the Tinylytics API that read, and those of kudos; hits are written to the collector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from api.dialects.tinylytics import content, discovery, hits, insights, journeys, kudos, leaderboard, sites, uptime
from api.dialects.tinylytics.asked import Asking
from api.dialects.tinylytics.documents import document
from core.accounts import Api

if TYPE_CHECKING:
    from api.dialects.parts import Parts


def router(parts: Parts) -> APIRouter:
    """Return the routes."""
    asking = Asking(parts)
    routes = APIRouter()
    for each in (
        discovery.router(parts.public_url, parts.rates.get(Api.TINYLYTICS)),
        document.router(),
        sites.router(parts, asking),
        hits.router(parts.reports, asking),
        kudos.router(parts, asking),
        leaderboard.router(parts, asking),
        journeys.router(parts.reports, asking),
        content.router(parts, asking),
        insights.router(parts, asking),
        uptime.router(parts, asking),
    ):
        routes.include_router(each)
    return routes
