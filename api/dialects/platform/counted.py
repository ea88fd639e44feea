"""How often a key may still ask, in the headers of every answer to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import Request  # noqa: TC002 - FastAPI reads the annotations when it runs
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders

from api.auth import TooManyRequests, bearer
from api.dialects.platform.wire import UNAUTHORIZED
from api.limits import PLATFORM_RATE, Standing
from core.accounts import Api

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from core.accounts import Principal
    from core.clock import Clock

#: How a key stands where nothing is counted.
_UNCOUNTED: Final = Standing(PLATFORM_RATE.requests, PLATFORM_RATE.requests, 0, 0)
_bearer: Final = bearer(Api.PLATFORM, refusal=UNAUTHORIZED)


class CountedRoute(APIRoute):
    """Adds `X-RateLimit-*` to whatever a request with a valid key is answered, errors too."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(scope.get("state", {}).get("counted", {}))
            await send(message)

        await super().handle(scope, receive, send_counted)


class Callers:
    """Knows who asks, and how often they still may."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def identify(self, request: Request) -> None:
        """Find out who asks, for `caller` to tell. A dependency of a router of `CountedRoute`s; it blocks.

        Raises:
            HttpError: 401 for a key that opens nothing, 429 for one that asked too often.
        """
        try:
            request.state.caller = _bearer(request)
        except TooManyRequests as error:
            self._tell(request, error.standing)
            raise
        self._tell(request, request.state.standing or _UNCOUNTED)

    def _tell(self, request: Request, standing: Standing) -> None:
        """Keep the headers for the answer; the reset is in ms since 1970 UTC."""
        request.state.counted = {
            "X-RateLimit-Limit": str(standing.limit),
            "X-RateLimit-Remaining": str(standing.remaining),
            "X-RateLimit-Reset": str(self._clock.now_ms() + round(standing.resets_in * 1_000)),
        }


def caller(request: Request) -> Principal:
    """Return whom `Callers.identify` found, for a parameter of a route."""
    found: Principal = request.state.caller
    return found
