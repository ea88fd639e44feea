"""Rate, errors and duration of requests, per route template: no path that a client can make up becomes a label."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from api.request_ids import HEADER, request_id
from core import tracing

if TYPE_CHECKING:
    from api.asgi import Application, Message, Receive, Scope, Send
    from api.collector.clients import Clients
    from core.clock import Clock
    from core.telemetry import Telemetry

_log = logging.getLogger(__name__)

#: The route of requests that no route takes.
UNMATCHED: Final = "unmatched"
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Requests:
    """Counts requests."""

    def __init__(self, *, telemetry: Telemetry, clock: Clock) -> None:
        self._telemetry = telemetry
        self._monotonic = clock.monotonic
        self._in_progress = 0

    def begin(self) -> float:
        """Note that a request began and return when."""
        self._in_progress += 1
        self._telemetry.set("footfall_http_requests_in_progress", self._in_progress)
        return self._monotonic()

    def end(self, started: float, route: str, method: str, status: int) -> None:
        """Note that the request was answered, or given up by its client (499)."""
        self._in_progress -= 1
        self._telemetry.set("footfall_http_requests_in_progress", self._in_progress)
        method = method if method in _METHODS else "other"
        self._telemetry.observe(
            "footfall_http_request_duration_seconds", self._monotonic() - started, route=route, method=method
        )
        self._telemetry.add("footfall_http_requests_total", route=route, method=method, status=str(status))


class Measured:
    """A Starlette or FastAPI application whose requests are counted by the template of the route that took them.

    Each has an id, in what is logged for it and in its answer.
    """

    def __init__(self, application: Application, requests: Requests, clients: Clients) -> None:
        self._application = application
        self._requests = requests
        self._clients = clients

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and count."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        id_ = request_id(scope, self._clients)
        with tracing.request(id_):
            await self._answer(scope, receive, send, id_.encode())

    async def _answer(self, scope: Scope, receive: Receive, send: Send, id_: bytes) -> None:
        started = self._requests.begin()
        status = 499

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (HEADER, id_)]}
            await send(message)

        try:
            await self._application(scope, receive, noting)
        except Exception:  # noqa: BLE001 - see below
            # The framework has answered 500 and raises again what it could not handle.
            _log.exception("a request failed")
        finally:
            route = getattr(scope.get("route"), "path", UNMATCHED)
            self._requests.end(started, route, scope["method"], status)
