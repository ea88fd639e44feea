"""Accounts in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.sql import load

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Connection


def ensure(connection: Connection, name: str) -> UUID:
    """Return the id of the account of this name, case ignored; it is made if missing. The caller commits."""
    row = connection.execute(load("accounts.ensure"), {"name": name}).fetchone()
    if row is None:
        raise LookupError("an upsert that updates returned no row")
    account_id: UUID = row[0]
    return account_id


def exists(connection: Connection, account_id: UUID) -> bool:
    """Whether there is an account with this id that was not deleted."""
    row = connection.execute(load("accounts.exists"), {"id": account_id}).fetchone()
    return row is not None and bool(row[0])
