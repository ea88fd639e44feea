"""Windows as bytes: questions and answers of the local socket, and the parts that workers leave in the store."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from core.realtime import Part, RealtimeView
from core.spans import MINUTE

#: The length of the windows that are held in memory, ms.
HELD: Final = 30 * MINUTE
#: Of a window that cannot be told.
UNKNOWN: Final = b""


class Question(NamedTuple):
    """Which window is asked for."""

    site: int
    window_ms: int


_encoder: Final = msgspec.msgpack.Encoder()
_questions: Final = msgspec.msgpack.Decoder(Question)
_views: Final = msgspec.msgpack.Decoder(RealtimeView)
_parts: Final = msgspec.msgpack.Decoder(tuple[int, dict[str, int], dict[str, int], int, dict[int, tuple[int, int]]])


def encode_question(question: Question) -> bytes:
    """The question as bytes."""
    return _encoder.encode(question)


def decode_question(data: bytes) -> Question:
    """The question that `encode_question` made bytes of."""
    return _questions.decode(data)


def encode_view(view: RealtimeView | None) -> bytes:
    """The view as bytes; none of them where it cannot be told."""
    return UNKNOWN if view is None else _encoder.encode(view)


def decode_view(data: bytes) -> RealtimeView | None:
    """The view that `encode_view` made bytes of."""
    return None if data == UNKNOWN else _views.decode(data)


def encode_part(part: Part | None) -> bytes:
    """The part as bytes; none of them where it cannot be told."""
    if part is None:
        return UNKNOWN
    return _encoder.encode((part.active, dict(part.pages), dict(part.types), part.here, dict(part.minutes)))


def decode_part(data: bytes) -> Part | None:
    """The part that `encode_part` made bytes of; None also of what a worker of another version wrote."""
    try:
        return None if data == UNKNOWN else Part(*_parts.decode(data))
    except msgspec.ValidationError:
        return None
