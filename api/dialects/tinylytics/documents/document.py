"""The OpenAPI 3.1 document, made by FastAPI from the types of what is sent and answered.

It describes every route of the API wherever it is answered: in a cluster the collectors take hits in. The handlers are
not FastAPI's typed ones: what they check, and in which words, is the API's own; so the document is made from routes
that exist for it alone, and a test holds the two together.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Body, Path, Query, Security
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from api.dialects.documenting import endpoint, errors, without_unused
from api.dialects.tinylytics.documents.operation import Access
from api.dialects.tinylytics.documents.operations import OPERATIONS
from api.dialects.tinylytics.documents.shapes import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.dialects.tinylytics.documents.operation import Operation

BASE: Final = "/api/v1"

_DESCRIPTION: Final = """\
Read analytics, and send hits and kudos from a backend. Routes but two take a key in the header
`Authorization: Bearer …`: keys that begin with `tly-ro-` read, those with `tly-fa-` write too. What belongs to another
account is answered with 404. A key may ask 1000 times in an hour unless set otherwise; beyond that 429 is answered
with the seconds to wait in `Retry-After`.
"""
_KEY: Final = HTTPBearer(
    scheme_name="ApiKey", description="A key, which begins with `tly-ro-` or `tly-fa-`.", auto_error=False
)
_ACCESS_ERRORS: Final = {
    Access.ANYBODY: (),
    Access.READER: (401, 429, 500, 503),
    Access.WRITER: (401, 403, 429, 500, 503),
}
_MEANINGS: Final = {
    400: ("A parameter is not understood.", "time_zone must be utc or user"),
    401: ("The key is missing, unknown or revoked.", "Invalid API key"),
    403: ("The key may only read.", "This API key is read-only: writing needs a full-access key"),
    404: ("There is none, or it belongs to another account.", "Site not found"),
    408: ("The body did not arrive in time.", "the body did not arrive within 10 s"),
    413: ("The body is too large.", "the body must be at most 1048576 bytes"),
    429: ("Too many requests.", "Rate limit exceeded"),
    500: ("An error of ours.", "an unexpected error; it was logged"),
    503: ("Nothing was done; it may be tried again.", "the database cannot be reached"),
}


def router() -> APIRouter:
    """Return the route of the document; it is made when it is first asked for."""
    routes = APIRouter(prefix=BASE)
    encoded = cache(lambda: msgspec.json.encode(build()))

    @routes.get("/openapi.json")
    def openapi() -> Response:
        """Serve the document to whoever asks."""
        return Response(encoded(), media_type="application/json")

    return routes


def build() -> dict[str, Any]:
    """Return the document as a JSON value."""
    found = get_openapi(
        title="Tinylytics API",
        version=version("footfall"),
        summary="As Footfall speaks it",
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": BASE}],
        routes=[_route(method, path, operation) for (method, path), operation in OPERATIONS.items()],
    )
    # What FastAPI would answer itself.
    for (method, path), operation in OPERATIONS.items():
        if 422 not in operation.others:
            found["paths"][path][method.lower()]["responses"].pop("422", None)
    return without_unused(found)


def _route(method: str, path: str, operation: Operation) -> APIRoute:
    first = {
        "description": operation.meaning,
        "content": {"application/json": {"example": operation.example}},
    }
    return APIRoute(
        path,
        _endpoint(operation),
        methods=[method],
        status_code=operation.status,
        response_model=operation.answer,
        responses={operation.status: first, **_others(operation), **_errors(operation)},
        tags=[operation.tag],
        summary=operation.summary,
        description=operation.description or f"{operation.summary}.",
        operation_id=operation.id,
    )


def _endpoint(operation: Operation) -> Callable[..., None]:
    """A function that nobody calls, with the parameters of the operation."""
    given: dict[str, Any] = {}
    if operation.of_site:
        given["site_id"] = Annotated[int, Path(description="The id of the site.", ge=1)]
    if operation.of_kudo:
        given["kudo_uid"] = Annotated[str, Path(description="The uid of the kudo.", min_length=1)]
    if operation.access is not Access.ANYBODY:
        given["key"] = Annotated[Any, Security(_KEY)]
    if operation.query is not None:
        given["query"] = Annotated[operation.query, Query()]
    if operation.body is not None:
        given["body"] = Annotated[operation.body, Body(examples=[operation.body_example])]
    return endpoint(given)


def _others(operation: Operation) -> dict[int | str, dict[str, Any]]:
    return {
        status: {
            "description": meaning,
            "model": model,
            "content": {"application/json": {"example": example}},
        }
        for status, (model, meaning, example) in operation.others.items()
    }


def _errors(operation: Operation) -> dict[int | str, dict[str, Any]]:
    statuses = {*_ACCESS_ERRORS[operation.access], *operation.errors, *((404,) if operation.of_site else ())}
    return errors(statuses, _MEANINGS, model=Failure, body=lambda _, message: {"error": message})
