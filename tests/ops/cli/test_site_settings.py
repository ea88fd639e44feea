"""A site and its settings on a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest

from core.errors import InvalidInput, NotFound
from core.site_settings import SETTINGS, check_settings
from core.sites import Site
from ops.cli.site_settings import read_settings, site_of, write_value
from storage import accounts, sites

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def connection(postgres_database: str) -> Iterator[psycopg.Connection]:
    """A connection to a migrated database."""
    with psycopg.connect(postgres_database) as connection:
        yield connection


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("allowed_hosts=", []),
        ("allowed_hosts=a.example", ["a.example"]),
        ("excluded_paths=/a/*, /b,", ["/a/*", " /b"]),
        ('excluded_paths=["/a,b", "/c=d"]', ["/a,b", "/c=d"]),
        ("excluded_paths=[/a", "[/a"),
        ("honour_gpc=false", False),
        ("honour_gpc=no", "no"),
        ("time_zone=Etc/GMT+5", "Etc/GMT+5"),
        ("time_zone=", ""),
        ("week_start=sunday", "sunday"),
        ("file_retention_days=30", 30),
        ("file_retention_days=null", None),
        ("colour=1", "1"),
    ],
)
def test_values(text: str, value: object) -> None:
    """By the type of the setting; what is none is left to the check."""
    name = text.partition("=")[0]
    assert {name: value} == read_settings([text])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, getattr(Site, name)) for name in SETTINGS),
        ("excluded_paths", ("/a", "/b*")),
        ("excluded_paths", ("/a,b", "/c")),
        ("honour_dnt", False),
        ("rollup_retention_days", 400),
    ],
)
def test_what_is_shown_can_be_given(name: str, value: object) -> None:
    """And means the same."""
    assert check_settings(read_settings([f"{name}={write_value(value)}"])) == {name: value}


def test_no_setting() -> None:
    """Without a sign there is no value."""
    with pytest.raises(InvalidInput, match="'honour_gpc' must be NAME=VALUE"):
        read_settings(["honour_gpc"])


def test_a_site_by_id_or_domain(connection: psycopg.Connection) -> None:
    """A domain is enough where only one account has it."""
    made = [
        sites.insert(connection, account_id=accounts.ensure(connection, account), domain=domain)
        for account, domain in (("a", "a.example"), ("a", "b.example"), ("b", "b.example"))
    ]
    first, second, third = (site for site in made if site)
    assert site_of(connection, "A.example") == first
    assert site_of(connection, str(third.uuid)) == third
    with pytest.raises(InvalidInput, match=f"2 accounts have a site b.example: .*{second.uuid}"):
        site_of(connection, "b.example")
    for text in ("c.example", str(uuid4())):
        with pytest.raises(NotFound, match="footfall sites list"):
            site_of(connection, text)
