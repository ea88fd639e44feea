"""`//api/…`: what the client asks for where the address of its server ends with a slash."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

#: The methods that the client sends.
_METHODS: Final = ["GET", "POST", "DELETE"]


def router() -> APIRouter:
    """Return the route."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("//api/{rest:path}", methods=_METHODS)
    def one_slash(request: Request, rest: str) -> RedirectResponse:
        """Point to the same with one slash, by a status with which clients send method and body again."""
        asked = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/api/{quote(rest)}{asked}", status_code=307)

    return routes
