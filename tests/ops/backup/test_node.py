"""A single node as its commands see it: restored, backed up while it runs, grown into a cluster, and upgraded."""

from __future__ import annotations

import asyncio
import secrets
import signal
from typing import TYPE_CHECKING
from unittest.mock import patch

import psycopg
import pytest

from core.errors import FootfallError
from ops import installation, postgres_upgrade
from ops.backup import restoring
from ops.backup.progress import silent
from ops.settings import load
from storage.archive.folder import Folder
from storage.embedded import EmbeddedPostgres
from storage.key_vault import KeyVault
from storage.postgres_versions import FOLDER, MAJOR, major_of
from streams.kafka.topics import admin_client, name_of
from tests.commands import footfall
from tests.databases import fresh_database
from tests.ops.backup.answers import answers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.ops.backup.conftest import Installation

_OLD = 16

pytestmark = pytest.mark.parametrize("kind", ["postgres"], indirect=True)


def _footfall(*arguments: str | Path, status: int = 0, env: Mapping[str, str] | None = None) -> str:
    """What the command prints; that it ends so."""
    done = footfall(*map(str, arguments), **(env or {}))
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def _asked(dsn: str, archive: Path, installed: Installation) -> list[object]:
    return asyncio.run(answers(dsn, Folder(archive), installed.clock))


@pytest.fixture
def empty_cluster(timescale_dsn: str, kafka_bootstrap: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a cluster of which nothing is there yet."""
    generation = secrets.randbelow(1 << 30) + 1_000
    with fresh_database(timescale_dsn) as dsn:
        yield {
            "DATABASE_URL": dsn,
            "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap,
            "ARCHIVE_URL": str(tmp_path / "shared"),
            "FOOTFALL_TOPIC_GENERATION": str(generation),
            "FOOTFALL_PARTITIONS": "2",
        }
    with admin_client(kafka_bootstrap) as admin:
        admin.delete_topics([name_of(generation)])


@pytest.mark.timescale
@pytest.mark.kafka
@pytest.mark.timeout(600)
def test_a_node_is_restored_backed_up_and_grows(
    installed: Installation, empty_cluster: dict[str, str], tmp_path: Path
) -> None:
    """Every step gives the same reports; what runs, or is there already, is left alone."""
    expected = _asked(installed.dsn, installed.folder, installed)
    made = installed.backup(tmp_path / "backups", with_secret=True).folder
    data = tmp_path / "node"
    assert "of a cluster, by Footfall" in _footfall("restore", made, "--data", data)
    assert "--replace" in _footfall("restore", made, "--data", data, status=1)
    archive = Folder(data / "archive")
    with installation.database(load(), data=data) as dsn:
        assert expected == _asked(dsn, data / "archive", installed)
        with psycopg.connect(dsn) as connection:
            ((cipher,),) = connection.execute("SELECT key_cipher FROM api_keys").fetchall()
            assert KeyVault(file=data / "secret.key").decrypt(connection, bytes(cipher)) == b"tt_key"
        assert "files of the archive" in _footfall("backup", tmp_path / "again", "--with-secret", "--data", data)
        assert "already runs" in _footfall("grow", "--data", data, status=1, env=empty_cluster)
    (again,) = (tmp_path / "again").iterdir()
    assert "of a node, by Footfall" in _footfall("backup", "verify", again)
    _footfall("restore", again, "--data", data, "--replace")
    (aside,) = data.glob("replaced-*")
    assert sorted(path.name for path in aside.iterdir()) == ["archive", "postgres", "secret.key"]
    with installation.database(load(), data=data) as dsn:
        assert expected == _asked(dsn, data / "archive", installed)
        with psycopg.connect(dsn) as connection:
            connection.execute("INSERT INTO salts VALUES (now(), sha256('salt'))")
    before = _files_of(archive)
    told = _footfall("grow", "--data", data, env=empty_cluster)
    assert ("the reports of 1 sites agree" in told, "1 API keys can be shown" in told) == (True, True)
    assert before == _files_of(archive)
    assert "rows already" in _footfall("grow", "--data", data, status=1, env=empty_cluster | {"ARCHIVE_URL": ""})
    dsn = empty_cluster["DATABASE_URL"]
    assert expected == _asked(dsn, tmp_path / "shared", installed)
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT count(*) FROM salts WHERE salt = sha256('salt')").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM positions WHERE log = 'local'").fetchone() == (0,)
        ((cipher,),) = connection.execute("SELECT key_cipher FROM api_keys").fetchall()
        assert KeyVault().decrypt(connection, bytes(cipher)) == b"tt_key"


@pytest.mark.timeout(600)
def test_a_folder_of_an_older_postgresql_is_upgraded(installed: Installation, tmp_path: Path) -> None:
    """A start says which command to run; it keeps the reports, and the old database until it may go."""
    expected = _asked(installed.dsn, installed.folder, installed)
    backup = restoring.check(installed.backup(tmp_path / "backups").folder, progress=silent)
    data = tmp_path / "node"
    old = EmbeddedPostgres(data, major=_OLD)
    try:
        archive = str(data / "archive")
        restoring.to_cluster(load(DATABASE_URL=old.start(), ARCHIVE_URL=archive), backup, progress=silent)
    finally:
        old.stop()
    command = f"footfall postgres upgrade --data {data}"
    with patch.object(signal, "signal"):  # this process keeps its own ways to end
        assert command in _footfall("serve", "--data", data, "--port", "0", status=1)
    (data / "upgrading").mkdir()  # as if one had been killed, between the two steps of the swap
    (data / FOLDER).rename(data / f"{FOLDER}-{_OLD}")
    with pytest.raises(FootfallError, match="it was killed"):
        EmbeddedPostgres(data).start()
    assert f"PostgreSQL {_OLD} to {MAJOR}" in _footfall("postgres", "upgrade", "--data", data)
    assert (major_of(data), postgres_upgrade.upgrade(data, progress=silent)) == (MAJOR, None)
    with installation.database(load(), data=data) as dsn:
        assert expected == _asked(dsn, data / "archive", installed)
    assert (data / f"{FOLDER}-{_OLD}" / "PG_VERSION").read_text() == f"{_OLD}\n"
    assert [data / f"{FOLDER}-{_OLD}"] == postgres_upgrade.remove_old(data)
    assert not (data / f"{FOLDER}-{_OLD}").exists()


def _files_of(archive: Folder) -> set[str]:
    return {found.name for found in archive.found()}
