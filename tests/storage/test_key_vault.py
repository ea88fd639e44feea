"""Keys that are shown again, with the secret in the database, in a file, or given."""

from __future__ import annotations

import os
import stat
from functools import partial
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import psycopg
import pytest

from core.accounts import Api, Role
from core.errors import FootfallError
from storage import keys
from storage.key_vault import KeyVault, Rotated, derive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD, NEW = derive("o" * 32), derive("n" * 32)


@pytest.fixture
def connection(postgres_database: str) -> Iterator[psycopg.Connection]:
    """A connection to a migrated database, each statement its own transaction."""
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        yield connection


@pytest.fixture(params=["database", "file"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """Where made secrets are."""
    return tmp_path / "secret.key" if request.param == "file" else None


def make(connection: psycopg.Connection, vault: KeyVault) -> str:
    """A new key."""
    with connection.transaction():
        encrypt = partial(vault.encrypt, connection)
        return keys.create(connection, Api.TINYTRAIL, Role.USER, "Acme", encrypt=encrypt)


def shown(connection: psycopg.Connection, vault: KeyVault) -> set[str | None]:
    """What all keys are shown as."""
    ciphers = connection.execute("SELECT key_cipher FROM api_keys").fetchall()
    found = [vault.decrypt(connection, cipher) for (cipher,) in ciphers]
    return {None if key is None else key.decode() for key in found}


def test_a_secret_is_made_once(connection: psycopg.Connection, file: Path | None) -> None:
    """The first key makes the secret, every process finds it, and nothing stored is the key."""
    first, second = make(connection, KeyVault(file=file)), make(connection, KeyVault(file=file))
    assert shown(connection, KeyVault(file=file)) == {first, second}
    row = connection.execute("SELECT string_agg(key_cipher, '') FROM api_keys").fetchone()
    assert row is not None
    assert first.encode() not in row[0]


def test_secrets_that_are_made_at_once(connection: psycopg.Connection, postgres_database: str, tmp_path: Path) -> None:
    """Of processes that start together one makes the secret, and all keys can be shown."""
    vault, together, made = KeyVault(file=tmp_path / "secret.key"), Barrier(4), []

    def start() -> None:
        with psycopg.connect(postgres_database, autocommit=True) as own:
            together.wait(timeout=30)
            made.append(make(own, vault))

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(made) == 4
    assert shown(connection, vault) == set(made)


def test_the_file_is_private(connection: psycopg.Connection, tmp_path: Path) -> None:
    """Only its owner reads it, after a rotation too; nothing is left beside it."""
    file = tmp_path / "secret.key"
    make(connection, KeyVault(file=file))
    before = file.read_text()
    KeyVault(file=file).rotate(connection)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() != before
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_file_belongs_to_whom_the_folder_belongs(connection: psycopg.Connection, tmp_path: Path) -> None:
    """A command of root's takes it away from nobody."""
    os.chown(tmp_path, 4_711, 4_712)
    vault = KeyVault(file=tmp_path / "secret.key")
    make(connection, vault)
    for _ in range(2):
        found = (tmp_path / "secret.key").stat()
        assert (found.st_uid, found.st_gid) == (4_711, 4_712)
        vault.rotate(connection)


def test_a_made_secret_is_rotated(connection: psycopg.Connection, file: Path | None) -> None:
    """All keys are encrypted anew and shown as before; the old secret shows nothing any more."""
    vault = KeyVault(file=file)
    made = {make(connection, vault) for _ in range(3)}
    before = connection.execute("SELECT array_agg(key_cipher ORDER BY id) FROM api_keys").fetchone()
    assert vault.rotate(connection) == Rotated(keys=3, unreadable=0)
    after = connection.execute("SELECT array_agg(key_cipher ORDER BY id) FROM api_keys").fetchone()
    assert before != after
    assert shown(connection, vault) == made
    assert file is None or len(file.read_text().split()) == 1


def test_a_given_secret_is_rotated(connection: psycopg.Connection, file: Path | None) -> None:
    """From one that was made to one that is given, and on to another: afterwards the newest alone is needed."""
    made = {make(connection, KeyVault(file=file))}
    old = KeyVault(file=file, given=[OLD])
    made.add(make(connection, old))
    assert shown(connection, old) == made
    assert old.rotate(connection) == Rotated(keys=2, unreadable=0)
    assert shown(connection, KeyVault(file=file)) == {None}
    assert KeyVault(file=file, given=[NEW, OLD]).rotate(connection) == Rotated(keys=2, unreadable=0)
    assert shown(connection, KeyVault(file=file, given=[NEW])) == made
    assert KeyVault(file=file).rotate(connection) == Rotated(keys=0, unreadable=2)
    assert shown(connection, KeyVault(file=file, given=[NEW])) == made


def test_a_rotation_is_whole_or_nothing(
    connection: psycopg.Connection, file: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that breaks in the middle leaves every key as it can be shown, and the next one succeeds."""
    vault = KeyVault(file=file)
    made = {make(connection, vault) for _ in range(3)}
    execute, seen = psycopg.Connection.execute, []

    def breaking(self: psycopg.Connection, query: str, *given: object) -> psycopg.Cursor:
        if str(query).endswith("WHERE id = %(id)s\n") and "key_cipher" in str(query):
            seen.append(query)
            if len(seen) == 2:
                raise psycopg.OperationalError("the server is gone")
        return execute(self, query, *given)  # type: ignore[call-overload, no-any-return]  # as it was called

    monkeypatch.setattr(psycopg.Connection, "execute", breaking)
    with pytest.raises(psycopg.OperationalError):
        vault.rotate(connection)
    monkeypatch.undo()
    assert shown(connection, vault) == made
    made.add(make(connection, vault))
    assert vault.rotate(connection) == Rotated(keys=4, unreadable=0)
    assert shown(connection, vault) == made


def test_a_key_that_is_made_during_a_rotation(
    connection: psycopg.Connection, postgres_database: str, file: Path | None
) -> None:
    """A rotation waits for those who encrypt with the old secret, so their keys are encrypted anew too."""
    vault = KeyVault(file=file)
    made = {make(connection, vault)}
    with psycopg.connect(postgres_database) as other:
        encrypt = partial(vault.encrypt, other)
        made.add(keys.create(other, Api.TINYTRAIL, Role.USER, "Other", encrypt=encrypt))
        rotated: list[Rotated] = []
        thread = Thread(target=lambda: rotated.append(vault.rotate(connection)))
        thread.start()
        thread.join(timeout=0.3)
        assert rotated == []
        other.commit()
    thread.join(timeout=30)
    assert rotated == [Rotated(keys=2, unreadable=0)]
    assert shown(connection, vault) == made


def test_nothing_to_show(connection: psycopg.Connection, file: Path | None) -> None:
    """Without a secret, or with nothing kept, there is no key, and asking makes none."""
    vault = KeyVault(file=file)
    assert vault.decrypt(connection, b"") is None
    assert vault.decrypt(connection, b"gAAAA") is None
    assert file is None or not file.exists()


def test_a_file_that_is_no_file_of_secrets(connection: psycopg.Connection, tmp_path: Path) -> None:
    """What cannot be read is named, not replaced."""
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(FootfallError, match=r"secret\.key"):
        make(connection, KeyVault(file=tmp_path / "secret.key"))


def test_secrets_of_webhooks_are_rotated(connection: psycopg.Connection, file: Path | None) -> None:
    """Those of recipients, and those that a message has of its own."""
    vault = KeyVault(file=file)
    with connection.transaction():
        cipher = vault.encrypt(connection, b"shared")
        connection.execute(
            "INSERT INTO recipients (site, channel, address, kinds, secret_cipher) VALUES (1, 'webhook', '', '{}', %s)",
            [cipher],
        )
        connection.execute(
            "INSERT INTO messages (site, kind, channel, address, secret_cipher, title, text, data)"
            " VALUES (1, 'alert', 'webhook', '', %s, '', '', '{}')",
            [cipher],
        )
    assert Rotated(keys=2, unreadable=0) == vault.rotate(connection)
    found = connection.execute("SELECT secret_cipher FROM recipients UNION ALL SELECT secret_cipher FROM messages")
    assert [vault.decrypt(connection, bytes(each)) for (each,) in found] == [b"shared", b"shared"]
    assert vault.decrypt(connection, cipher) is None
