"""A message of the log: one producer's batch of events as a MessagePack array, checked to be storable when it is read.

The array is ``[version, producer, sequence, events]``. Of version 1 `events` is an array of events, each an array in
the order of `core.events.Event`: the shorter and quicker of the two for few. Of version 2 it is what `streams.columns`
makes of many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

import msgspec

from core.errors import InvalidInput
from core.events import Event
from streams import columns
from streams.shapes import BIGINT, HOLDS_NUL, SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A reader refuses a version that it does not know.
ROWS: Final = 1
COLUMNS: Final = 2
#: Events from which on their columns are quicker written and read than their rows.
MANY: Final = 32
#: The producer of messages that no other message can repeat, because their offsets are given by who applies them.
NO_PRODUCER: Final = 0


def _checked_event() -> type[Event]:
    """A twin of `Event` whose fields say what the store can hold, so the decoder checks each value as it reads it."""
    return type("Event", (Event,), {"__slots__": (), "__annotations__": SHAPES, "__module__": __name__})


class Packet(NamedTuple):
    """What one producer sent at once. `sequence` rises by producer and partition."""

    producer: int
    sequence: int
    events: tuple[Event, ...]


_ENCODER: Final = msgspec.msgpack.Encoder()
_CHECKED: Any = _checked_event()
_DECODER: Final = msgspec.msgpack.Decoder(tuple[Literal[1, 2], BIGINT, BIGINT, msgspec.Raw])
_ROWS_DECODER: Final[msgspec.msgpack.Decoder[tuple[Event, ...]]] = msgspec.msgpack.Decoder(tuple[_CHECKED, ...])
#: Texts in one run, from `name` to `screen`; `type` needs no look because it is one of a list.
_NAME: Final = Event._fields.index("name")
_STATUS: Final = Event._fields.index("status")


def encode(producer: int, sequence: int, events: Sequence[Event]) -> bytes:
    """Return the message that holds `events` in this order.

    Raises:
        InvalidInput: a text holds half of a surrogate pair, or a number has more than 64 bits.
    """
    try:
        if len(events) < MANY:
            return _ENCODER.encode((ROWS, producer, sequence, events))
        return _ENCODER.encode((COLUMNS, producer, sequence, columns.columns(events)))
    except (UnicodeEncodeError, OverflowError) as error:
        raise InvalidInput(f"the event cannot be written: {error}") from error


def decode(message: bytes) -> Packet:
    """Return what `encode` was given; every event of it can be stored.

    Raises:
        InvalidInput: it is not such a message, it is of another version, or an event holds what no column can.
    """
    try:
        version, producer, sequence, packed = _DECODER.decode(message)
        return Packet(producer, sequence, columns.decode(packed) if version == COLUMNS else _rows(packed))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"not a message of version {ROWS} or {COLUMNS}: {error}") from error


def _rows(packed: msgspec.Raw) -> tuple[Event, ...]:
    events = _ROWS_DECODER.decode(packed)
    for event in events:
        texts = cast("tuple[str, ...]", event[_NAME:_STATUS])
        if "\0" in "".join(texts) or "\0" in event.ip or "\0" in event.properties:
            raise InvalidInput(HOLDS_NUL)
    return events
