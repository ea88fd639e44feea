"""Dead letters and producers in a real PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from core.drops import DeadReason
from storage import dead_letters, producers
from storage.dead_letters import DeadLetter, StoredDeadLetter

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_795_168_800_123
LETTERS = [
    DeadLetter("events-1", 3, 2**40, NOW, DeadReason.UNDECODABLE, "not a message", b"\x00\xff"),
    DeadLetter("events-1", 3, 2**40 + 1, NOW, DeadReason.REFUSED, "holds a \0", b"x"),
    DeadLetter("local", 0, 7, NOW, DeadReason.REFUSED, "again", b""),
]


@pytest.fixture
def store(postgres_database: str) -> str:
    """The address of a migrated database."""
    return postgres_database


@pytest.fixture
async def kept(store: str) -> None:
    """Keeps the letters."""
    async with await psycopg.AsyncConnection.connect(store) as connection:
        await dead_letters.insert(connection, LETTERS)


@pytest.fixture
def connection(store: str, kept: None) -> Iterator[psycopg.Connection]:
    """A connection to a database that holds the letters."""
    del kept
    with psycopg.connect(store) as connection:
        yield connection


def test_letters_come_back_as_they_were_kept(connection: psycopg.Connection) -> None:
    """Everything is read again, oldest first; text that no column can hold is written out."""
    expected = [LETTERS[0], LETTERS[1]._replace(error="holds a \\0"), LETTERS[2]]
    found = dead_letters.waiting(connection)
    assert [stored.letter for stored in found] == expected
    assert found == sorted(found)
    assert {stored.replayed_at for stored in found} == {None}
    assert dead_letters.count(connection) == {DeadReason.REFUSED: 2, DeadReason.UNDECODABLE: 1}


def test_letters_are_read_in_parts_and_by_id(connection: psycopg.Connection) -> None:
    """A limit, a start, ids and a reason choose among them."""
    everything = dead_letters.waiting(connection)
    assert dead_letters.waiting(connection, limit=2) == everything[:2]
    assert dead_letters.waiting(connection, after=everything[0].id) == everything[1:]
    assert dead_letters.waiting(connection, ids=[everything[2].id, 10**9]) == everything[2:]
    assert dead_letters.waiting(connection, ids=[]) == []
    assert dead_letters.waiting(connection, reason=DeadReason.REFUSED) == everything[1:]


def test_a_replayed_letter_waits_no_more(connection: psycopg.Connection) -> None:
    """It is marked once, with its time, and only shown to who asks for all."""
    first, second, third = dead_letters.waiting(connection)
    assert dead_letters.mark_replayed(connection, [first.id, third.id], at=NOW + 5) == 2
    assert dead_letters.mark_replayed(connection, [first.id, second.id], at=NOW + 9) == 1
    assert dead_letters.waiting(connection) == []
    assert dead_letters.waiting(connection, replayed_too=True) == [
        StoredDeadLetter(first.id, first.letter, NOW + 5),
        StoredDeadLetter(second.id, second.letter, NOW + 9),
        StoredDeadLetter(third.id, third.letter, NOW + 5),
    ]
    assert dead_letters.count(connection) == {}


async def test_producers_are_remembered_until_the_log_forgets(store: str) -> None:
    """The last sequence is by log and partition, moves, and goes with the messages it guards against."""
    async with await psycopg.AsyncConnection.connect(store) as connection:
        await producers.move(connection, "events-1", 3, {-5: 1, 6: 10}, seen_at=NOW)
        await producers.move(connection, "events-1", 3, {-5: 2}, seen_at=NOW + 1)
        await producers.move(connection, "events-1", 4, {-5: 99}, seen_at=NOW + 1)
        assert await producers.last(connection, "events-1", 3, [-5, 6, 7]) == {-5: 2, 6: 10}
    with psycopg.connect(store) as connection:
        assert producers.forget(connection, before=NOW + 1) == 1
    async with await psycopg.AsyncConnection.connect(store) as connection:
        assert await producers.last(connection, "events-1", 3, [-5, 6]) == {-5: 2}
