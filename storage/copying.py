"""Rows of events, their properties and sessions by binary COPY, with the types told once instead of found per value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.events import Event
from core.sessions import Session
from storage.binary import wire_instant, wire_jsonb
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from psycopg import AsyncConnection

    from core.events import StoredEvent

_NARROW: Final = {"site": "int4", "traffic": "int2", "status": "int2", "engaged_ms": "int4"}

#: `prev` is no column, and `properties` has its own table.
_PREV: Final = Event._fields.index("prev")
_PROPERTIES: Final = Event._fields.index("properties")
_EVENT_TYPES: Final = (
    *("int8" for _ in Event._fields[:_PREV]),
    *(_NARROW.get(field, "text") for field in Event._fields[_PREV + 1 : _PROPERTIES]),
    *("int8", "bool", "bool", "bool"),
)
#: (new, s1, d1) by the sum of the facts.
_FACTS: Final = tuple((bool(facts & 1), bool(facts & 2), bool(facts & 4)) for facts in range(8))

_SESSION_TYPES: Final = tuple(
    {
        "site": "int4",
        "traffic": "int2",
        "session_id": "int8",
        "visitor": "int8",
        "start": "int8",
        "last": "int8",
        "events": "int4",
        "views": "int4",
        "actions": "int4",
        "visit": "bool",
        "engaged_ms": "int8",
    }.get(field, "text")
    for field in Session._fields
)
_START: Final = Session._fields.index("start")

_PROPERTIES_TYPES: Final = ("int8", "int8", "int8", "int4", "bytea")


async def copy_events(connection: AsyncConnection, stored: Collection[StoredEvent]) -> None:
    """Write event rows, and the properties of those that have some."""
    rows = (
        (wire_instant(event[0]), *event[1:_PREV], *event[_PREV + 1 : _PROPERTIES], session_id, *_FACTS[facts])
        for event, session_id, facts in stored
    )
    await _copy(connection, "events.copy", _EVENT_TYPES, rows)
    properties = [
        (wire_instant(event.ts), event.event_id, event.visitor, event.site, wire_jsonb(event.properties))
        for event, _, _ in stored
        if event.properties
    ]
    if properties:
        await _copy(connection, "event_properties.copy", _PROPERTIES_TYPES, properties)


async def stage_sessions(connection: AsyncConnection, sessions: Iterable[Session]) -> None:
    """Write sessions to the connection's staging table."""
    rows = ((*row[:_START], wire_instant(row.start), wire_instant(row.last), *row[_START + 2 :]) for row in sessions)
    await _copy(connection, "sessions.copy", _SESSION_TYPES, rows)


async def _copy(
    connection: AsyncConnection, statement: str, types: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> None:
    async with connection.cursor() as cursor, cursor.copy(load(statement)) as copy:
        copy.set_types(types)
        for row in rows:
            await copy.write_row(row)
