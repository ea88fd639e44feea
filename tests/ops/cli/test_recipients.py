"""`footfall recipients`."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from storage import accounts, sites
from storage.key_vault import KeyVault
from tests.commands import footfall


@pytest.fixture
def dsn(postgres_database: str) -> str:
    """A database with one site."""
    with psycopg.connect(postgres_database) as connection:
        sites.insert(connection, account_id=accounts.ensure(connection, "Acme"), domain="example.com")
    return postgres_database


def listed(dsn: str) -> list[dict[str, Any]]:
    """What the list shows."""
    ended = footfall("recipients", "list", "example.com", "--json", DATABASE_URL=dsn)
    assert (ended.returncode, ended.stderr) == (0, "")
    found: list[dict[str, Any]] = json.loads(ended.stdout)
    return found


def test_recipients_are_added_listed_and_removed(dsn: str) -> None:
    """The secret of a webhook is printed once, and is what its messages are signed with."""
    kinds = ("--kind", "weekly_report", "--kind", "monitor_down")
    ended = footfall("recipients", "add", "example.com", "ada@example.com", *kinds, DATABASE_URL=dsn)
    assert (ended.returncode, ended.stdout.startswith("added ")) == (0, True)
    hook = "https://example.com/hook"
    ended = footfall("recipients", "add", "example.com", hook, "--kind", "insights", DATABASE_URL=dsn)
    secret = ended.stdout.strip().rpartition(" ")[2]
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT secret_cipher FROM recipients WHERE channel = 'webhook'").fetchone()
        assert row is not None
        assert secret.encode() == KeyVault().decrypt(connection, bytes(row[0]))
    first, second = listed(dsn)
    assert (first["address"], first["kinds"]) == ("ada@example.com", "monitor_down, weekly_report")
    assert ("webhook", hook) == (second["channel"], second["address"])
    for status in (0, 1):
        ended = footfall("recipients", "remove", "example.com", first["id"], DATABASE_URL=dsn)
        assert status == ended.returncode
    assert [second] == listed(dsn)


@pytest.mark.parametrize(
    ("site", "address", "kind", "said"),
    [
        ("example.com", "ada", "insights", "such as name@example.com"),
        ("example.com", "ada@example.com", "test", "choose at least one of"),
        ("example.org", "ada@example.com", "insights", "there is no site example.org"),
    ],
)
def test_what_is_wrong_is_told(dsn: str, site: str, address: str, kind: str, said: str) -> None:
    """And nothing is added."""
    ended = footfall("recipients", "add", site, address, "--kind", kind, DATABASE_URL=dsn)
    assert ended.returncode in {1, 2}
    assert said in ended.stderr
    assert listed(dsn) == []
