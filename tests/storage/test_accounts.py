"""Accounts in a real PostgreSQL, and who waits for whom when one is deleted."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

import psycopg
import pytest

from core.accounts import Api, Role
from storage import accounts, keys, sites, users

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID


@pytest.fixture
def connection(postgres_database: str) -> Iterator[psycopg.Connection]:
    """A connection to a migrated database."""
    with psycopg.connect(postgres_database) as connection:
        yield connection


def test_everything_goes_and_nothing_else(connection: psycopg.Connection) -> None:
    """The account's sites, users and keys, as many as it says; another account keeps its own."""
    for name in ("one", "two"):
        for _ in range(2):
            keys.create(connection, Api.TINYTRAIL, Role.USER, name, email="a@example.com")
        assert sites.insert(connection, account_id=accounts.ensure(connection, name), domain="example.com")
    first, second = accounts.all_accounts(connection)
    deleted = accounts.delete(connection, first.id)
    assert deleted == (first, 1, 2, 2)
    assert accounts.delete(connection, first.id) is None
    assert accounts.all_accounts(connection) == [second]
    assert {user.account_id for user in users.all_users(connection)} == {second.id}
    assert [site.account_id for site in sites.of_account(connection, None)] == [second.id]
    emails = connection.execute("SELECT email FROM users WHERE deleted_at IS NOT NULL").fetchall()
    assert emails == [("",), ("",)]


def test_what_is_made_meanwhile_goes_too(connection: psycopg.Connection, postgres_database: str) -> None:
    """A site whose account was looked up before the deletion is deleted with it; afterwards there is no account."""
    account = accounts.ensure(connection, "one")
    connection.commit()
    assert accounts.exists(connection, account)
    deleted: list[accounts.DeletedAccount | None] = []

    def delete(account: UUID) -> None:
        with psycopg.connect(postgres_database) as other:
            deleted.append(accounts.delete(other, account))

    thread = Thread(target=delete, args=(account,))
    thread.start()
    thread.join(timeout=0.3)
    assert deleted == []
    assert sites.insert(connection, account_id=account, domain="example.com") is not None
    connection.commit()
    thread.join(timeout=30)
    assert [one and one.sites for one in deleted] == [1]
    assert not accounts.exists(connection, account)
    assert sites.of_account(connection, None) == []
