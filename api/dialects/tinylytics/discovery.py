"""`GET /api/v1`: what the API is, for programs that have not read its text."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotations when it runs

from api.dialects.tinylytics.answers import answered
from api.dialects.tinylytics.documents.operations import OPERATIONS

if TYPE_CHECKING:
    from api.limits import Rate

BASE: Final = "/api/v1"


def router(public_url: str, rate: Rate | None) -> APIRouter:
    """Return the routes.

    Args:
        public_url: how this server is reached, '' for the address that was asked.
        rate: how often a key may ask; None for as often as it likes.
    """
    routes = APIRouter()

    def discover(request: Request) -> Response:
        """Serve it to whoever asks."""
        return answered(described((public_url or str(request.base_url)).rstrip("/") + BASE, rate))

    for path in (BASE, f"{BASE}/"):
        routes.add_api_route(path, discover, response_model=None)
    return routes


def described(base_url: str, rate: Rate | None) -> dict[str, Any]:
    """What is said of the API at this address, with this limit."""
    return {
        "name": "Tinylytics API",
        "version": "v1",
        "server": f"Footfall {version('footfall')}",
        "base_url": base_url,
        "openapi_url": f"{base_url}/openapi.json",
        "authentication": {"type": "bearer", "header": "Authorization: Bearer tly-ro-... or tly-fa-..."},
        "rate_limit": None if rate is None else {"requests": rate.requests, "per_seconds": rate.seconds},
        "endpoints": [
            {"method": method, "path": path, "access": operation.access.value, "description": operation.summary}
            for (method, path), operation in OPERATIONS.items()
        ],
    }
