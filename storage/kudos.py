"""Kudos in the store: what readers gave to pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from psycopg import Connection


class Kudo(NamedTuple):
    """One of a site. `uid` is its sender's or made up; no two of a site have one."""

    id: int
    uid: str
    path: str
    created_at: int  # ms since 1970 UTC


class Page(NamedTuple):
    """Some kudos, the newest first, and how many there are."""

    rows: list[Kudo]
    total: int


def insert(connection: Connection, *, site: int, uid: str, path: str, now: int) -> Kudo | None:
    """Add one of checked values at `now` (ms) and return it; None if the site has one of this uid.

    The caller commits.
    """
    given = {"site": site, "uid": uid, "path": path, "now": instant(now)}
    row = connection.execute(load("kudos.insert"), given).fetchone()
    return None if row is None else Kudo._make(row)


def remove(connection: Connection, *, site: int, uid: str) -> bool:
    """Remove one; False if the site has none of this uid. The caller commits."""
    return connection.execute(load("kudos.remove"), {"site": site, "uid": uid}).rowcount == 1


def page(  # noqa: PLR0913 - what is looked for, and which of it
    connection: Connection,
    *,
    site: int,
    begin: int,
    end: int,
    path: str | None = None,
    uid: str | None = None,
    limit: int,
    offset: int = 0,
) -> Page:
    """Return the site's kudos of [begin, end) ms, of a path or a uid where one is given."""
    given = {"site": site, "begin": instant(begin), "end": instant(end), "path": path, "uid": uid}
    rows = connection.execute(load("kudos.page"), {**given, "limit": limit, "offset": offset}).fetchall()
    total = connection.execute(load("kudos.count"), given).fetchone()
    return Page([Kudo._make(row) for row in rows], 0 if total is None else total[0])


def of_sites(connection: Connection, sites: list[int]) -> dict[int, int]:
    """Return how many kudos each of these sites has; those without are left out."""
    return dict(connection.execute(load("kudos.of_sites"), {"sites": sites}).fetchall())
