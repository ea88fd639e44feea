"""Errors of FastAPI's routes, in the envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException

from api.dialects.tinytrail.envelope import failure
from api.errors import HttpError
from core.errors import InvalidInput, NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request

    from api.errors import Failed

_RETRY_SECONDS = 5


def install(app: FastAPI, *, pages: Failed | None = None) -> None:
    """Let every error of the application be answered in the envelope, but for those that `pages` answers."""

    def answer(request: Request, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
        shown = pages and pages(request, status, message, headers or {})
        return shown or _answer(status, message, headers)

    @app.exception_handler(HttpError)
    async def http_error(request: Request, error: HttpError) -> Response:
        return answer(request, error.status, str(error), error.headers)

    @app.exception_handler(HTTPException)
    async def http_exception(request: Request, error: HTTPException) -> Response:
        return answer(request, error.status_code, str(error.detail), error.headers)

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


def _answer(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(failure(status, message), status, headers, media_type="application/json")


def _explain(error: RequestValidationError) -> str:
    """The first thing that is wrong, with the field in front."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part not in {"body", "query", "path", "header"}]
    if first["type"] == "json_invalid":
        return f"the body is not JSON: {first['ctx']['error']}"
    return (
        f"{'.'.join(place)}: {first['msg']}" if place else f"the body is missing or of the wrong type: {first['msg']}"
    )
