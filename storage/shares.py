"""Share links in the store: only the hashes of their tokens."""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

from psycopg import sql
from psycopg.rows import dict_row

from core.shares import MAX_SHARES, Share
from core.spans import MINUTE
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Connection

__all__ = ["Share", "find", "insert", "of_site", "revoke", "use"]

_BYTES: Final = 16
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
#: The last use is noted this often at most.
_LATELY: Final = MINUTE


def find(connection: Connection, token: str, now: int) -> Share | None:
    """Return the link with this token; None if there is none, it has expired by `now` (ms) or its site is gone."""
    if not _TOKEN.fullmatch(token):
        return None
    return next(iter(_all(connection, "shares.find", token_hash=_hash(token), now=instant(now))), None)


def of_site(connection: Connection, site: int) -> list[Share]:
    """Return the links of a site, expired ones too, the newest first."""
    return _all(connection, "shares.of_site", site=site)


def insert(connection: Connection, site: int, *, name: str, may_filter: bool, expires_at: int | None) -> str | None:
    """Make a link of a checked name and return its token; None if the site is gone, or has `MAX_SHARES`.

    The token is 22 URL-safe characters (128 random bits) and is not stored: nobody can ever show it again. The caller
    commits.
    """
    token = token_urlsafe(_BYTES)
    connection.execute(load("definitions.hold"), {"site": site})
    given = {
        "site": site,
        "token_hash": _hash(token),
        "name": name,
        "may_filter": may_filter,
        "expires_at": None if expires_at is None else instant(expires_at),
        "most": MAX_SHARES,
    }
    return token if connection.execute(load("shares.insert"), given).rowcount else None


def use(connection: Connection, share: Share, now: int) -> bool:
    """Note that the link was used at `now` (ms), at most once a minute; False if that was done. The caller commits."""
    if share.used_at is not None and now - share.used_at < _LATELY:
        return False
    given = {"id": share.id, "now": instant(now), "lately": instant(now - _LATELY)}
    return connection.execute(load("shares.use"), given).rowcount == 1


def revoke(connection: Connection, site: int, id_: UUID) -> str | None:
    """Take a link away and return its name; None if the site has none with this id. The caller commits."""
    row = connection.execute(load("shares.revoke"), {"site": site, "id": id_}).fetchone()
    return None if row is None else row[0]


def _hash(token: str) -> bytes:
    """What a token is looked up by. A plain hash will do: a token is 128 random bits, not a password."""
    return sha256(token.encode()).digest()


def _all(connection: Connection, name: str, **given: object) -> list[Share]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return [Share(**row) for row in cursor.execute(_statement(name), given)]


@cache
def _statement(name: str) -> sql.Composed:
    return sql.SQL(load(name)).format(columns=sql.SQL(load("shares.columns")))
