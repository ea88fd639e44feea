"""The shapes of frames: columns are named as in the tables, times are Int64 ms since 1970 UTC.

Whole milliseconds, rather than Polars' Datetime, because every rule is stated in them (a gap of 1,800,000, the start of
an hour) and because they compare and divide exactly. Nothing is null: empty text and 0 mean none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_type_hints

import polars as pl

from core.dimensions import HIT_COLUMNS
from core.events import Event, Facts, StoredEvent, TrafficClass
from core.sessions import NAMING_COLUMNS, Link, Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, NamedTuple

_TYPES: Final = {int: pl.Int64, bool: pl.Boolean, str: pl.String}


def _schema(row: type[NamedTuple]) -> pl.Schema:
    """The columns of a named tuple; what tuples call `traffic` is the tables' `class`."""
    return pl.Schema({_column(field): _TYPES[kind] for field, kind in get_type_hints(row).items()})


def _column(field: str) -> str:
    return "class" if field == "traffic" else field


#: An event as it was accepted: all columns of the table but session and facts, and `prev` and `properties`.
EVENTS: Final = _schema(Event)
#: Which of a session's facts an event carries, and whose session it is in.
FACTS: Final = pl.Schema({"session_id": pl.Int64, "new": pl.Boolean, "s1": pl.Boolean, "d1": pl.Boolean})
#: An event as it is stored.
STORED_EVENTS: Final = pl.Schema({**EVENTS, **FACTS})
#: A session row.
SESSIONS: Final = _schema(Session)
#: The same person on two neighbouring UTC days.
LINKS: Final = _schema(Link)

#: What the rollups need of an event, in the order of the statement `events.of_day`.
DAY_EVENTS: Final = pl.Schema(
    {
        "ts": pl.Int64,
        "event_id": pl.Int64,
        "visitor": pl.Int64,
        "session_id": pl.Int64,
        "class": pl.Int8,
        "engaged_ms": pl.Int64,
        "new": pl.Boolean,
        "s1": pl.Boolean,
        "d1": pl.Boolean,
        "type": pl.String,
        "name": pl.String,
        "path": pl.String,
        **dict.fromkeys(HIT_COLUMNS, pl.String),
    }
)
#: What the rollups need of a session, in the order of the statement `sessions.of_day`.
DAY_SESSIONS: Final = pl.Schema(
    {
        "start": pl.Int64,
        "last": pl.Int64,
        "session_id": pl.Int64,
        "class": pl.Int8,
        "views": pl.Int64,
        "actions": pl.Int64,
        "visit": pl.Boolean,
        "entry_path": pl.String,
        "exit_path": pl.String,
        **dict.fromkeys(NAMING_COLUMNS, pl.String),
    }
)


def is_counted() -> pl.Expr:
    """Whether an event's class is one that is counted: the flood beyond a visitor's daily limit is not."""
    return pl.col("class") != TrafficClass.FLOOD


def events_frame(events: Iterable[Event]) -> pl.DataFrame:
    """Return events as a frame of `EVENTS`, in the same order."""
    return _frame(events, EVENTS)


def links_frame(links: Iterable[Link]) -> pl.DataFrame:
    """Return links as a frame of `LINKS`."""
    return _frame(links, LINKS)


def stored_events(frame: pl.DataFrame) -> Iterator[StoredEvent]:
    """Yield the rows of a frame of `STORED_EVENTS`, in its order."""
    for *event, session_id, new, s1, d1 in frame.select(*STORED_EVENTS).iter_rows():
        yield StoredEvent(Event(*event), session_id, new * Facts.NEW + s1 * Facts.S1 + d1 * Facts.D1)


def sessions(frame: pl.DataFrame) -> Iterator[Session]:
    """Yield the rows of a frame of `SESSIONS`, in its order."""
    return map(Session._make, frame.select(*SESSIONS).iter_rows())


def _frame(rows: Iterable[tuple[Any, ...]], schema: pl.Schema) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema)
