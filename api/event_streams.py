"""Answers of server-sent events, and how many of them a process has open."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from typing import TYPE_CHECKING, Final

from fastapi.responses import Response

from api.errors import HttpError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from api.asgi import Receive, Scope, Send
    from core.telemetry import Telemetry

MEDIA_TYPE: Final = "text/event-stream"
#: Shows that the line is alive and means nothing.
COMMENT: Final = b":\n\n"
#: A client that has taken nothing for so long, while the buffers to it are full, is given up.
_PATIENCE_SECONDS: Final = 10
#: The longest that a stream lives: who holds one for ever would hold its place for ever.
_LIFETIME_SECONDS: Final = 3_600
_RETRY_SECONDS: Final = 5
_HEADERS: Final = {
    "Cache-Control": "no-store",
    # A proxy must hand on what comes when it comes.
    "X-Accel-Buffering": "no",
}

_COMPRESSED: Final = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}


def message(data: bytes, id_: str) -> bytes:
    """Return a message; `data` has no line breaks."""
    return b"id: %b\ndata: %b\n\n" % (id_.encode(), data)


def retry(ms: int) -> bytes:
    """Return what tells a client how long to wait before it comes back."""
    return b"retry: %d\n\n" % ms


class OpenStreams:
    """The streams of a process. For one loop.

    Args:
        most: how many there may be at a time.
        ending: set when the process shall end; all streams end then.
        telemetry: is told how many there are.
    """

    def __init__(self, *, most: int, ending: asyncio.Event, telemetry: Telemetry) -> None:
        self.ending = ending
        self._most = most
        self._telemetry = telemetry
        self._open = 0

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places.

        Raises:
            HttpError: 503, all are taken, or the process ends.
        """
        if self.ending.is_set():
            raise HttpError.unavailable("this server is being stopped: try again", 1)
        if self._open >= self._most:
            raise HttpError.unavailable("too many streams are open: try again later", _RETRY_SECONDS)
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        self._open += change
        self._telemetry.set("footfall_streams_open", self._open)


class EventStream(Response):
    """An answer that lasts until its source ends, the client goes or hangs, an hour is over, or the process ends.

    Args:
        source: the chunks, each whole messages or comments.
        streams: where it takes its place.
        compressed: whether what is said again and again is sent once: the client takes gzip.
    """

    media_type = MEDIA_TYPE

    def __init__(self, source: AsyncGenerator[bytes, None], streams: OpenStreams, *, compressed: bool = False) -> None:
        super().__init__(headers=_HEADERS | (_COMPRESSED if compressed else {}))
        # There is no telling how long it will be.
        del self.headers["content-length"]
        self._source = source
        self._streams = streams
        self._compressed = compressed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        """Send the source.

        Raises:
            HttpError: 503, see `OpenStreams.place`; nothing was sent then.
        """
        with self._streams.place():
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            tasks = [
                asyncio.ensure_future(self._send(send)),
                asyncio.ensure_future(_gone(receive)),
                asyncio.ensure_future(self._streams.ending.wait()),
            ]
            try:
                await asyncio.wait(tasks, timeout=_LIFETIME_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
            sent, gone, _ = await asyncio.gather(*tasks, return_exceptions=True)
            # The server cuts the line to one that went or hangs when this returns without an end.
            if gone is None or isinstance(sent, TimeoutError):
                return
            if isinstance(sent, Exception):
                raise sent
            with contextlib.suppress(TimeoutError):
                await _patiently(send, b"", more=False)

    async def _send(self, send: Send) -> None:
        whole = _whole if not self._compressed else _compressing()
        async with contextlib.aclosing(self._source) as source:
            async for chunk in source:
                await _patiently(send, whole(chunk), more=True)


def _whole(chunk: bytes) -> bytes:
    return chunk


def _compressing() -> Callable[[bytes], bytes]:
    """Return what compresses the chunks of one answer, each so that it can be read at once."""
    # A window for two of our longest messages; 96 kB a stream.
    gzip = zlib.compressobj(wbits=16 + 14, memLevel=6)

    def compressed(chunk: bytes) -> bytes:
        return gzip.compress(chunk) + gzip.flush(zlib.Z_SYNC_FLUSH)

    return compressed


async def _patiently(send: Send, chunk: bytes, *, more: bool) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await send({"type": "http.response.body", "body": chunk, "more_body": more})


async def _gone(receive: Receive) -> None:
    """Return when the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass
