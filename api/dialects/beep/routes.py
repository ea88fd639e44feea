"""The routes of the beep-analytics API, but for those that it has in common with others and `/collect`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from api.dialects.beep import ignore, slashes, stats, tokens

if TYPE_CHECKING:
    from api.dialects.parts import Parts


def router(parts: Parts) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()
    routes.include_router(ignore.router(parts.pool))
    routes.include_router(tokens.router(parts))
    routes.include_router(stats.router(parts))
    routes.include_router(slashes.router())
    return routes
