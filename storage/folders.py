"""Folders in the store: an account's sites put together, and who of a trusted proxy's users may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.sql import load

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Connection


class Folder(NamedTuple):
    """A folder. Without a group, whoever sees the account sees it."""

    id: UUID
    account_id: UUID
    name: str
    authelia_group: str
    created_at: int  # ms since 1970 UTC


def of_account(connection: Connection, account_id: UUID) -> list[Folder]:
    """Return the folders of an account, by name."""
    rows = connection.execute(load("folders.of_account"), {"account_id": account_id})
    return [Folder._make(row) for row in rows]


def find(connection: Connection, folder_id: UUID, *, account_id: UUID) -> Folder | None:
    """Return this folder of the account, or None if it has none such."""
    row = connection.execute(load("folders.find"), {"id": folder_id, "account_id": account_id}).fetchone()
    return None if row is None else Folder._make(row)


def insert(connection: Connection, *, account_id: UUID, name: str, authelia_group: str = "") -> Folder:
    """Make a folder of checked values. The caller commits."""
    given = {"account_id": account_id, "name": name, "authelia_group": authelia_group}
    row = connection.execute(load("folders.insert"), given).fetchone()
    if row is None:
        raise LookupError("an insert returned no row")
    return Folder._make(row)


def update(
    connection: Connection,
    folder_id: UUID,
    *,
    account_id: UUID,
    name: str | None = None,
    authelia_group: str | None = None,
) -> Folder | None:
    """Change what is given, in checked values; None if the account has no such folder. The caller commits."""
    given = {"id": folder_id, "account_id": account_id, "name": name, "authelia_group": authelia_group}
    row = connection.execute(load("folders.update"), given).fetchone()
    return None if row is None else Folder._make(row)


def delete(connection: Connection, folder_id: UUID, *, account_id: UUID) -> bool:
    """Delete a folder, whose sites are in none then; False if the account has no such folder. The caller commits."""
    return connection.execute(load("folders.delete"), {"id": folder_id, "account_id": account_id}).rowcount == 1
