"""Answers of servers that are not as they should be: over HTTP, and as bytes that are no HTTP at all."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

#: A gzip of so many zeros is a thousandth of it.
BOMB: Final = gzip.compress(bytes(50_000_000), 9)
_OK: Final = b"HTTP/1.1 200 OK\r\n"


async def endless(request: web.Request) -> web.StreamResponse:
    """A body that never ends, as fast as it is taken."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(bytes(65_536))


async def dribbling(request: web.Request) -> web.StreamResponse:
    """A body that never ends, a byte at a time."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b".")
        await asyncio.sleep(0.02)


async def bomb(_: web.Request) -> web.StreamResponse:
    """A small body that unpacks to a big one."""
    return web.Response(body=BOMB, headers={"Content-Encoding": "gzip"})


async def silent(_: web.Request) -> web.StreamResponse:
    """No answer."""
    await asyncio.sleep(3_600)
    return web.Response()


def redirect(to: str, status: int = 302) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """To somewhere."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": to})

    return answer


#: What a server that speaks no HTTP sends, by the path that it is asked for; then it closes the connection.
RAW: Final = {
    "/nothing": b"",
    "/garbage": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "/huge-header": _OK + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n",
    "/many-headers": _OK + b"".join(b"X-%d: x\r\n" % number for number in range(5_000)) + b"\r\n",
    "/cut-short": _OK + b"Content-Length: 100\r\n\r\nhalf",
    "/bad-chunks": _OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "/half-gzip": _OK + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + BOMB[:20],
    "/no-gzip": _OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",
    "/two-members": _OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"one, ") + gzip.compress(b"two"),
}


async def raw(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request with the bytes above.

    `/reset` and `/reset-midway` reset the connection, `/dribble-headers` sends a header without end.
    """
    try:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
        if path == "/dribble-headers":
            await _dribble_headers(writer)
        if path.startswith("/reset"):
            end: socket.socket = writer.get_extra_info("socket")
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.write(_OK + b"Content-Length: 100\r\n\r\nhalf" if path == "/reset-midway" else b"")
            await writer.drain()
            writer.transport.abort()
        else:
            writer.write(RAW[path])
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass  # the client has gone
    finally:
        writer.close()


async def _dribble_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(_OK + b"X-Slow: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)
