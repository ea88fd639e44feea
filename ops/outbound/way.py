"""A way out: how names are looked up, which sockets are made, and the sessions that use them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final, Self

import aiohappyeyeballs
import aiohttp

from ops.outbound.names import Names

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Mapping
    from types import TracebackType

    from aiohttp.connector import Connection

    from ops.outbound.guard import Guard
    from ops.outbound.names import LookUp

#: After this the next address is tried beside the first, s.
_HEAD_START: Final = 0.25
#: How long a connection is kept for the next request, s.
_KEPT: Final = 5
_LONGEST_LINE: Final = 8_190
_MOST_HEADERS: Final = 100


class Progress:
    """How far a request has come, to be told if its time is over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.late = "Connection timed out"

    def sent(self) -> None:
        """It was sent."""
        self.late = f"No answer within {self._seconds:g} s"

    def answering(self) -> None:
        """The answer has begun."""
        self.late = f"The answer did not end within {self._seconds:g} s"


class Response(aiohttp.ClientResponse):
    """A response that remembers the handshake: a short one has let go of its connection before it is looked at."""

    ends: ssl.SSLObject | None = None

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Read the headers."""
        if connection.transport is not None:
            self.ends = connection.transport.get_extra_info("ssl_object")
        return await super().start(connection)


class Way:
    """One guard, and all that goes past it. To be opened with `async with`."""

    def __init__(
        self, guard: Guard, *, look_up: LookUp | None, authorities: ssl.SSLContext, headers: Mapping[str, str]
    ) -> None:
        self._guard = guard
        self._look_up = look_up
        self._authorities = authorities
        self._headers = headers
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._names = Names(self._guard, self._look_up)
        self._stack.push_async_callback(self._names.close)
        tracing = aiohttp.TraceConfig()
        tracing.on_request_headers_sent.append(_headers_sent)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._names,
                socket_factory=self._guard.socket,
                use_dns_cache=False,
                happy_eyeballs_delay=_HEAD_START,
                ssl=self._authorities,
                limit=0,
                keepalive_timeout=_KEPT,
            ),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            response_class=Response,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
            max_headers=_MOST_HEADERS,
            trace_configs=[tracing],
        )
        await self._stack.enter_async_context(self._session)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def send(self, method: str, url: Any, progress: Progress, **more: Any) -> aiohttp.ClientResponse:  # noqa: ANN401 - the library's
        """Return the response when its headers are there, of whatever status.

        Raises:
            aiohttp.ClientError, OSError: there is none.
        """
        return await self._session.request(method, url, allow_redirects=False, trace_request_ctx=progress, **more)

    async def connect(self, host: str, port: int) -> socket.socket:
        """Return a connected socket.

        Raises:
            OSError: there is no such name, or no way to it; of the guard: NotPublicError.
        """
        found = [
            (place["family"], 1, place["proto"], "", (place["host"], place["port"]))
            for place in await self._names.resolve(host, port)
        ]
        return await aiohappyeyeballs.start_connection(
            found, happy_eyeballs_delay=_HEAD_START, socket_factory=self._guard.socket
        )


async def _headers_sent(_session: object, context: Any, _sent: object) -> None:  # noqa: ANN401 - the library's
    context.trace_request_ctx.sent()
