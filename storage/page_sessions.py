"""Who is signed in to the page, in the store: only the hashes of the tokens."""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final, NamedTuple

from core.accounts import Api, Principal, Role
from core.spans import DAY
from storage.keys import key_hash
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from psycopg import Connection

#: How long a session lasts that nobody uses, ms.
LASTS: Final = 30 * DAY
#: A session that is used is made to last again this often, ms.
_EXTENDED: Final = DAY
_TOKEN_BYTES: Final = 32


class PageSession(NamedTuple):
    """Somebody who is signed in."""

    principal: Principal
    shortcuts: bool  #: whether letters are shortcuts
    extended: bool  #: whether it was made to last longer just now


def create(connection: Connection, key: str, *, now: int) -> str | None:
    """Sign in by a key of the TinyTrail API at `now` (ms) and return the token; None if the key opens nothing.

    The token is 43 URL-safe characters (256 random bits) and is not stored. The caller commits.
    """
    token = token_urlsafe(_TOKEN_BYTES)
    given = {
        "token_hash": token_hash(token),
        "key_hash": key_hash(key),
        "api": Api.TINYTRAIL.value,
        "expires_at": instant(now + LASTS),
    }
    return token if connection.execute(load("page_sessions.insert"), given).rowcount else None


def find(connection: Connection, token: str, *, now: int) -> PageSession | None:
    """Return who is signed in by this token at `now` (ms), if anybody.

    A session that is used lasts 30 days from then on, to the day. The caller commits.
    """
    given = {"token_hash": token_hash(token), "now": instant(now)}
    row = connection.execute(load("page_sessions.find"), given).fetchone()
    if row is None:
        return None
    user_id, account_id, role, shortcuts, expires_at = row
    extended = expires_at < now + LASTS - _EXTENDED
    if extended:
        connection.execute(load("page_sessions.extend"), given | {"expires_at": instant(now + LASTS)})
    principal = Principal(user_id=user_id, account_id=account_id, role=Role(role))
    return PageSession(principal, shortcuts, extended)


def set_shortcuts(connection: Connection, token: str, *, shortcuts: bool) -> None:
    """Let letters be shortcuts in this session, or not. The caller commits."""
    connection.execute(load("page_sessions.shortcuts"), {"token_hash": token_hash(token), "shortcuts": shortcuts})


def delete(connection: Connection, token: str) -> None:
    """Sign out. The caller commits."""
    connection.execute(load("page_sessions.delete"), {"token_hash": token_hash(token)})


def forget(connection: Connection, *, now: int) -> int:
    """Forget the sessions that open nothing any more at `now` (ms); return how many. The caller commits."""
    return connection.execute(load("page_sessions.forget"), {"now": instant(now)}).rowcount


def token_hash(token: str) -> bytes:
    """What a session is looked up by. A plain hash will do: a token is 256 random bits, not a password."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
