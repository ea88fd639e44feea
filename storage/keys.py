"""API keys in the store: only their hashes, and a cipher text where the operator gave a key to encrypt with."""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final, NamedTuple

from core.accounts import Api, Principal, Role
from storage import accounts, users
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from psycopg import Connection

_PREFIXES: Final = {Api.TINYTRAIL: "tt_"}
_SECRET_BYTES: Final = 32


class ShownKey(NamedTuple):
    """What a user's key can be shown from; both are empty if the user has none that works."""

    key_hash: bytes
    key_cipher: bytes


class OwnKey(NamedTuple):
    """A key that works, as its owner sees it in a list."""

    id: UUID
    name: str  # '' where nobody named it
    created_at: int  # ms since 1970 UTC
    browsers: int  # that are signed in with it
    is_used: bool  # whether the one that asks is


def create(  # noqa: PLR0913 - a key has an API, a role and an owner; the rest is optional
    connection: Connection,
    api: Api | str,
    role: Role | str,
    account_name: str,
    *,
    email: str = "",
    encrypt: Callable[[bytes], bytes] | None = None,
) -> str:
    """Make a user with a new key in the account of this name, which is made if missing; return the key.

    Arguments, errors and what is stored as in `insert`.
    """
    api, role = Api(api), Role(role)
    if api not in _PREFIXES:
        raise ValueError(f"keys can be made for these APIs: {', '.join(_PREFIXES)}")
    account_id = accounts.ensure(connection, account_name)
    user = users.insert(connection, account_id=account_id, role=role, email=email)
    return insert(connection, api, user.id, encrypt=encrypt)


def insert(
    connection: Connection,
    api: Api,
    user_id: UUID,
    *,
    encrypt: Callable[[bytes], bytes] | None = None,
    name: str = "",
) -> str:
    """Give a user a new key of a checked name and return it.

    The key is `tt_` and 43 URL-safe characters (256 random bits). It is not stored in clear: without `encrypt` nobody
    can ever show it again. The caller commits.

    Raises:
        ValueError: this API's keys cannot be made yet.
    """
    if api not in _PREFIXES:
        raise ValueError(f"keys can be made for these APIs: {', '.join(_PREFIXES)}")
    key = _PREFIXES[api] + token_urlsafe(_SECRET_BYTES)
    connection.execute(
        load("keys.insert"),
        {
            "api": api.value,
            "user_id": user_id,
            "key_hash": key_hash(key),
            "key_cipher": encrypt(key.encode()) if encrypt else b"",
            "name": name,
        },
    )
    return key


def key_hash(key: str) -> bytes:
    """What a key is looked up by. A plain hash will do: a key is 256 random bits, not a password."""
    return sha256(key.encode("utf-8", "surrogatepass")).digest()


def find(connection: Connection, api: Api, key: str) -> Principal | None:
    """Return whose key this is, or None if it opens nothing of this API."""
    row = connection.execute(load("keys.find"), {"key_hash": key_hash(key), "api": api.value}).fetchone()
    return None if row is None else Principal(user_id=row[0], account_id=row[1], role=Role(row[2]))


def of_user(connection: Connection, api: Api, user_id: UUID) -> ShownKey | None:
    """Return what the user's key for this API can be shown from; None if there is no such user."""
    row = connection.execute(load("keys.of_user"), {"api": api.value, "user_id": user_id}).fetchone()
    return None if row is None else ShownKey(bytes(row[0] or b""), bytes(row[1] or b""))


def all_of_user(connection: Connection, api: Api, user_id: UUID, *, session: bytes, now: int) -> list[OwnKey]:
    """Return the user's keys that work, the newest first, as the browser of this session (a hash) sees them."""
    given = {"api": api.value, "user_id": user_id, "session": session, "now": instant(now)}
    return [OwnKey._make(row) for row in connection.execute(load("keys.all_of_user"), given)]


def all_keys(connection: Connection) -> list[tuple[UUID, str, str, str, str, str | None]]:
    """Return (id, API, role, account, made at, revoked at) of every key, oldest first; times as ISO 8601 in UTC."""
    return connection.execute(load("keys.list")).fetchall()


def revoke(connection: Connection, key_id: UUID, *, user_id: UUID | None = None) -> bool:
    """Let a key open nothing any more; False if there is none of this id that did, or none of this user.

    The caller commits.
    """
    return connection.execute(load("keys.revoke"), {"id": key_id, "user_id": user_id}).rowcount == 1


def admin_exists(connection: Connection) -> bool:
    """Whether a key of an admin works."""
    return connection.execute(load("keys.admin_exists")).rowcount == 1
