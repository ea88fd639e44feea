"""Folders and kudos in a real PostgreSQL."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

from core.spans import DAY
from storage import accounts, folders, kudos, sites


@pytest.fixture
def connection(postgres_database: str) -> psycopg.Connection:
    """A connection to a migrated database."""
    return psycopg.connect(postgres_database)


def test_a_folder_holds_sites_of_its_account(connection: psycopg.Connection) -> None:
    """It is changed and deleted by its account only; its sites stay when it goes."""
    with connection:
        owner, other = (accounts.ensure(connection, name) for name in ("Acme", "Others"))
        site = sites.insert(connection, account_id=owner, domain="example.com", name="Shop")
        assert site is not None
        made = folders.insert(connection, account_id=owner, name="Personal", authelia_group="family")
        assert folders.of_account(connection, owner) == [made]
        assert folders.of_account(connection, other) == []
        assert folders.find(connection, made.id, account_id=other) is None
        assert folders.update(connection, made.id, account_id=other, name="Mine") is None
        changed = folders.update(connection, made.id, account_id=owner, authelia_group="")
        assert changed == made._replace(authelia_group="")
        put = sites.put_in_folder(connection, site.id, made.id)
        assert put is not None
        assert (put.folder_id, put.name) == (made.id, "Shop")
        assert not folders.delete(connection, made.id, account_id=other)
        assert folders.delete(connection, made.id, account_id=owner)
        left = sites.of_number(connection, site.id)
        assert left is not None
        assert left.folder_id is None
        assert sites.put_in_folder(connection, 10_000, None) is None


def test_an_unknown_folder_holds_nothing(connection: psycopg.Connection) -> None:
    """The store says so."""
    with connection:
        site = sites.insert(connection, account_id=accounts.ensure(connection, "Acme"), domain="example.com")
        assert site is not None
        with pytest.raises(psycopg.errors.ForeignKeyViolation), connection.transaction():
            sites.put_in_folder(connection, site.id, uuid4())


def test_kudos_are_paged_and_counted(connection: psycopg.Connection) -> None:
    """The newest first, of a time, a path or a uid; a uid is a site's own."""
    with connection:
        made = [
            kudos.insert(connection, site=1, uid=f"k{number}", path=f"/{number % 2}", now=number * DAY)
            for number in range(5)
        ]
        assert kudos.insert(connection, site=1, uid="k1", path="/", now=0) is None
        assert kudos.insert(connection, site=2, uid="k1", path="/", now=0) is not None
        everything = kudos.page(connection, site=1, begin=0, end=9 * DAY, limit=2)
        assert (everything.rows, everything.total) == ([made[4], made[3]], 5)
        some = kudos.page(connection, site=1, begin=DAY, end=4 * DAY, path="/1", limit=9, offset=1)
        assert (some.rows, some.total) == ([made[1]], 2)
        assert kudos.page(connection, site=1, begin=0, end=9 * DAY, uid="k2", limit=9).rows == [made[2]]
        assert kudos.remove(connection, site=1, uid="k2")
        assert not kudos.remove(connection, site=1, uid="k2")
        assert kudos.of_sites(connection, [1, 2, 3]) == {1: 4, 2: 1}
