"""What the store can hold of each field of an event, so that a reader checks every value as it reads it."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from core.events import KINDS, Event, TrafficClass

#: Characters that a stored text may have; collectors cut far below, this only keeps a forged message out.
TEXT_LIMIT: Final = 8_192
#: Characters of a path: collectors cut there, and rollups are keyed by it.
PATH_LIMIT: Final = 1_024
#: Characters of an event's properties, as JSON.
PROPERTIES_LIMIT: Final = 262_144

BIGINT: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_SMALLINT = Annotated[int, msgspec.Meta(ge=-(2**15), le=2**15 - 1)]
_INTEGER = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
#: 2000 to 2200 in ms: what every calendar on the way can express.
_INSTANT = Annotated[int, msgspec.Meta(ge=946_684_800_000, le=7_258_118_400_000)]
_TEXT = Annotated[str, msgspec.Meta(max_length=TEXT_LIMIT)]

#: Narrower than the column's type where the column holds less than its Python type can.
_NARROW: Final[dict[str, Any]] = {
    "ts": _INSTANT,
    "event_id": BIGINT,
    "visitor": BIGINT,
    "prev": BIGINT,
    "site": _INTEGER,
    "traffic": Literal[TrafficClass.HUMAN.value, TrafficClass.BOT.value],  # only a worker gives the third verdict
    "type": Literal[tuple(KINDS)],
    "path": Annotated[str, msgspec.Meta(max_length=PATH_LIMIT)],
    "status": _SMALLINT,
    "engaged_ms": _INTEGER,
    "properties": Annotated[str, msgspec.Meta(max_length=PROPERTIES_LIMIT)],
}

#: What is said of a text that holds U+0000: no type can tell that none may.
HOLDS_NUL: Final = "a text of an event holds U+0000, which no column can"

#: The type of each field of an event, for msgspec's decoders.
SHAPES: Final[dict[str, Any]] = {field: _NARROW.get(field, _TEXT) for field in Event._fields}
