"""Accounts in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from core.accounts import Account
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from psycopg import Connection


class DeletedAccount(NamedTuple):
    """An account that was deleted just now, and how much went with it."""

    account: Account
    sites: int
    users: int
    keys: int


def ensure(connection: Connection, name: str) -> UUID:
    """Return the id of the account of this name, case ignored; it is made if missing. The caller commits."""
    row = connection.execute(load("accounts.ensure"), {"name": name}).fetchone()
    if row is None:
        raise LookupError("an upsert that updates returned no row")
    account_id: UUID = row[0]
    return account_id


def exists(connection: Connection, account_id: UUID) -> bool:
    """Whether there is an account with this id; if so it is not deleted before the end of the transaction."""
    return connection.execute(load("accounts.exists"), {"id": account_id}).rowcount == 1


def all_accounts(connection: Connection) -> list[Account]:
    """Return the live accounts, oldest first."""
    return [_account(row) for row in connection.execute(load("accounts.list"))]


def insert(connection: Connection, name: str) -> Account | None:
    """Make an account of a checked name; None if there is one of this name, case ignored. The caller commits."""
    row = connection.execute(load("accounts.insert"), {"name": name}).fetchone()
    return None if row is None else _account(row)


def set_time_zone(connection: Connection, name: str, zone: str) -> Account | None:
    """Give the account of this name, case ignored, another checked zone; None if there is none. The caller commits."""
    row = connection.execute(load("accounts.set_time_zone"), {"name": name, "zone": zone}).fetchone()
    return None if row is None else _account(row)


def delete(connection: Connection, account_id: UUID) -> DeletedAccount | None:
    """Delete an account with its sites, users and keys; None if there is none. The caller commits."""
    row = connection.execute(load("accounts.delete"), {"id": account_id}).fetchone()
    if row is None:
        return None
    owner = {"account_id": account_id}
    return DeletedAccount(
        _account(row),
        sites=connection.execute(load("sites.delete_of_account"), owner).rowcount,
        users=connection.execute(load("users.delete_of_account"), owner).rowcount,
        keys=connection.execute(load("keys.revoke_of_account"), owner).rowcount,
    )


def _account(row: Sequence[Any]) -> Account:
    id_, name, created_at, time_zone = row
    return Account(id=id_, name=name, created_at=created_at, time_zone=time_zone)
