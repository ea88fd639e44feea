"""No route reads a body without end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from api.asgi import Application, Message, Receive, Scope, Send

#: Enough for the largest settings of a site.
MAX_BODY: Final = 1 << 20


class Bounded:
    """An application whose requests end with 413 where their body grows beyond 1 MiB."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and count bytes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        size = 0

        async def counting() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MAX_BODY:
                # The one error that FastAPI lets pass unchanged while it reads a body.
                raise HTTPException(413, f"the body must be at most {MAX_BODY} bytes", {"Connection": "close"})
            return message

        await self._app(scope, counting, send)
