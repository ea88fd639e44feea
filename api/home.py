"""`GET /`: what somebody finds who follows the address that a start prints."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from tracker.snippet import snippet

_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def router() -> APIRouter:
    """Return the route.

    Raises:
        FileNotFoundError: the package was built without the page.
    """
    routes = APIRouter()
    page = files("api").joinpath("home.html").read_text(encoding="utf-8")
    page = page.replace("{{tag}}", escape(snippet("$ID", "$URL").plain, quote=False))

    @routes.get("/")
    def home() -> HTMLResponse:
        """Say that the server runs, and how to go on."""
        return HTMLResponse(page, headers=_HEADERS)

    return routes
