"""The OpenAPI 3.1 document, made by FastAPI from the types of what is sent and answered.

It describes every route of the API wherever it is answered: in a cluster the collectors take events in and this
document is served beside the reports. The handlers are not FastAPI's typed ones: what they check, and in which words,
is the API's own; so the document is made from routes that exist for it alone, and a test holds the two together.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Body, Path, Query, Security
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader

from api.dialects.documenting import endpoint, errors, without_unused
from api.dialects.tinytrail.documents.filters import FILTER
from api.dialects.tinytrail.documents.operation import Access
from api.dialects.tinytrail.documents.operations import OPERATIONS
from api.dialects.tinytrail.documents.shapes import Failure
from api.errors import CODES

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.dialects.tinytrail.documents.operation import Operation

PATH: Final = "/openapi.json"

_DESCRIPTION: Final = """\
Privacy-friendly web analytics. Protected routes take a key in the header `X-API-KEY`. Answers are enveloped:
`{"status": "success", "data": …}` or `{"status": "error", "error": {"code": …, "message": …}}`. What belongs to
another account is answered with 404. A key may ask 60 times in 60 s unless set otherwise; beyond that 429 is answered
with the seconds to wait in `Retry-After`.
"""
_KEY: Final = APIKeyHeader(
    name="X-API-KEY", scheme_name="ApiKey", description="A user's key, which begins with `tt_`.", auto_error=False
)
_ACCESS_ERRORS: Final = {
    Access.ANYBODY: (),
    Access.USER: (401, 429, 500, 503),
    Access.ADMIN: (401, 403, 429, 500, 503),
}
_MEANINGS: Final = {
    400: (
        "Something is missing or not understood.",
        "website_id is required: send the UUID of a website",
    ),
    401: ("The key is missing or unknown.", "send a valid key in the X-API-KEY header"),
    403: ("The key is not an admin's.", "this needs the key of an admin"),
    404: ("There is none, or it belongs to another account.", "there is no such website"),
    408: ("The body did not arrive in time.", "the body did not arrive within 10 s"),
    413: ("The body is too large.", "the body must be at most 65536 bytes"),
    429: ("Too many requests.", "Rate limit exceeded"),
    500: ("An error of ours.", "an unexpected error; it was logged"),
    503: ("Nothing was done; it may be tried again.", "the database cannot be reached"),
}


def router() -> APIRouter:
    """Return the route of the document; it is made when it is first asked for."""
    routes = APIRouter()
    encoded = cache(lambda: msgspec.json.encode(build()))

    @routes.get(PATH)
    def openapi() -> Response:
        """Serve the document to whoever asks."""
        return Response(encoded(), media_type="application/json")

    return routes


def build() -> dict[str, Any]:
    """Return the document as a JSON value."""
    found = get_openapi(
        title="Footfall",
        version=version("footfall"),
        summary="Web analytics without cookies",
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        routes=[_route(method, path, operation) for (method, path), operation in OPERATIONS.items()],
    )
    # What FastAPI would answer itself; our own 400 stands in its place.
    for methods in found["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
    found["components"]["parameters"] = {"Filter": FILTER}
    for (method, path), operation in OPERATIONS.items():
        if operation.filtered:
            found["paths"][path][method.lower()]["parameters"].append({"$ref": "#/components/parameters/Filter"})
    return without_unused(found)


def _route(method: str, path: str, operation: Operation) -> APIRoute:
    media = dict(operation.media)
    response_class: type[Response] = Response
    if operation.answer is None and media:
        response_class = type("Media", (Response,), {"media_type": next(iter(media))})
    content: dict[str, Any] = {
        name: {"schema": {"type": "string"}, "example": example} for name, example in media.items()
    }
    if operation.answer is not None:
        response_class = JSONResponse
        content["application/json"] = {"example": operation.example}
    first: dict[str, Any] = {"description": operation.meaning} | ({"content": content} if content else {})
    return APIRoute(
        path,
        _endpoint(operation),
        methods=[method],
        status_code=operation.status,
        response_class=response_class,
        response_model=operation.answer,
        responses={operation.status: first, **operation.others, **_errors(operation)},
        tags=[operation.tag],
        summary=operation.summary,
        description=operation.description or f"{operation.summary}.",
        operation_id=operation.id,
    )


def _endpoint(operation: Operation) -> Callable[..., None]:
    """A function that nobody calls, with the parameters of the operation."""
    given: dict[str, Any] = {}
    if operation.of:
        given["id"] = Annotated[operation.id_type, Path(description=f"The id of {operation.of}.")]
    if operation.item:
        extra = {"format": "uuid"} if operation.item_type is UUID else {"format": "int32"}
        described = Path(description=f"The id of {operation.item}.", json_schema_extra=extra)
        given["item"] = Annotated[str if operation.item_type is UUID else operation.item_type, described]
    if operation.access is not Access.ANYBODY:
        given["key"] = Annotated[str | None, Security(_KEY)]
    if operation.query is not None:
        given["query"] = Annotated[operation.query, Query()]
    if operation.body is not None:
        type_ = operation.body if operation.body_required else operation.body | None
        given["body"] = Annotated[type_, Body(examples=[operation.body_example])]
    return endpoint(given, optional=() if operation.body_required else ("body",))


def _errors(operation: Operation) -> dict[int | str, dict[str, Any]]:
    return errors(
        {*_ACCESS_ERRORS[operation.access], *operation.errors},
        _MEANINGS,
        model=Failure,
        body=lambda status, message: {"status": "error", "error": {"code": CODES[status].value, "message": message}},
    )


def template(path: str) -> str:
    """A route's path as `OPERATIONS` has it, whatever its parameters are called there."""
    names = iter(("{id}", "{item}"))
    return re.sub(r"\{[^}]*\}", lambda _: next(names), path)
