"""The bytes of a request's body, as many as are allowed, within the time that is allowed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from api.errors import HttpError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.asgi import Receive

#: The largest body of a request, unless its route takes more.
MAX_BODY: Final = 64 * 1_024
_PATIENCE_SECONDS: Final = 10


class ClientGone(Exception):  # noqa: N818 - named by what happened
    """The client hung up; there is nobody to answer."""


class BodyRefused(HttpError):  # noqa: N818 - named by what happened
    """The body is too large, or did not arrive."""


async def read_all(receive: Receive, headers: Mapping[bytes, bytes], *, most: int = MAX_BODY) -> bytes:
    """Return the body.

    Raises:
        BodyRefused: 413 beyond `most` bytes, 408 if it does not come within 10 s.
        ClientGone: the client hung up before it was complete.
    """
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared[:20]) > most:
        raise _too_large(most)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        body: bytes = message.get("body", b"")
        if len(body) > most:
            raise _too_large(most)
        return body
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while message["type"] == "http.request":
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > most:
                    raise _too_large(most)
                if not message.get("more_body", False):
                    return b"".join(chunks)
                message = await receive()
    except TimeoutError:
        raise BodyRefused(408, f"the body did not arrive within {_PATIENCE_SECONDS} s") from None
    raise ClientGone


def _too_large(most: int) -> BodyRefused:
    return BodyRefused(413, f"the body must be at most {most} bytes", {"Connection": "close"})
