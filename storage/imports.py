"""Days of imported files. The caller holds the transaction: a day is in with all its rows, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.copying import (
    EVENT_TYPES,
    PROPERTIES_TYPES,
    SESSION_TYPES,
    event_rows,
    properties_rows,
    session_rows,
)
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from psycopg import Connection

    from core.events import StoredEvent
    from core.sessions import Session

#: Stands for a partition in the marks of what came by no log.
PARTITION = -1


def begin_day(connection: Connection, *, site: int, file_hash: bytes, day: int, events: int) -> bool:
    """Write down that the day (start, ms) of the file is in, with so many events; False if it was before.

    A site that was deleted takes no day: False too.

    Whoever imports the same day of the same file at the same time waits here for the other's end.
    """
    parameters = {"site": site, "file_hash": file_hash, "day": instant(day).date(), "events": events}
    return connection.execute(load("imports.begin"), parameters).rowcount == 1


def write(connection: Connection, *, events: Collection[StoredEvent], sessions: Iterable[Session]) -> None:
    """Write rows of events with their properties, and of sessions."""
    _copy(connection, "events.copy", EVENT_TYPES, event_rows(events))
    _copy(connection, "event_properties.copy", PROPERTIES_TYPES, properties_rows(events))
    connection.execute(load("sessions.stage"))
    _copy(connection, "sessions.copy", SESSION_TYPES, session_rows(sessions))
    connection.execute(load("sessions.upsert"))
    connection.execute(load("sessions.unstage"))


def _copy(connection: Connection, statement: str, types: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(load(statement)) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
