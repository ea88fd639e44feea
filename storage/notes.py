"""Notes on days, in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.notes import MAX_NOTES
from storage.sql import load

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from psycopg import Connection

    from core.ranges import Days


class Note(NamedTuple):
    """What an owner says of a day."""

    id: UUID
    day: date  # in the site's time zone
    title: str


def of_days(connection: Connection, site: int, days: Days) -> list[Note]:
    """Return the notes on these days of a site, the first day first."""
    given = {"site": site, "first": days.first, "last": days.last}
    return _all(connection, "notes.of_days", given)


def of_site(connection: Connection, site: int) -> list[Note]:
    """Return all notes of a site, the latest day first."""
    return _all(connection, "notes.of_site", {"site": site})


def find(connection: Connection, site: int, id_: UUID) -> Note | None:
    """Return a site's note; None if it has none with this id."""
    return _one(connection, "notes.find", {"site": site, "id": id_})


def insert(connection: Connection, site: int, day: date, title: str) -> Note | None:
    """Make a note of a checked title; None if the site is gone, or has `MAX_NOTES`. The caller commits."""
    connection.execute(load("definitions.hold"), {"site": site})
    return _one(connection, "notes.insert", {"site": site, "day": day, "title": title, "most": MAX_NOTES})


def update(
    connection: Connection, site: int, id_: UUID, *, day: date | None = None, title: str | None = None
) -> Note | None:
    """Change what is given, in checked values; None if the site has none with this id. The caller commits."""
    return _one(connection, "notes.update", {"site": site, "id": id_, "day": day, "title": title})


def delete(connection: Connection, site: int, id_: UUID) -> Note | None:
    """Delete a note and return it; None if the site has none with this id. The caller commits."""
    return _one(connection, "notes.delete", {"site": site, "id": id_})


def _one(connection: Connection, statement: str, given: dict[str, object]) -> Note | None:
    return next(iter(_all(connection, statement, given)), None)


def _all(connection: Connection, statement: str, given: dict[str, object]) -> list[Note]:
    return [Note._make(row) for row in connection.execute(load(statement), given)]
