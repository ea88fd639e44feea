"""Share links in the store."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import psycopg
import pytest

from core.shares import MAX_SHARES, Share
from core.spans import DAY, MINUTE
from storage import accounts, shares, sites

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW: Final = 1_795_000_000_000


@pytest.fixture
def connection(postgres_database: str) -> Iterator[psycopg.Connection]:
    """An empty store."""
    with psycopg.connect(postgres_database) as opened:
        yield opened


def make_site(connection: psycopg.Connection, domain: str = "example.com") -> int:
    """A new site of an account named like it."""
    made = sites.insert(connection, account_id=accounts.ensure(connection, domain), domain=domain)
    assert made is not None
    return made.id


def make(
    connection: psycopg.Connection, site: int, *, expires_at: int | None = None, may_filter: bool = True
) -> tuple[str, Share]:
    """A new link: its token, and what is found by it."""
    token = shares.insert(connection, site, name="Board", may_filter=may_filter, expires_at=expires_at)
    assert token is not None
    found = shares.find(connection, token, 0)
    assert found is not None
    return token, found


@pytest.mark.parametrize(("expires_at", "may_filter"), [(None, True), (NOW + DAY, False)])
def test_a_link_is_found_by_its_token(
    connection: psycopg.Connection, expires_at: int | None, *, may_filter: bool
) -> None:
    """With all that it says, and its site; the token itself is nowhere in the store."""
    site = make_site(connection)
    token, share = make(connection, site, expires_at=expires_at, may_filter=may_filter)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    assert (share.site, share.name, share.expires_at, share.may_filter, share.used_at) == (
        site,
        "Board",
        expires_at,
        may_filter,
        None,
    )
    assert sites.find(connection, share.site_uuid) is not None
    assert shares.of_site(connection, site) == [share]
    row = connection.execute("SELECT shares::text FROM shares").fetchone()
    assert row is not None
    assert token not in row[0]


@pytest.mark.parametrize("token", ["", "x" * 22, "x" * 23, "ü" * 22, "a\0" * 11, "\ud800" * 22])
def test_no_other_token_is_one(connection: psycopg.Connection, token: str) -> None:
    """Whatever it is made of."""
    make(connection, make_site(connection))
    assert shares.find(connection, token, NOW) is None


def test_links_expire(connection: psycopg.Connection) -> None:
    """From that instant on nothing is found, but the owner still sees it in the list."""
    site = make_site(connection)
    token, share = make(connection, site, expires_at=NOW)
    assert shares.find(connection, token, NOW - 1) == share
    assert shares.find(connection, token, NOW) is None
    assert (share.expired(NOW - 1), share.expired(NOW)) == (False, True)
    assert shares.of_site(connection, site) == [share]


def test_revoking_takes_one_away(connection: psycopg.Connection) -> None:
    """By its own site only, and for good."""
    site, other = make_site(connection), make_site(connection, "example.org")
    (token, share), (kept, _) = make(connection, site), make(connection, site)
    assert shares.revoke(connection, other, share.id) is None
    assert shares.revoke(connection, site, uuid4()) is None
    assert shares.revoke(connection, site, share.id) == "Board"
    assert shares.revoke(connection, site, share.id) is None
    assert shares.find(connection, token, NOW) is None
    assert shares.find(connection, kept, NOW) is not None


def test_the_last_use_is_noted_once_a_minute(connection: psycopg.Connection) -> None:
    """By whoever comes first, also of those who read it before."""
    token, share = make(connection, make_site(connection))
    assert [shares.use(connection, share, NOW + late) for late in (0, 1, MINUTE - 1)] == [True, False, False]
    found = shares.find(connection, token, NOW)
    assert found is not None
    assert found.used_at == NOW
    assert [shares.use(connection, found, NOW + late) for late in (1, MINUTE)] == [False, True]


@pytest.mark.parametrize("how", ["site", "account"])
def test_links_go_with_their_owner(connection: psycopg.Connection, how: str) -> None:
    """At once, before any sweep; and nobody makes new ones."""
    site = make_site(connection)
    token, share = make(connection, site)
    if how == "site":
        sites.delete(connection, share.site_uuid)
    else:
        accounts.delete(connection, accounts.ensure(connection, "example.com"))
    assert shares.find(connection, token, NOW) is None
    assert shares.of_site(connection, site) == []
    assert shares.insert(connection, site, name="x", may_filter=True, expires_at=None) is None


def test_there_are_only_so_many(connection: psycopg.Connection) -> None:
    """For each site."""
    site = make_site(connection)
    made = [shares.insert(connection, site, name="x", may_filter=False, expires_at=None) for _ in range(MAX_SHARES + 1)]
    assert [token is None for token in made] == [False] * MAX_SHARES + [True]
