"""Windows as bytes: questions and answers of the local socket, and the parts that workers leave in the store.

Views and parts are arrays. A later version may append to them and add lists; a reader passes over what it does not
know. What an earlier version left without lists cannot be told from: readers ask the rows then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import msgspec

from core.realtime import LiveList, Minute, Part, RealtimeView
from core.spans import MINUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

_T = TypeVar("_T")

#: The length of the windows that are held in memory, ms.
HELD: Final = 30 * MINUTE
#: Of a window that cannot be told.
UNKNOWN: Final = b""


class Question(NamedTuple):
    """Which window is asked for."""

    site: int
    window_ms: int


class _View(msgspec.Struct, array_like=True, frozen=True):
    """A `RealtimeView`."""

    active: int
    top_pages: tuple[tuple[str, int], ...]
    types: tuple[tuple[str, int], ...]
    here: int
    minutes: tuple[Minute, ...]
    lists: dict[str, tuple[tuple[str, int], ...]]


class _Part(msgspec.Struct, array_like=True, frozen=True):
    """A `Part`."""

    active: int
    pages: dict[str, int]
    types: dict[str, int]
    here: int
    minutes: dict[int, tuple[int, int]]
    lists: dict[str, dict[str, int]]


_encoder: Final = msgspec.msgpack.Encoder()
_questions: Final = msgspec.msgpack.Decoder(Question)
_views: Final = msgspec.msgpack.Decoder(_View)
_parts: Final = msgspec.msgpack.Decoder(_Part)


def encode_question(question: Question) -> bytes:
    """The question as bytes."""
    return _encoder.encode(question)


def decode_question(data: bytes) -> Question:
    """The question that `encode_question` made bytes of."""
    return _questions.decode(data)


def encode_view(view: RealtimeView | None) -> bytes:
    """The view as bytes; none of them where it cannot be told."""
    return UNKNOWN if view is None else _encoder.encode(_View(*view[:-1], _named(view.lists)))


def decode_view(data: bytes) -> RealtimeView | None:
    """The view that `encode_view` made bytes of; None also of what an engine of another version cannot tell."""
    view = _decoded(_views, data)
    if view is None:
        return None
    return RealtimeView(view.active, view.top_pages, view.types, view.here, view.minutes, _known(view.lists))


def encode_part(part: Part | None) -> bytes:
    """The part as bytes; none of them where it cannot be told."""
    if part is None:
        return UNKNOWN
    lists = {name: dict(counts) for name, counts in _named(part.lists).items()}
    return _encoder.encode(_Part(part.active, dict(part.pages), dict(part.types), part.here, dict(part.minutes), lists))


def decode_part(data: bytes) -> Part | None:
    """The part that `encode_part` made bytes of; None also of what a worker of another version cannot tell."""
    part = _decoded(_parts, data)
    if part is None:
        return None
    return Part(part.active, part.pages, part.types, part.here, part.minutes, _known(part.lists))


def _decoded(decoder: msgspec.msgpack.Decoder[_T], data: bytes) -> _T | None:
    try:
        return None if data == UNKNOWN else decoder.decode(data)
    except msgspec.ValidationError:
        return None


def _named(lists: Mapping[LiveList, _T]) -> dict[str, _T]:
    return {name.value: values for name, values in lists.items()}


def _known(lists: Mapping[str, _T]) -> dict[LiveList, _T]:
    return {name: lists[name] for name in LiveList if name in lists}
