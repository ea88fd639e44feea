"""Rows of events, their properties and sessions by binary COPY, with the types told once instead of found per value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.events import Event
from core.sessions import Session
from storage.binary import wire_instant, wire_jsonb
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from psycopg import AsyncConnection

    from core.events import StoredEvent

_NARROW: Final = {"site": "int4", "traffic": "int2", "status": "int2", "engaged_ms": "int4"}

#: `prev` is no column, and `properties` has its own table.
_PREV: Final = Event._fields.index("prev")
_PROPERTIES: Final = Event._fields.index("properties")
EVENT_TYPES: Final = (
    *("int8" for _ in Event._fields[:_PREV]),
    *(_NARROW.get(field, "text") for field in Event._fields[_PREV + 1 : _PROPERTIES]),
    *("int8", "bool", "bool", "bool"),
)
#: (new, s1, d1) by the sum of the facts.
_FACTS: Final = tuple((bool(facts & 1), bool(facts & 2), bool(facts & 4)) for facts in range(8))

SESSION_TYPES: Final = tuple(
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

PROPERTIES_TYPES: Final = ("int8", "int8", "int8", "int4", "bytea")


def event_rows(stored: Iterable[StoredEvent]) -> Iterator[tuple[object, ...]]:
    """Yield what the statement `events.copy` takes, of `EVENT_TYPES`."""
    for event, session_id, facts in stored:
        yield (wire_instant(event[0]), *event[1:_PREV], *event[_PREV + 1 : _PROPERTIES], session_id, *_FACTS[facts])


def properties_rows(stored: Iterable[StoredEvent]) -> list[tuple[object, ...]]:
    """Return what the statement `event_properties.copy` takes, of `PROPERTIES_TYPES`; often nothing."""
    return [
        (wire_instant(event.ts), event.event_id, event.visitor, event.site, wire_jsonb(event.properties))
        for event, _, _ in stored
        if event.properties
    ]


def session_rows(sessions: Iterable[Session]) -> Iterator[tuple[object, ...]]:
    """Yield what the statement `sessions.copy` takes, of `SESSION_TYPES`."""
    for row in sessions:
        yield (*row[:_START], wire_instant(row.start), wire_instant(row.last), *row[_START + 2 :])


async def copy_events(connection: AsyncConnection, stored: Collection[StoredEvent]) -> None:
    """Write event rows, and the properties of those that have some."""
    await _copy(connection, "events.copy", EVENT_TYPES, event_rows(stored))
    if properties := properties_rows(stored):
        await _copy(connection, "event_properties.copy", PROPERTIES_TYPES, properties)


async def stage_sessions(connection: AsyncConnection, sessions: Iterable[Session]) -> None:
    """Write sessions to the connection's staging table."""
    await _copy(connection, "sessions.copy", SESSION_TYPES, session_rows(sessions))


async def _copy(
    connection: AsyncConnection, statement: str, types: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> None:
    async with connection.cursor() as cursor, cursor.copy(load(statement)) as copy:
        copy.set_types(types)
        format_row = copy.formatter.write_row
        for row in rows:
            if block := format_row(row):  # some dozens of rows at once: awaiting each costs as much as writing it
                await copy.write(block)
