"""A backup is made, read, and comes back: every row that belongs into it, every file, and the same reports."""

from __future__ import annotations

import shutil
from dataclasses import replace
from threading import Event as Flag
from typing import TYPE_CHECKING

import psycopg
import pytest

from core.errors import FootfallError
from core.spans import DAY, MINUTE
from ops.backup import restoring
from ops.backup.making import found
from ops.backup.progress import silent
from ops.settings import load
from storage import locks
from storage.archive.folder import Folder
from storage.backup import database, files, manifest
from storage.backup.database import NotEmpty
from storage.backup.manifest import Damaged
from storage.backup.tables import KEPT
from storage.key_vault import KeyVault
from storage.migrate import migrate
from storage.pool import open_pool
from tests.archives import FIRST, Stage
from tests.databases import fresh_database
from tests.ops.backup.answers import answers
from tests.ops.backup.conftest import TOPIC

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.ops.backup.conftest import Installation

#: Of these only some rows are in a backup, or other ones.
_PARTLY = {"import_jobs", "positions", "producers", "archive_files", "secrets", "api_keys"}
#: The last migration before roll_event was written anew.
_WIDE = 12

only_postgres = pytest.mark.parametrize("kind", ["postgres"], indirect=True)


def _restore(dsn: str, archive: Path, backup: restoring.Backup) -> list[str]:
    return restoring.to_cluster(load(DATABASE_URL=dsn, ARCHIVE_URL=str(archive)), backup, progress=silent)


def _rows(dsn: str, table: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return sorted(connection.execute(f"SELECT t::text FROM {table} AS t").fetchall())  # noqa: S608 - our own names


def _one(dsn: str, statement: str) -> object:
    with psycopg.connect(dsn) as connection:
        return connection.execute(statement.encode()).fetchone()


async def test_everything_comes_back(installed: Installation, empty: str, tmp_path: Path) -> None:
    """Rows, files and reports are the same; salts and whatever is private or of the moment are not there."""
    made = installed.backup(tmp_path / "backups", with_secret=True)
    backup = restoring.check(made.folder, progress=silent)
    told = _restore(empty, tmp_path / "restored", backup)
    assert ["FOOTFALL_TOPIC_GENERATION=4" in line for line in told] == [True]
    for table in {table.name for table in backup.manifest.tables} - _PARTLY:
        assert _rows(installed.dsn, table) == _rows(empty, table), table
    for table in ("salts", "page_sessions", "import_jobs"):
        assert _rows(empty, table) == []
    assert "(5,4,1," not in str(_rows(empty, "midnight_links"))
    assert [_one(empty, "SELECT log, next FROM positions JOIN producers USING (log)")] == [(TOPIC, 70)]
    with psycopg.connect(empty) as connection:
        ((cipher,),) = connection.execute("SELECT key_cipher FROM api_keys").fetchall()
        assert KeyVault().decrypt(connection, bytes(cipher)) == b"tt_key"
    for sequence in ("archive_versions", "mark_versions", "sites_id_seq"):
        assert _one(installed.dsn, f"SELECT nextval('{sequence}')") == _one(empty, f"SELECT nextval('{sequence}')")
    restored = Folder(tmp_path / "restored")
    assert len(made.manifest.archive) >= 6
    assert {f"archive/{file.name}" for file in restored.found()} == {file.path for file in made.manifest.archive}
    assert await answers(installed.dsn, installed.store, installed.clock) == await answers(
        empty, restored, installed.clock
    )


@only_postgres
def test_without_the_secret_keys_work_and_cannot_be_shown(installed: Installation, empty: str, tmp_path: Path) -> None:
    """The secret is nowhere in such a backup."""
    made = installed.backup(tmp_path / "backups")
    assert made.manifest.secret is None
    _restore(empty, tmp_path / "restored", restoring.check(made.folder, progress=silent))
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT name FROM secrets").fetchall() == [("bucket",)]
        ((known, cipher),) = connection.execute("SELECT key_hash, key_cipher FROM api_keys").fetchall()
        assert (known, KeyVault().decrypt(connection, bytes(cipher))) == (b"hash", None)


@only_postgres
def test_files_that_an_earlier_one_has_are_linked(installed: Installation, tmp_path: Path) -> None:
    """The archive takes its room once; a broken file is copied anew; beyond `keep` the oldest backups go."""
    folder = tmp_path / "backups"
    first = installed.backup(folder)
    files = len(first.manifest.archive)
    installed.clock.now += MINUTE
    second = installed.backup(folder)
    assert (0, files) == (first.linked, second.linked)
    broken = second.folder / second.manifest.archive[0].path
    content = broken.read_bytes()
    broken.unlink()
    broken.write_bytes(content[:-1] + b"?")
    (folder / ".making-footfall-killed").mkdir()
    installed.clock.now += MINUTE
    third = installed.backup(folder, keep=2)
    assert files - 1 == third.linked
    assert ([first.folder], [second.folder, third.folder]) == (third.removed, found(folder))
    assert {second.folder, third.folder} == {*folder.iterdir()}
    restoring.check(third.folder, progress=silent)


@only_postgres
def test_a_damaged_one_is_refused(installed: Installation, tmp_path: Path) -> None:
    """One other byte, or a missing file: the message names it."""
    made = installed.backup(tmp_path / "backups").folder
    damages: list[tuple[str, Callable[[Path], None]]] = [
        ("manifest.json", _flip),
        ("manifest.json", _remove),
        ("tables/events.copy.zst", _flip),
        ("tables/roll_site.copy.zst", _remove),
        (next(made.glob("archive/site=1/events-*")).relative_to(made).as_posix(), _flip),
        (next(made.glob("archive/site=1/sessions-*")).relative_to(made).as_posix(), _remove),
    ]
    for number, (name, damage) in enumerate(damages):
        copy = tmp_path / str(number)
        shutil.copytree(made, copy)
        damage(copy / name)
        with pytest.raises(Damaged, match=r"is not what was written|is missing|no backup") as refused:
            restoring.check(copy, progress=silent)
        assert name in str(refused.value)


@only_postgres
def test_what_is_there_is_never_overwritten(installed: Installation, empty: str, tmp_path: Path) -> None:
    """Neither rows nor files; and a failed restore leaves neither."""
    backup = restoring.check(installed.backup(tmp_path / "backups").folder, progress=silent)
    with pytest.raises(NotEmpty, match="rows already, in accounts"):
        _restore(installed.dsn, tmp_path / "new", backup)
    with pytest.raises(NotEmpty, match="files already"):
        _restore(empty, tmp_path / "archive", backup)
    _remove(next(backup.folder.glob("archive/site=1/sessions-*")))
    with pytest.raises(OSError, match="sessions-"):
        _restore(empty, tmp_path / "new", backup)
    assert [*Folder(tmp_path / "new").found()] == []
    with database.connect(empty) as connection:
        database.require_empty(connection, ["accounts", "events", "archive_files"])


@only_postgres
def test_nothing_is_taken_away_meanwhile(installed: Installation) -> None:
    """The archivist leaves replaced files while a backup is made, and removes them after."""
    with open_pool(installed.dsn, size=3) as pool:
        stage = Stage(pool, installed.folder)
        stage.clock.now = installed.clock.now
        stage.job.roll_day(1, FIRST + 8 * DAY, force=True)
        stage.clock.now += 30 * MINUTE

        def left() -> bool:
            stage.clock.now += 11 * MINUTE
            stage.archivist.work(Flag())
            return len(_rows(installed.dsn, "(SELECT FROM archive_files WHERE replaced_at IS NOT NULL)")) > 0

        with database.held_still(installed.dsn):
            assert left()
        assert not left()


def test_what_was_held_is_free_at_once(postgres_database: str) -> None:
    """Whoever comes after a backup need not wait until the server has noticed that a connection was closed."""
    with psycopg.connect(postgres_database) as other:
        for _ in range(100):
            with database.held_still(postgres_database), other.transaction():
                assert not locks.no_backup(other)
            with other.transaction():
                assert locks.no_backup(other)


@only_postgres
def test_a_newer_one_is_refused(installed: Installation, empty: str, tmp_path: Path) -> None:
    """The message says what it is of and what to do."""
    made = installed.backup(tmp_path / "backups")
    later = manifest.StoredMigration(number=9_999, name="9999_later", checksum="x")
    known = replace(made.manifest, migrations=(*made.manifest.migrations, later))
    with pytest.raises(FootfallError, match="9999_later, which this version does not know: update"):
        _restore(empty, tmp_path / "new", restoring.Backup(folder=made.folder, manifest=known))


@only_postgres
def test_an_older_one_is_brought_up_to_date(empty: str, postgres_dsn: str, tmp_path: Path) -> None:
    """It is loaded where it was, before rollups were made narrow, and migrated from there."""
    with fresh_database(postgres_dsn) as dsn:
        migrate(dsn, through=_WIDE)
        with psycopg.connect(dsn) as connection:
            connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
            connection.execute("INSERT INTO sites (account_id, domain) SELECT id, 'old.example' FROM accounts")
            connection.execute("INSERT INTO roll_event VALUES (1, 1, 0, '2026-10-01', 'custom', 'buy', 7, 5, 3)")
        backup = _of_old(dsn, tmp_path / "old")
    _restore(empty, tmp_path / "new", restoring.check(backup, progress=silent))
    assert _one(empty, "SELECT site, type, name, count, s1, d1 FROM roll_event") == (1, "custom", "buy", 7, 5, 3)
    assert _one(empty, "SELECT domain, public FROM sites") == ("old.example", False)
    assert migrate(empty) == []


def _of_old(dsn: str, folder: Path) -> Path:
    (folder / files.FOLDER).mkdir(parents=True)
    with database.connect(dsn) as connection:
        columns = database.columns(connection)
        known = manifest.Manifest(
            format=manifest.FORMAT,
            made_at=FIRST,
            footfall="0.0.1",
            kind="node",
            migrations=tuple(manifest.StoredMigration(**row._asdict()) for row in database.applied(connection)),
            tables=tuple(
                files.dump(connection, table, columns[table.name], folder) for table in KEPT if table.name in columns
            ),
            sequences=database.sequences(connection),
            archive=(),
            secret=None,
        )
    manifest.write(folder, known)
    return folder


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _remove(file: Path) -> None:
    file.unlink()
