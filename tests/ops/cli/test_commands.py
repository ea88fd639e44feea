"""The command line as a program: what it prints and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from typer.main import get_command

from core.accounts import Api
from core.drops import MEANINGS, DropReason
from core.site_settings import SETTINGS
from ops.cli.app import app
from storage import keys
from storage.key_vault import KeyVault, derive
from tests.commands import footfall
from tracker.builds import Extra
from tracker.snippet import snippet

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def cluster(postgres_database: str) -> str:
    """The address of a migrated database."""
    return postgres_database


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[Any]:  # noqa: ANN401 - typer hides its classes
    children = getattr(command, "commands", None)
    if children is None:
        yield pytest.param(command, path, id=" ".join(path))
    else:
        for name, child in children.items():
            yield from _commands(child, (*path, name))


@pytest.mark.parametrize(("command", "path"), [*_commands(get_command(app))])
def test_every_command_explains_itself(command: Any, path: tuple[str, ...]) -> None:  # noqa: ANN401 - same
    """Its help has an example of itself and says how it ends."""
    assert f"footfall {' '.join(path)}" in command.epilog
    assert "Exit status: 0 done" in command.epilog
    assert command.help


def test_keys_are_made_listed_and_revoked(cluster: str) -> None:
    """A key opens what it was made for until it is revoked."""
    made = footfall("keys", "create", "--api", "tinytrail", "--role", "user", "--json", DATABASE_URL=cluster)
    assert (made.returncode, made.stderr) == (0, "")
    key = json.loads(made.stdout)["key"]
    with psycopg.connect(cluster) as connection:
        assert keys.find(connection, Api.TINYTRAIL, key) is not None
    (listed,) = json.loads(footfall("keys", "list", "--json", DATABASE_URL=cluster).stdout)
    assert (listed["api"], listed["role"], listed["account"], listed["revoked"]) == (
        "tinytrail",
        "user",
        "default",
        None,
    )
    assert key not in str(listed)
    revoked = footfall("keys", "revoke", listed["id"], DATABASE_URL=cluster)
    assert revoked.returncode == 0
    with psycopg.connect(cluster) as connection:
        assert keys.find(connection, Api.TINYTRAIL, key) is None
    again = footfall("keys", "revoke", listed["id"], DATABASE_URL=cluster)
    assert (again.returncode, "footfall keys list" in again.stderr) == (1, True)


def test_sites_are_made_and_listed(cluster: str) -> None:
    """A domain is a site once per account."""
    made = json.loads(footfall("sites", "create", "Example.com", "--json", DATABASE_URL=cluster).stdout)
    assert made["domain"] == "example.com"
    assert footfall("sites", "create", "example.com", DATABASE_URL=cluster).returncode == 1
    (listed,) = json.loads(footfall("sites", "list", "--json", DATABASE_URL=cluster).stdout)
    assert (listed["id"], listed["domain"]) == (made["id"], "example.com")


def test_tags_of_a_site(cluster: str) -> None:
    """Shown when it is made, beside its id, and whenever somebody asks; they follow its settings."""
    made = footfall("sites", "create", "example.com", DATABASE_URL=cluster)
    tag = snippet(made.stdout.strip(), "http://127.0.0.1:8000").plain
    assert tag in made.stderr
    footfall("sites", "set", "example.com", "honour_gpc=false", DATABASE_URL=cluster)
    asked = ("sites", "snippet", "example.com", "--extra", "vitals", "--extra", "forms", "--json")
    public = "https://stats.example.com"
    shown = json.loads(footfall(*asked, DATABASE_URL=cluster, FOOTFALL_PUBLIC_URL=public).stdout)
    extras = [Extra.FORMS, Extra.VITALS]
    assert shown == snippet(made.stdout.strip(), public, extras, honour_gpc=False)._asdict()


def test_settings_of_a_site_are_shown_and_set(cluster: str) -> None:
    """By its domain; what is wrong changes nothing."""
    footfall("sites", "create", "example.com", DATABASE_URL=cluster)
    given = ("excluded_paths=/admin/*,/drafts/*", "honour_dnt=false", "time_zone=Asia/Kathmandu")
    changed = footfall("sites", "set", "example.com", *given, "--json", DATABASE_URL=cluster)
    assert (changed.returncode, changed.stderr) == (0, "")
    shown = {row["setting"]: row["value"] for row in json.loads(changed.stdout)}
    assert set(shown) == set(SETTINGS)
    assert shown["excluded_paths"] == ["/admin/*", "/drafts/*"]
    assert (shown["honour_gpc"], shown["honour_dnt"], shown["time_zone"]) == (True, False, "Asia/Kathmandu")
    wrong = footfall("sites", "set", "example.com", "honour_gpc=false", "time_zone=Nepal", DATABASE_URL=cluster)
    assert (wrong.returncode, "time_zone must be" in wrong.stderr) == (2, True)
    again = footfall("sites", "show", "example.com", "--json", DATABASE_URL=cluster)
    assert again.stdout == changed.stdout
    assert "Asia/Kathmandu" in footfall("sites", "show", "example.com", DATABASE_URL=cluster).stdout


def test_drops_of_a_site_are_shown(cluster: str) -> None:
    """With what each reason means, as far back as is asked."""
    footfall("sites", "create", "example.com", DATABASE_URL=cluster)
    with psycopg.connect(cluster) as connection:
        connection.execute(
            "INSERT INTO drops SELECT id, (now() AT TIME ZONE 'UTC')::date - days, 'gpc', 1 + days"
            " FROM sites, unnest(ARRAY[0, 6, 7]) AS days"
        )
    for given, counts in (([], [7, 1]), (["--days", "1"], [1]), (["--days", "8"], [8, 7, 1])):
        shown = footfall("sites", "drops", "example.com", *given, "--json", DATABASE_URL=cluster)
        rows = json.loads(shown.stdout)
        assert counts == [row["count"] for row in rows]
        assert {(row["reason"], row["meaning"]) for row in rows} == {("gpc", MEANINGS[DropReason("gpc")])}


def test_a_site_is_deleted(cluster: str) -> None:
    """Only after a yes, and only one that is there."""
    made = json.loads(footfall("sites", "create", "example.com", "--json", DATABASE_URL=cluster).stdout)
    asked = footfall("sites", "delete", made["id"], DATABASE_URL=cluster)
    assert (asked.returncode, "Delete example.com" in asked.stdout + asked.stderr) == (1, True)
    assert "example.com" in footfall("sites", "list", DATABASE_URL=cluster).stdout
    deleted = footfall("sites", "delete", made["id"], "--yes", DATABASE_URL=cluster)
    assert (deleted.returncode, deleted.stdout) == (0, "deleted example.com\n")
    assert "example.com" not in footfall("sites", "list", DATABASE_URL=cluster).stdout
    again = footfall("sites", "delete", made["id"], "--yes", DATABASE_URL=cluster)
    assert (again.returncode, "footfall sites list" in again.stderr) == (1, True)


def test_the_secret_of_the_keys_is_rotated(cluster: str) -> None:
    """One command encrypts all keys anew: with a new secret, then with one of the operator's; a lost one is told."""
    create = ("keys", "create", "--api", "tinytrail", "--role", "user")
    made = {footfall(*create, DATABASE_URL=cluster).stdout.strip() for _ in range(2)}
    secret = "s" * 40

    def shown(vault: KeyVault) -> set[str]:
        with psycopg.connect(cluster) as connection:
            ciphers = connection.execute("SELECT key_cipher FROM api_keys").fetchall()
            return {(vault.decrypt(connection, cipher) or b"").decode() for (cipher,) in ciphers}

    assert made == shown(KeyVault())
    for environment in ({}, {"FOOTFALL_SECRET_KEY": secret}):
        rotated = footfall("keys", "rotate-secret", DATABASE_URL=cluster, **environment)
        assert (rotated.returncode, rotated.stdout) == (0, "encrypted 2 keys anew\n")
    assert made == shown(KeyVault(given=[derive(secret)]))
    assert shown(KeyVault()) == {""}
    lost = footfall("keys", "rotate-secret", DATABASE_URL=cluster)
    assert (lost.returncode, "FOOTFALL_SECRET_KEY" in lost.stdout) == (4, True)


@pytest.mark.parametrize(
    ("arguments", "environment", "status", "said"),
    [
        (["settings", "--json"], {"FOOTFALL_PORT": "81"}, 0, '"FOOTFALL_PORT", "value": 81'),
        (["settings"], {"FOOTFALL_PROT": "81"}, 2, "did you mean FOOTFALL_PORT?"),
        (["keys", "create", "--api", "tinytrail"], {}, 2, "--role"),
        (["keys", "create", "--api", "nothing", "--role", "user"], {}, 2, "nothing"),
        (["keys", "create", "--api", "tinytrail", "--role", "user", "--account", " "], {}, 2, "--account NAME"),
        (["settings"], {"FOOTFALL_SECRET_KEY": "short"}, 2, "openssl rand -base64 32"),
        (["settings", "--json"], {"FOOTFALL_SECRET_KEY": "geheim" * 6}, 0, "FOOTFALL_SECRET_KEY"),
        (["sites", "delete", "x"], {}, 2, "x"),
        (["keys", "list", "--data", "/nonexistent"], {}, 1, "no installation in /nonexistent"),
        (["keys", "list"], {"DATABASE_URL": "postgresql://me:geheim@localhost:1/x"}, 3, "localhost:1 does not answer"),
        (["sites", "create", "not a domain"], {}, 2, "domain must be"),
        (["topics", "create"], {}, 2, "KAFKA_BOOTSTRAP_SERVERS"),
    ],
)
def test_how_commands_end(arguments: list[str], environment: dict[str, str], status: int, said: str) -> None:
    """The documented exit status, and a message that says what to do, without a traceback or a password."""
    ended = footfall(*arguments, **environment)
    assert status == ended.returncode
    assert said in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert "geheim" not in ended.stdout + ended.stderr


def test_migrate_applies_and_then_has_nothing_to_do(empty_postgres_database: str) -> None:
    """The first run names what it applied, the second says that all is there."""
    first = footfall("migrate", DATABASE_URL=empty_postgres_database)
    assert (first.returncode, "0001_accounts_and_sites" in first.stdout) == (0, True)
    second = footfall("migrate", DATABASE_URL=empty_postgres_database)
    assert (second.returncode, second.stdout) == (0, "the database is up to date\n")


def test_it_is_a_program() -> None:
    """The script that an installation has on its path is these commands."""
    ended = subprocess.run(
        [Path(sys.executable).with_name("footfall"), "--version"], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"footfall {version('footfall')}\n"
