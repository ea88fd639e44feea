"""What people see when something went wrong: a page that says so, and where to go on."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from api.dashboard.guard import own_path, see_other
from api.dashboard.rendering import wants_fragment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request, Response

    from api.dashboard.rendering import Rendering
    from api.errors import Failed

SIGN_IN: Final = "/sign-in"
#: What is no page, whatever a client says that it takes.
_NO_PAGES: Final = ("/api/", "/js/", "/track.js", "/antics.js", "/assets/", "/health", "/metrics")
_HEADINGS: Final = {
    403: "That is not allowed",
    404: "There is nothing here",
    429: "Too many requests",
    503: "Not just now",
}


def failed(rendering: Rendering) -> Failed:
    """Return what answers errors of pages; None of what is asked for by programs."""

    def answer(request: Request, status: int, message: str, headers: Mapping[str, str]) -> Response | None:
        if request.url.path.startswith(_NO_PAGES) or not _takes_pages(request):
            return None
        if status == HTTPStatus.UNAUTHORIZED and not wants_fragment(request):
            return see_other(f"{SIGN_IN}?{urlencode({'next': _back(request)})}")
        heading = _HEADINGS.get(status) or HTTPStatus(status).phrase
        response = rendering.page(
            "failure.html", request, None, status=status, heading=heading, message=message, again=_back(request)
        )
        response.headers.update(headers)
        return response

    return answer


def _takes_pages(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _back(request: Request) -> str:
    """Where whoever asked is to go on: what was asked for or, of a form, the page before it."""
    if request.method in {"GET", "HEAD"}:
        url = request.url
    else:
        return "/"
    return own_path(f"{url.path}?{url.query}" if url.query else url.path)
