"""The outermost application: hot paths go straight to theirs, everything else to FastAPI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.asgi import Application, Receive, Scope, Send

_WEBSOCKET_REFUSED: Final = 1_008


class Dispatcher:
    """Picks by the exact path: one look-up in a dictionary. The rest also gets the server's lifespan."""

    def __init__(self, hot: Mapping[str, Application], rest: Application) -> None:
        self._hot = dict(hot)
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            await self._hot.get(scope["path"], self._rest)(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._rest(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": _WEBSOCKET_REFUSED})
