"""Many events as a column for each field, in which a value that comes again is told once.

A column is ``[values, places]``. `places` has one byte for each event: where in `values` its value is. Without them
(None) there is one value for each event, or a single one for all. The column of ids always has one for each, and so
tells how many events there are.

Events of one request have most of their texts in common. What is told once is made once by who reads it, and stays in
the processor's caches on its way to the store: of a thousand events the whole takes two thirds of the time that rows
take (`benches/messages.py`).
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, TypeAlias, get_type_hints

import msgspec

from core.errors import InvalidInput
from core.events import Event, event_of
from streams.shapes import HOLDS_NUL, SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Values of a column, and the place of each event's in them.
Column: TypeAlias = tuple["Sequence[Any]", bytes | None]

#: Values that a byte can tell apart.
_PLACES: Final = 256
_ID: Final = Event._fields.index("event_id")
_TEXTS: Final = tuple(Event._fields.index(field) for field, hint in get_type_hints(Event).items() if hint is str)
_DECODER: Final[msgspec.msgpack.Decoder[tuple[Column, ...]]] = msgspec.msgpack.Decoder(
    tuple[tuple(tuple[list[shape], bytes | None] for shape in SHAPES.values())]  # type: ignore[misc,valid-type]
)


def columns(events: Sequence[Event]) -> list[Column]:
    """Return the columns of at least one event, in the order of `Event`."""
    return [
        (column, None) if number == _ID else _column(column) for number, column in enumerate(zip(*events, strict=True))
    ]


def _column(column: tuple[Any, ...]) -> Column:
    if column.count(column[0]) == len(column):
        return column[:1], None
    distinct = dict.fromkeys(column)
    if len(distinct) > min(_PLACES, len(column) // 2):
        return column, None
    place = {value: number for number, value in enumerate(distinct)}
    return tuple(distinct), bytes(map(place.__getitem__, column))


def decode(packed: bytes | msgspec.Raw) -> tuple[Event, ...]:
    """Return the events of columns that were packed by MessagePack; each can be stored.

    Raises:
        InvalidInput: these are no such columns, or a value is one that no column of the store can hold.
        msgspec.DecodeError, UnicodeDecodeError: they are not the MessagePack of columns.
    """
    packed_columns = _DECODER.decode(packed)
    if any("\0" in "".join(packed_columns[number][0]) for number in _TEXTS):
        raise InvalidInput(HOLDS_NUL)
    count = len(packed_columns[_ID][0])
    try:
        spread = [_spread(values, places, count) for values, places in packed_columns]
        return tuple(map(event_of, zip(*spread, strict=True)))
    except (IndexError, ValueError) as error:
        raise InvalidInput(f"the columns of a message do not fit one another: {error}") from error


def _spread(values: Sequence[Any], places: bytes | None, count: int) -> Iterable[Any]:
    if places is not None:
        return map(values.__getitem__, places)
    if len(values) == count:
        return values
    (value,) = values
    return repeat(value, count)
