"""Users in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.accounts import Role, User
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from psycopg import Connection


def all_users(connection: Connection) -> list[User]:
    """Return the live users of all accounts, oldest first."""
    return [_user(row) for row in connection.execute(load("users.list"))]


def insert(connection: Connection, *, account_id: UUID, role: Role, email: str = "") -> User:
    """Make a user, who has no key yet. The caller has made sure that the account lives, and commits."""
    row = connection.execute(
        load("users.insert"), {"account_id": account_id, "role": role.value, "email": email}
    ).fetchone()
    if row is None:
        raise LookupError("an insert returned no row")
    return _user(row)


def delete(connection: Connection, user_id: UUID) -> User | None:
    """Delete a user with the keys and return what it was; None if there is none. The caller commits."""
    row = connection.execute(load("users.delete"), {"id": user_id}).fetchone()
    if row is None:
        return None
    connection.execute(load("keys.revoke_of_user"), {"user_id": user_id})
    return _user(row)


def _user(row: Sequence[Any]) -> User:
    id_, account_id, email, role, created_at = row
    return User(id=id_, account_id=account_id, email=email, role=Role(role), created_at=created_at)
