"""Sites in a real PostgreSQL."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
import pytest

from core.networks import Network
from core.site_settings import SETTINGS
from core.sites import ContentGroup, Site, WeekStart
from storage import accounts, sites

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def connection(postgres_database: str) -> Iterator[psycopg.Connection]:
    """A connection to a migrated database."""
    with psycopg.connect(postgres_database) as connection:
        yield connection


def make(connection: psycopg.Connection, account: UUID, domain: str = "example.com") -> Site:
    """A new site."""
    site = sites.insert(connection, account_id=account, domain=domain)
    assert site is not None
    return site


def test_a_site_comes_back_as_it_was_made(connection: psycopg.Connection) -> None:
    """Everything that was set is read again, by UUID and in the list."""
    account = accounts.ensure(connection, "Acme")
    made = sites.insert(
        connection,
        account_id=account,
        domain="example.com",
        content_groups=[ContentGroup("Blog", "/blog/*")],
        excluded_ips=["10.0.0.0/8"],
    )
    assert made is not None
    assert sites.find(connection, made.uuid) == made
    assert sites.of_account(connection, account) == [made]
    assert made.content_groups == (ContentGroup("Blog", "/blog/*"),)
    assert made.excluded_networks == (Network(4, 0x0A000000, 0xFF000000),)
    assert (made.honour_gpc, made.honour_dnt, made.time_zone) == (True, True, "UTC")


def test_a_domain_is_unique_within_an_account(connection: psycopg.Connection) -> None:
    """The same domain twice in one account is refused, in two accounts it is not, and after deletion it is free."""
    first, second = accounts.ensure(connection, "one"), accounts.ensure(connection, "two")
    site = make(connection, first)
    make(connection, second)
    assert sites.insert(connection, account_id=first, domain="example.com") is None
    connection.execute("UPDATE sites SET deleted_at = now() WHERE id = %s", [site.id])
    assert make(connection, first).id != site.id


def test_deleted_sites_are_gone(connection: psycopg.Connection) -> None:
    """A tombstoned site is neither found nor listed; neither is one that never was."""
    account = accounts.ensure(connection, "Acme")
    site = make(connection, account)
    connection.execute("UPDATE sites SET deleted_at = now()")
    assert sites.find(connection, site.uuid) is None
    assert sites.find(connection, uuid4()) is None
    assert sites.of_account(connection, None) == []


def test_lists_are_of_one_account_or_of_all(connection: psycopg.Connection) -> None:
    """An account's list holds its own sites only; without an account all are listed, oldest first."""
    first, second = accounts.ensure(connection, "one"), accounts.ensure(connection, "two")
    ours, theirs = make(connection, first), make(connection, second)
    assert sites.of_account(connection, first) == [ours]
    assert sites.of_account(connection, None) == [ours, theirs]


def test_settings_come_back_as_they_were_set(connection: psycopg.Connection) -> None:
    """What is not named stays; what another account has, or nobody any more, is not there."""
    account = accounts.ensure(connection, "Acme")
    site, other = make(connection, account), make(connection, account, "other.example")
    changes: dict[str, Any] = {
        "allowed_hosts": ("example.com", "*.example.com"),
        "excluded_paths": ("/admin/*", "/it's {odd}"),
        "excluded_countries": ("DE",),
        "honour_gpc": False,
        "honour_dnt": False,
        "keep_ips": True,
        "unique_hits": False,
        "uptime": True,
        "uptime_url": "https://status.example.com/",
        "content": True,
        "content_url": "https://example.com/docs",
        "insights": False,
        "time_zone": "Asia/Kathmandu",
        "week_start": WeekStart.SUNDAY,
        "file_retention_days": 30,
        "rollup_retention_days": 400,
    }
    assert set(changes) == set(SETTINGS)
    changed = sites.configure(connection, site.uuid, changes)
    assert changed is not None
    assert changed == sites.find(connection, site.uuid)
    assert changed == dataclasses.replace(site, **changes, updated_at=changed.updated_at)
    for name in [*SETTINGS][::-1]:  # sums never go before what they are of
        default = getattr(site, name)
        sites.configure(connection, site.uuid, {name: default}, account_id=account)
        changes[name] = default
        found = sites.find(connection, site.uuid)
        assert found is not None
        assert found == dataclasses.replace(site, **changes, updated_at=found.updated_at)
    assert sites.find(connection, other.uuid) == other
    assert sites.configure(connection, site.uuid, changes, account_id=uuid4()) is None
    sites.delete(connection, site.uuid)
    assert sites.configure(connection, site.uuid, changes) is None


def test_globs_of_a_site(connection: psycopg.Connection) -> None:
    """Its hosts and paths are patterns."""
    site = make(connection, accounts.ensure(connection, "Acme"))
    changes = {"allowed_hosts": ("*.example.com",), "excluded_paths": ("/a*", "/b")}
    changed = sites.configure(connection, site.uuid, changes)
    assert changed is not None
    assert [glob.matches("www.example.com") for glob in changed.host_globs] == [True]
    assert [glob.matches("/a/b") for glob in changed.path_globs] == [True, False]


def test_changes_are_told(connection: psycopg.Connection, postgres_database: str) -> None:
    """Whoever listens hears the UUID of a site that was made."""
    with psycopg.connect(postgres_database, autocommit=True) as listener:
        listener.execute("LISTEN sites")
        site = make(connection, accounts.ensure(connection, "Acme"))
        connection.commit()
        told = next(listener.notifies(timeout=5))
    assert (told.channel, told.payload) == (sites.CHANNEL, str(site.uuid))


def test_accounts_exist_until_they_are_deleted(connection: psycopg.Connection) -> None:
    """Only a live account exists."""
    account = accounts.ensure(connection, "Acme")
    assert accounts.exists(connection, account)
    assert not accounts.exists(connection, uuid4())
    connection.execute("UPDATE accounts SET deleted_at = now()")
    assert not accounts.exists(connection, account)
