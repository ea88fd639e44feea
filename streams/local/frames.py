"""What goes over the local socket: length-prefixed MessagePack arrays that begin with an operation and a number.

append  [op, number, counts, message]        counts of events by request, all in one message of the log
ask     [op, number, kind, payload]
answer  [op, number, payload]                of an append: its failures, MessagePack [[request, failure], ...]
failure [op, number, name, text, retry_after]
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from core.errors import FootfallError, InvalidInput, NotFound, Overloaded, Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Bytes of a frame. The other end is our own, so more is a fault of its.
FRAME_LIMIT: Final = 64 * 1024 * 1024
_PREFIX: Final = 4

_encode: Final = msgspec.msgpack.Encoder().encode


class Operation(IntEnum):
    """What a frame is."""

    APPEND = 1
    ASK = 2
    ANSWER = 3
    FAILURE = 4


#: An error as it crosses the socket: name, text, seconds after which to try again.
Failure = tuple[str, str, int]

_ERRORS: Final[dict[str, type[FootfallError]]] = {
    error.__name__: error for error in (InvalidInput, NotFound, Overloaded, Refused, Unavailable)
}


def pack_failure(error: Exception) -> Failure:
    """The error for the other process; what it has no name for is `Unavailable` there."""
    name = type(error).__name__
    if name not in _ERRORS:
        return Unavailable.__name__, "the engine failed; see its log", 1
    return name, str(error), error.retry_after if isinstance(error, Unavailable) else 0


def unpack_failure(failure: Failure) -> FootfallError:
    """The error as the other process raised it."""
    name, text, retry_after = failure
    error = _ERRORS.get(name, Unavailable)
    return error(text, retry_after) if issubclass(error, Unavailable) else error(text)


def pack(operation: Operation, number: int, *rest: object) -> bytes:
    """One frame, ready to be written."""
    body = _encode((int(operation), number, *rest))
    return len(body).to_bytes(_PREFIX, "big") + body


class FrameReader:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[Any, ...]]:
        """Yield the frames that are complete now, as (operation, number, ...).

        Raises:
            InvalidInput: the other end does not speak this protocol; close the connection.
        """
        buffer = self._buffer
        buffer += data
        begin = 0
        try:
            while len(buffer) - begin >= _PREFIX:
                end = begin + _PREFIX + int.from_bytes(buffer[begin : begin + _PREFIX], "big")
                if end - begin > FRAME_LIMIT:
                    raise InvalidInput(f"a frame of {end - begin} bytes; at most {FRAME_LIMIT} are taken")
                if len(buffer) < end:
                    break
                body = bytes(buffer[begin + _PREFIX : end])
                begin = end
                yield _decoded(body)
        finally:
            del buffer[:begin]


def _decoded(body: bytes) -> tuple[Any, ...]:
    try:
        operation, number, *rest = msgspec.msgpack.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError, ValueError) as error:
        raise InvalidInput(f"not a frame: {error}") from error
    return operation, number, *rest
