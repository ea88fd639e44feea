"""Errors of FastAPI's routes, in the form of the API that was asked: TinyTrail's envelope, or `{"error": text}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
import psycopg
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException

from api.errors import HttpError
from core.errors import InvalidInput, NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastapi import FastAPI, Request

    from api.errors import Failed

_RETRY_SECONDS: Final = 5
#: Where other APIs are than TinyTrail's. What nobody has below /api/v1 is the API's whose credential came with it.
_OTHERS: Final = re.compile(
    r"/(collect|track\.js|antics\.js)$|/api/v2(/|$)|/api/(?!v1(/|$))|/api/v1(/(me|sites|openapi\.json)(/|$)|/?$)"
)
_TINYTRAIL: Final = re.compile(r"/api/v1/(collect|pixel\.gif|accounts|users|websites|admin|reports|realtime)(/|$)")


def is_enveloped(path: str, *, has_key: bool) -> bool:
    """Whether an error of this path is told in TinyTrail's envelope.

    Args:
        path: of the request.
        has_key: whether it had TinyTrail's header.
    """
    if _OTHERS.match(path):
        return False
    return has_key or not path.startswith("/api/v1") or bool(_TINYTRAIL.match(path))


def install(app: FastAPI, *, enveloped: Callable[[int, str], bytes], pages: Failed | None = None) -> None:
    """Let every error of the application be answered as its API does, but for those that `pages` answers.

    Args:
        app: the application.
        enveloped: makes the body of an error of TinyTrail's API of status and sentence.
        pages: answers errors of pages.
    """

    def answer(request: Request, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
        shown = pages and pages(request, status, message, headers or {})
        return shown or _answer(request, status, message, headers, enveloped=enveloped)

    @app.exception_handler(HttpError)
    async def http_error(request: Request, error: HttpError) -> Response:
        return answer(request, error.status, str(error), error.headers)

    @app.exception_handler(HTTPException)
    async def http_exception(request: Request, error: HTTPException) -> Response:
        nowhere = error.status_code == 404 and "endpoint" not in request.scope
        said = f"nothing is at {request.method} {request.url.path}" if nowhere else str(error.detail)
        return answer(request, error.status_code, said, error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid_request(request: Request, error: RequestValidationError) -> Response:
        return answer(request, 400, _explain(error))

    @app.exception_handler(InvalidInput)
    async def invalid_input(request: Request, error: InvalidInput) -> Response:
        return answer(request, 400, str(error))

    @app.exception_handler(NotFound)
    async def not_found(request: Request, error: NotFound) -> Response:
        return answer(request, 404, str(error))

    @app.exception_handler(Unavailable)
    async def unavailable(request: Request, error: Unavailable) -> Response:
        return answer(request, 503, str(error), {"Retry-After": str(error.retry_after)})

    @app.exception_handler(PoolTimeout)
    @app.exception_handler(psycopg.OperationalError)
    async def database_away(request: Request, __: Exception) -> Response:
        return answer(request, 503, "the database cannot be reached", {"Retry-After": str(_RETRY_SECONDS)})

    @app.exception_handler(Exception)
    async def unexpected(request: Request, __: Exception) -> Response:
        return answer(request, 500, "an unexpected error; it was logged")


def _answer(
    request: Request,
    status: int,
    message: str,
    headers: Mapping[str, str] | None,
    *,
    enveloped: Callable[[int, str], bytes],
) -> Response:
    if is_enveloped(request.url.path, has_key="x-api-key" in request.headers):
        body = enveloped(status, message)
    else:
        body = msgspec.json.encode({"error": "internal error" if status == 500 else message})
    return Response(body, status, headers, media_type="application/json")


def _explain(error: RequestValidationError) -> str:
    """The first thing that is wrong, with the field in front."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part not in {"body", "query", "path", "header"}]
    if first["type"] == "json_invalid":
        return f"the body is not JSON: {first['ctx']['error']}"
    return (
        f"{'.'.join(place)}: {first['msg']}" if place else f"the body is missing or of the wrong type: {first['msg']}"
    )
