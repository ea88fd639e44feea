"""API keys in the store: only their hashes, and a cipher text where the operator gave a key to encrypt with."""

from __future__ import annotations

from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from core.accounts import Access, Api, Principal, Role
from core.errors import InvalidInput
from storage import accounts, users
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from psycopg import AsyncConnection, Connection

#: What keys begin with. Those that are not here are hexadecimal digits and nothing else.
_PREFIXES: Final = {
    (Api.TINYTRAIL, Access.FULL): "tt_",
    (Api.PLATFORM, Access.FULL): "ap2_",
    (Api.TINYLYTICS, Access.FULL): "tly-fa-",
    (Api.TINYLYTICS, Access.READ_ONLY): "tly-ro-",
}
_HEXADECIMAL: Final = frozenset({(Api.BEEP, Access.FULL), (Api.ANTICS, Access.FULL)})
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


class NumberedKey(NamedTuple):
    """A key that works, by its number."""

    number: int
    created_at: int  # ms since 1970 UTC


class Made(NamedTuple):
    """A key that was made just now. Nobody can read it from the store."""

    number: int
    key: str


class KeyDetails(NamedTuple):
    """What a key tells about itself and its user. Times are ms since 1970 UTC."""

    user_number: int
    email: str
    user_created_at: int
    name: str
    access: Access
    last_used_at: int | None  # to the minute
    time_zone: str  # of the account


def create(  # noqa: PLR0913 - a key has an API, a role and an owner; the rest is optional
    connection: Connection,
    api: Api | str,
    role: Role | str,
    account_name: str,
    *,
    access: Access = Access.FULL,
    email: str = "",
    encrypt: Callable[[bytes], bytes] | None = None,
    name: str = "",
) -> str:
    """Make a user with a new key in the account of this name, which is made if missing; return the key.

    Arguments, errors and what is stored as in `insert`.
    """
    api, role = Api(api), Role(role)
    require_access(api, access)
    account_id = accounts.ensure(connection, account_name)
    user = users.insert(connection, account_id=account_id, role=role, email=email)
    return insert(connection, api, user.id, access=access, encrypt=encrypt, name=name).key


def insert(  # noqa: PLR0913 - as for `create`
    connection: Connection,
    api: Api,
    user_id: UUID,
    *,
    access: Access = Access.FULL,
    encrypt: Callable[[bytes], bytes] | None = None,
    name: str = "",
) -> Made:
    """Give a user a new key of a checked name.

    The key is 256 random bits: as 43 URL-safe characters behind what tells its API, or as 64 hexadecimal digits for the
    APIs that have it so. It is not stored in clear: without `encrypt` nobody can ever show it again. The caller
    commits.

    Raises:
        InvalidInput: keys of this API have no such access.
    """
    require_access(api, access)
    prefix = _PREFIXES.get((api, access))
    key = token_hex(_SECRET_BYTES) if prefix is None else prefix + token_urlsafe(_SECRET_BYTES)
    row = connection.execute(
        load("keys.insert"),
        {
            "api": api.value,
            "user_id": user_id,
            "key_hash": key_hash(key),
            "key_cipher": encrypt(key.encode()) if encrypt else b"",
            "name": name,
            "access": access.value,
        },
    ).fetchone()
    if row is None:
        raise LookupError("an insert returned no row")
    return Made(row[0], key)


def require_access(api: Api, access: Access) -> None:
    """Return if keys of this API may have this access.

    Raises:
        InvalidInput: they may not.
    """
    if (api, access) not in _HEXADECIMAL | _PREFIXES.keys():
        raise InvalidInput(f"keys of {api} have full access; {Access.READ_ONLY} are those of {Api.TINYLYTICS} only")


def key_hash(key: str) -> bytes:
    """What a key is looked up by. A plain hash will do: a key is 256 random bits, not a password."""
    return sha256(key.encode("utf-8", "surrogatepass")).digest()


def find(connection: Connection, api: Api, key: str) -> Principal | None:
    """Return whose key this is, or None if it opens nothing of this API."""
    row = connection.execute(load("keys.find"), {"key_hash": key_hash(key), "api": api.value}).fetchone()
    return None if row is None else _principal(row)


async def find_async(connection: AsyncConnection, api: Api, key: str) -> Principal | None:
    """Return what `find` does, without blocking the loop."""
    given = {"key_hash": key_hash(key), "api": api.value}
    row = await (await connection.execute(load("keys.find"), given)).fetchone()
    return None if row is None else _principal(row)


def use(connection: Connection, key_id: UUID) -> None:
    """Note that a key was used, to the minute. The caller commits."""
    connection.execute(load("keys.use"), {"id": key_id})


async def use_async(connection: AsyncConnection, key_id: UUID) -> None:
    """Do what `use` does, without blocking the loop."""
    await connection.execute(load("keys.use"), {"id": key_id})


def details(connection: Connection, key_id: UUID) -> KeyDetails | None:
    """Return what a key tells about itself; None if there never was one of this id."""
    row = connection.execute(load("keys.details"), {"id": key_id}).fetchone()
    return None if row is None else KeyDetails._make((*row[:4], Access(row[4]), *row[5:]))


def numbered(connection: Connection, api: Api, *, account_id: UUID | None = None) -> list[NumberedKey]:
    """Return the keys of an API that work, by number; with `account_id` only those of this account."""
    given = {"api": api.value, "account_id": account_id}
    return [NumberedKey._make(row) for row in connection.execute(load("keys.numbered"), given)]


def revoke_number(connection: Connection, api: Api, number: int, *, account_id: UUID | None = None) -> bool:
    """Let the key of this number open nothing any more; False if no such key worked. The caller commits."""
    given = {"api": api.value, "number": number, "account_id": account_id}
    return connection.execute(load("keys.revoke_number"), given).rowcount == 1


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


def _principal(row: Sequence[Any]) -> Principal:
    user_id, account_id, role, key_id, access = row
    return Principal(user_id=user_id, account_id=account_id, role=Role(role), key_id=key_id, access=Access(access))
