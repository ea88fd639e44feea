"""The tracker as browsers load it."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Final

from fastapi import APIRouter, Header, Response

import tracker

_HEADERS: Final = {
    "Cache-Control": "public, max-age=86400",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def router() -> APIRouter:
    """Return the route.

    Raises:
        FileNotFoundError: the package was built without the script.
    """
    routes = APIRouter()
    script = tracker.script()
    tag = f'"{sha256(script).hexdigest()[:16]}"'
    headers = {**_HEADERS, "ETag": tag}

    @routes.get("/js/tracker.js")
    def tracker_js(if_none_match: Annotated[str, Header()] = "") -> Response:
        """Serve the script; browsers keep it for a day."""
        if tag in if_none_match:
            return Response(status_code=304, headers=headers)
        return Response(script, media_type="application/javascript", headers=headers)

    return routes
