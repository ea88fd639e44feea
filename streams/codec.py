"""A message of the log: one producer's batch of events as a MessagePack array, checked to be storable when it is read.

The array is ``[version, producer, sequence, [event, ...]]``, each event an array in the order of `core.events.Event`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple, cast

import msgspec

from core.errors import InvalidInput
from core.events import KINDS, Event, TrafficClass

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Moves when the array's shape does; a reader refuses what it does not know.
VERSION: Final = 1
#: The producer of messages that no other message can repeat, because their offsets are given by who applies them.
NO_PRODUCER: Final = 0

#: Characters that a stored text may have; collectors cut far below, this only keeps a forged message out.
TEXT_LIMIT: Final = 8_192
#: Characters of a path: collectors cut there, and rollups are keyed by it.
PATH_LIMIT: Final = 1_024
#: Characters of an event's properties, as JSON.
PROPERTIES_LIMIT: Final = 262_144

_SMALLINT = Annotated[int, msgspec.Meta(ge=-(2**15), le=2**15 - 1)]
_INTEGER = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_BIGINT = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
#: 2000 to 2200 in ms: what every calendar on the way can express.
_INSTANT = Annotated[int, msgspec.Meta(ge=946_684_800_000, le=7_258_118_400_000)]
_TEXT = Annotated[str, msgspec.Meta(max_length=TEXT_LIMIT)]

#: Narrower than the column's type where the column holds less than its Python type can.
_SHAPES: Final[dict[str, Any]] = {
    "ts": _INSTANT,
    "event_id": _BIGINT,
    "visitor": _BIGINT,
    "prev": _BIGINT,
    "site": _INTEGER,
    "traffic": Literal[TrafficClass.HUMAN.value, TrafficClass.BOT.value],  # only a worker gives the third verdict
    "type": Literal[tuple(KINDS)],
    "path": Annotated[str, msgspec.Meta(max_length=PATH_LIMIT)],
    "status": _SMALLINT,
    "engaged_ms": _INTEGER,
    "properties": Annotated[str, msgspec.Meta(max_length=PROPERTIES_LIMIT)],
}


def _checked_event() -> type[Event]:
    """A twin of `Event` whose fields say what the store can hold, so the decoder checks each value as it reads it."""
    shapes = {field: _SHAPES.get(field, _TEXT) for field in Event._fields}
    return type("Event", (Event,), {"__slots__": (), "__annotations__": shapes, "__module__": __name__})


class Packet(NamedTuple):
    """What one producer sent at once. `sequence` rises by producer and partition."""

    producer: int
    sequence: int
    events: tuple[Event, ...]


_ENCODER: Final = msgspec.msgpack.Encoder()
_CHECKED: Any = _checked_event()
_DECODER: Final[msgspec.msgpack.Decoder[tuple[int, int, int, tuple[Event, ...]]]] = msgspec.msgpack.Decoder(
    tuple[Literal[1], _BIGINT, _BIGINT, tuple[_CHECKED, ...]],
)
#: Texts in one run, from `name` to `screen`; `type` needs no look because it is one of a list.
_NAME: Final = Event._fields.index("name")
_STATUS: Final = Event._fields.index("status")


def encode(producer: int, sequence: int, events: Sequence[Event]) -> bytes:
    """Return the message that holds `events` in this order.

    Raises:
        InvalidInput: a text holds half of a surrogate pair, or a number has more than 64 bits.
    """
    try:
        return _ENCODER.encode((VERSION, producer, sequence, events))
    except (UnicodeEncodeError, OverflowError) as error:
        raise InvalidInput(f"the event cannot be written: {error}") from error


def decode(message: bytes) -> Packet:
    """Return what `encode` was given; every event of it can be stored.

    Raises:
        InvalidInput: it is not such a message, it is of another version, or an event holds what no column can.
    """
    try:
        _, producer, sequence, events = _DECODER.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"not a message of version {VERSION}: {error}") from error
    for event in events:
        texts = cast("tuple[str, ...]", event[_NAME:_STATUS])
        if "\0" in "".join(texts) or "\0" in event.ip or "\0" in event.properties:
            raise InvalidInput("a text of an event holds U+0000, which no column can")
    return Packet(producer, sequence, events)
