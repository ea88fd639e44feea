"""`GET /metrics`: our own metrics in Prometheus' text format, for who has their token or the key of an admin."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from secrets import compare_digest
from typing import TYPE_CHECKING, Final, TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.auth import token_of
from api.errors import HttpError
from core.accounts import Api, Principal

if TYPE_CHECKING:
    from api.auth import Keys
    from api.collector.keys import CollectorKeys

PATH: Final = "/metrics"
#: Returns everything in Prometheus' text format.
Text: TypeAlias = Callable[[], Awaitable[bytes]]
#: Returns whose key of TinyTrail's API this is; raises HttpError 401 with the refusal, and Unavailable.
Owner: TypeAlias = Callable[[str, str], Awaitable[Principal]]

_CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_REFUSAL: Final = (
    "send `Authorization: Bearer` with the token of FOOTFALL_METRICS_TOKEN, or with the key of a TinyTrail admin"
)
_OR_SET_IT: Final = (
    "send `Authorization: Bearer` with the key of a TinyTrail admin, or set FOOTFALL_METRICS_TOKEN and send that token"
)
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="metrics"'}


def router(text: Text, *, token: str, owner: Owner) -> APIRouter:
    """Return the route.

    Args:
        text: what it answers.
        token: opens it without asking the database; '' for none.
        owner: asks whose key was sent instead.
    """
    routes = APIRouter()
    refusal = _REFUSAL if token else _OR_SET_IT

    @routes.get(PATH, include_in_schema=False)
    async def metrics(request: Request) -> Response:
        """Serve our own metrics."""
        await admit(request)
        return Response(await text(), media_type=_CONTENT_TYPE)

    async def admit(request: Request) -> None:
        given = token_of(request.headers.get("authorization", ""))
        if token and compare_digest(given.encode(), token.encode()):
            return
        try:
            principal = await owner(given or request.headers.get("x-api-key", ""), refusal)
        except HttpError as error:
            raise HttpError(error.status, str(error), error.headers | _CHALLENGE) from None
        if not principal.is_admin:
            raise HttpError(403, "this needs the key of an admin")

    return routes


def owner_by_thread(keys: Keys) -> Owner:
    """How a process that answers reports finds the owner of a key."""

    async def owner(key: str, refusal: str) -> Principal:
        return await asyncio.to_thread(keys.owner, Api.TINYTRAIL, key, refusal=refusal)

    return owner


def owner_in_loop(keys: CollectorKeys) -> Owner:
    """How a process that only takes events in finds the owner of a key; `keys` has no limits."""

    async def owner(key: str, refusal: str) -> Principal:
        return await keys.principal(Api.TINYTRAIL, key, refusal=refusal)

    return owner
