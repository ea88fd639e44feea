"""API keys in a real PostgreSQL."""

from __future__ import annotations

import re
from typing import Final
from uuid import uuid4

import psycopg
import pytest

from core.accounts import Access, Api, Role
from core.errors import InvalidInput
from storage import keys, page_sessions

NOW: Final = 1_795_000_000_000


@pytest.fixture
def connection(postgres_database: str) -> psycopg.Connection:
    """A connection to a migrated database."""
    return psycopg.connect(postgres_database)


def test_a_key_is_found_by_its_api_only(connection: psycopg.Connection) -> None:
    """A key stands for its user under its own API and for nobody under another."""
    with connection:
        key = keys.create(connection, "tinytrail", "admin", "Acme")
        found = keys.find(connection, Api.TINYTRAIL, key)
        assert re.fullmatch(r"tt_[A-Za-z0-9_-]{43}", key)
        assert found is not None
        assert found.role is Role.ADMIN
        assert keys.find(connection, Api.BEEP, key) is None
        assert keys.find(connection, Api.TINYTRAIL, key + "x") is None


def test_accounts_are_made_once(connection: psycopg.Connection) -> None:
    """Two keys for one name, written in any case, belong to one account."""
    with connection:
        first, second = (keys.create(connection, Api.TINYTRAIL, Role.USER, name) for name in ("Acme", "ACME"))
        owners = {found.account_id for key in (first, second) if (found := keys.find(connection, Api.TINYTRAIL, key))}
        assert len(owners) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE api_keys SET revoked_at = now()",
        "UPDATE users SET deleted_at = now()",
        "UPDATE accounts SET deleted_at = now()",
    ],
)
def test_a_key_dies_with_its_owner(connection: psycopg.Connection, statement: str) -> None:
    """A key opens nothing once it was revoked or its user or account has gone."""
    with connection:
        key = keys.create(connection, Api.TINYTRAIL, Role.USER, "Acme")
        connection.execute(statement)
        assert keys.find(connection, Api.TINYTRAIL, key) is None


def test_no_clear_text_is_stored(connection: psycopg.Connection) -> None:
    """The store holds a hash, and a cipher text only where something encrypts."""
    with connection:
        key = keys.create(connection, Api.TINYTRAIL, Role.USER, "Acme", encrypt=lambda clear: clear[::-1])
        row = connection.execute("SELECT key_hash, key_cipher FROM api_keys").fetchone()
        assert row == (keys.key_hash(key), key.encode()[::-1])


@pytest.mark.parametrize(("api", "role"), [("nobody", "admin"), ("tinytrail", "owner")])
def test_unknown_words_are_refused(connection: psycopg.Connection, api: str, role: str) -> None:
    """Only known APIs and roles get keys."""
    with connection, pytest.raises(ValueError, match=r"."):
        keys.create(connection, api, role, "Acme")


def test_owners_see_their_keys(connection: psycopg.Connection) -> None:
    """The newest first, by name, and which one a browser is signed in with; others' are not theirs to revoke."""
    with connection:
        first = keys.create(connection, Api.TINYTRAIL, Role.USER, "Acme")
        keys.create(connection, Api.TINYTRAIL, Role.USER, "Acme")
        owner = keys.find(connection, Api.TINYTRAIL, first)
        assert owner is not None
        connection.commit()  # what is made in one transaction has one age
        keys.insert(connection, Api.TINYTRAIL, owner.user_id, name="laptop")
        token = page_sessions.create(connection, first, now=NOW)
        assert token is not None
        seen = page_sessions.token_hash(token)
        listed = keys.all_of_user(connection, Api.TINYTRAIL, owner.user_id, session=seen, now=NOW)
        assert [(key.name, key.browsers, key.is_used) for key in listed] == [("laptop", 0, False), ("", 1, True)]
        later = keys.all_of_user(connection, Api.TINYTRAIL, owner.user_id, session=seen, now=NOW + page_sessions.LASTS)
        assert [(key.browsers, key.is_used) for key in later] == [(0, False), (0, False)]
        assert not keys.revoke(connection, listed[0].id, user_id=uuid4())
        assert keys.revoke(connection, listed[0].id, user_id=owner.user_id)
        left = keys.all_of_user(connection, Api.TINYTRAIL, owner.user_id, session=b"", now=NOW)
        assert [key.id for key in left] == [listed[1].id]


def test_keys_have_numbers_names_and_access(connection: psycopg.Connection) -> None:
    """Keys of an API are listed and revoked by number, in one account or in all; some may only read."""
    with connection:
        for access, prefix in ((Access.READ_ONLY, "tly-ro-"), (Access.FULL, "tly-fa-")):
            key = keys.create(connection, Api.TINYLYTICS, Role.USER, "Acme", access=access, name="one")
            assert re.fullmatch(prefix + r"[A-Za-z0-9_-]{43}", key)
            found = keys.find(connection, Api.TINYLYTICS, key)
            assert found is not None
            assert (found.access, found.role) == (access, Role.USER)
        assert found is not None
        assert found.key_id is not None
        details = keys.details(connection, found.key_id)
        assert details is not None
        assert (details.name, details.access, details.last_used_at, details.time_zone) == ("one", access, None, "UTC")
        token = keys.create(connection, Api.BEEP, Role.USER, "Acme")
        keys.create(connection, Api.BEEP, Role.USER, "Others")
        assert re.fullmatch(r"[0-9a-f]{64}", token)
        first, second = keys.numbered(connection, Api.BEEP)
        owner = keys.find(connection, Api.BEEP, token)
        assert owner is not None
        assert keys.numbered(connection, Api.BEEP, account_id=owner.account_id) == [first]
        assert not keys.revoke_number(connection, Api.BEEP, second.number, account_id=owner.account_id)
        assert not keys.revoke_number(connection, Api.TINYLYTICS, first.number)
        assert keys.revoke_number(connection, Api.BEEP, first.number)
        assert not keys.revoke_number(connection, Api.BEEP, first.number)
        assert keys.numbered(connection, Api.BEEP) == [second]
        with pytest.raises(InvalidInput, match="full access"):
            keys.create(connection, Api.TINYTRAIL, Role.USER, "Acme", access=Access.READ_ONLY)
