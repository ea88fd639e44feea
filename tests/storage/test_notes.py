"""Notes on days in the store."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import psycopg
import pytest

from core.notes import MAX_NOTES
from core.ranges import Days
from storage import accounts, notes, sites
from storage.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

TENTH: Final = date(2026, 11, 10)
LAST: Final = date(2026, 11, 30)


@pytest.fixture
def connection(postgres_database: str) -> Iterator[psycopg.Connection]:
    """An empty store."""
    with psycopg.connect(postgres_database) as opened:
        yield opened


def make_site(connection: psycopg.Connection, domain: str = "example.com") -> int:
    """A new site."""
    made = sites.insert(connection, account_id=accounts.ensure(connection, "users"), domain=domain)
    assert made is not None
    return made.id


def make(connection: psycopg.Connection, site: int, day: date, title: str) -> Note:
    """A new note."""
    made = notes.insert(connection, site, day, title)
    assert made is not None
    return made


def test_what_is_written_is_read(connection: psycopg.Connection) -> None:
    """Made, found, listed by days, changed in parts, deleted; never by another site."""
    site, other = make_site(connection), make_site(connection, "example.org")
    later, made = make(connection, site, LAST, "Sale"), make(connection, site, TENTH, "Front page")
    make(connection, other, TENTH, "Theirs")
    assert (made.day, made.title) == (TENTH, "Front page")
    assert notes.of_site(connection, site) == [later, made]
    assert notes.of_days(connection, site, Days(first=TENTH, last=LAST)) == [made, later]
    assert notes.of_days(connection, site, Days(first=TENTH, last=TENTH)) == [made]
    assert notes.find(connection, site, made.id) == made
    assert notes.find(connection, other, made.id) is None
    assert notes.update(connection, other, made.id, title="x") is None
    assert notes.update(connection, site, made.id, title="Moved") == made._replace(title="Moved")
    changed = notes.update(connection, site, made.id, day=LAST)
    assert changed == Note(made.id, LAST, "Moved")
    assert notes.delete(connection, other, made.id) is None
    assert notes.delete(connection, site, made.id) == changed
    assert notes.delete(connection, site, uuid4()) is None
    assert notes.of_site(connection, site) == [later]


def test_there_are_only_so_many(connection: psycopg.Connection) -> None:
    """For each site; a deleted one gets none, or its sweep might miss them."""
    site, gone = make_site(connection), make_site(connection, "example.org")
    connection.execute(
        "INSERT INTO notes (site, day, title) SELECT %s, '2026-01-01', 'n' FROM generate_series(2, %s)",
        [site, MAX_NOTES],
    )
    connection.execute("UPDATE sites SET deleted_at = now() WHERE id = %s", [gone])
    assert notes.insert(connection, site, TENTH, "one more") is not None
    assert notes.insert(connection, site, TENTH, "too many") is None
    assert notes.insert(connection, gone, TENTH, "gone") is None
