"""The outermost application: hot paths go straight to theirs, everything else to FastAPI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.asgi import Application, Receive, Scope, Send
    from api.collector.hot_route import HotRoute

_WEBSOCKET_REFUSED: Final = 1_008


class Dispatcher:
    """Picks by the exact path: one look-up in a dictionary; of what is posted elsewhere, by the patterns.

    The rest also gets the server's lifespan.
    """

    def __init__(self, hot: Iterable[HotRoute], rest: Application) -> None:
        self.routes = tuple(hot)
        self._exact = {route.path: route for route in self.routes if route.pattern is None}
        self._patterns = [(route.pattern, route) for route in self.routes if route.pattern is not None]
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            path = scope["path"]
            route = self._exact.get(path)
            if route is None and scope["method"] == "POST":
                route = next((found for pattern, found in self._patterns if pattern.fullmatch(path)), None)
            await (route or self._rest)(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._rest(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": _WEBSOCKET_REFUSED})
