"""Segments, goals and funnels in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import psycopg
import pytest

from core.definitions import MAX_DEFINITIONS
from core.funnels import Steps
from core.goals import Goal
from core.segments import Segment
from storage import accounts, sites
from storage.definitions import FUNNELS, GOALS, SEGMENTS, Definitions

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS: Final[list[tuple[Definitions[Any], Any, Any]]] = [
    (SEGMENTS, Segment((("country", "DE"), ("page", "!/a*"))), Segment((("country", "FR"),))),
    (GOALS, Goal(event="signup"), Goal(page="/thanks*")),
    (FUNNELS, Steps(("/", "signup")), Steps(("/a", "/b", "/c"))),
]


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


@pytest.mark.parametrize(("kind", "first", "second"), KINDS, ids=["segments", "goals", "funnels"])
def test_what_is_written_is_read(
    connection: psycopg.Connection, kind: Definitions[Any], first: object, second: object
) -> None:
    """Made, listed by name, found by id and by name, changed in parts, deleted."""
    site, other = make_site(connection), make_site(connection, "example.org")
    made, earlier = kind.insert(connection, site, "b", first), kind.insert(connection, site, "a", second)
    assert made is not None
    assert earlier is not None
    assert kind.of_site(connection, site) == [earlier, made]
    assert (made.name, made.meaning) == ("b", first)
    assert [kind.find(connection, site, text) for text in (str(made.id), "b", "c", str(uuid4()))] == [
        made,
        made,
        None,
        None,
    ]
    assert kind.find(connection, other, "b") is None
    assert kind.update(connection, other, made.id, name="x", meaning=None) is None
    renamed = kind.update(connection, site, made.id, name="c", meaning=None)
    assert renamed is not None
    assert (renamed.id, renamed.name, renamed.meaning) == (made.id, "c", first)
    changed = kind.update(connection, site, made.id, name=None, meaning=second)
    assert changed is not None
    assert (changed.name, changed.meaning) == ("c", second)
    assert kind.delete(connection, other, made.id) is None
    assert kind.delete(connection, site, made.id) == changed
    assert kind.of_site(connection, site) == [earlier]


def test_an_id_goes_before_a_name(connection: psycopg.Connection) -> None:
    """Whoever is named like the id of another is not found by it."""
    site = make_site(connection)
    first = GOALS.insert(connection, site, "first", Goal(event="a"))
    assert first is not None
    assert GOALS.insert(connection, site, str(first.id), Goal(event="b")) is not None
    assert GOALS.find(connection, site, str(first.id)) == first


def test_names_are_unique_within_a_kind(connection: psycopg.Connection) -> None:
    """A segment and a goal of one name are two things."""
    site, other = make_site(connection), make_site(connection, "example.org")
    for of in (site, other):
        assert GOALS.insert(connection, of, "a", Goal(event="a")) is not None
    assert SEGMENTS.insert(connection, site, "a", Segment((("country", "DE"),))) is not None
    with pytest.raises(psycopg.errors.UniqueViolation):
        GOALS.insert(connection, site, "a", Goal(event="b"))


def test_there_are_only_so_many(connection: psycopg.Connection) -> None:
    """Of each kind and for each site."""
    site = make_site(connection)
    made = [GOALS.insert(connection, site, f"{number}", Goal(event="a")) for number in range(MAX_DEFINITIONS + 1)]
    assert [goal is None for goal in made] == [False] * MAX_DEFINITIONS + [True]
    assert FUNNELS.insert(connection, site, "a", Steps(("/", "/b"))) is not None


def test_a_deleted_site_gets_none(connection: psycopg.Connection) -> None:
    """Or its sweep might miss them."""
    site = make_site(connection)
    connection.execute("UPDATE sites SET deleted_at = now() WHERE id = %s", [site])
    assert GOALS.insert(connection, site, "a", Goal(event="a")) is None
