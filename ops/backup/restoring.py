"""Backups come back: into an empty database and an empty archive, and from there on to today's schema."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import FootfallError
from core.spans import DAY
from ops import archives, installation
from ops.archivist import LOCAL_LOG
from ops.backup import log_positions
from ops.backup.filing import BLOCK, filing
from ops.backup.making import ARCHIVE
from storage import key_vault, links, positions
from storage.backup import database, files, manifest
from storage.backup.database import NotEmpty
from storage.embedded import EmbeddedPostgres
from storage.key_vault import KeyVault
from storage.migrate import SchemaMismatch, migrate, migrations
from storage.postgres_versions import FOLDER
from storage.times import instant

if TYPE_CHECKING:
    from pathlib import Path

    from psycopg import Connection

    from core.clock import Clock
    from ops.backup.progress import Progress
    from ops.settings import Settings
    from storage.archive.store import ArchiveStore
    from storage.backup.manifest import Manifest

#: Where a single node is made until it is whole, in its data folder.
_MAKING: Final = "restoring"
#: What of the data folder makes an installation; the database last, for it says that there is one.
_PARTS: Final = (archives.FOLDER, key_vault.FILE, FOLDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was found whole, and that this version understands."""

    folder: Path
    manifest: Manifest


def check(folder: Path, *, progress: Progress) -> Backup:
    """Read a whole backup and hold every file to its checksum.

    Raises:
        Damaged: a file is missing, or not what was written; the message names it.
    """
    known = manifest.read(folder)
    for done, file in enumerate(known.files):
        progress("files", done, len(known.files))
        manifest.check(folder, file)
    progress("files", len(known.files), len(known.files))
    return Backup(folder=folder, manifest=known)


def to_node(  # noqa: PLR0913 - what is wanted of it
    settings: Settings, data: Path, backup: Backup, *, replace: bool, clock: Clock, progress: Progress
) -> None:
    """Restore a single node into its data folder.

    Args:
        settings: the environment's.
        data: the folder; it may be there, but has no installation.
        backup: what `check` returned.
        replace: put the installation that is there aside, within the folder.
        clock: names what was put aside.
        progress: is told.

    Raises:
        AlreadyRunning: a server or a command uses the folder.
        NotEmpty: there is an installation.
        FootfallError: the backup does not fit this version.
    """
    _require_known(backup.manifest)
    with installation.hold(data):
        there = [part for part in _PARTS if _is_there(data / part)]
        if there and not replace:
            raise NotEmpty(
                f"{data} has an installation already ({', '.join(there)}): restore into another folder, or give"
                " --replace, which puts it aside"
            )
        making = data / _MAKING
        shutil.rmtree(making, ignore_errors=True)
        try:
            _make_node(settings, making, backup, progress)
            if there:
                aside = data / f"replaced-{instant(clock.now_ms()):%Y%m%dT%H%M%SZ}"
                aside.mkdir(mode=0o700)
                for part in reversed(there):
                    (data / part).rename(aside / part)
            for part in _PARTS:
                if (making / part).exists():
                    (making / part).rename(data / part)
        finally:
            shutil.rmtree(making, ignore_errors=True)


def _make_node(settings: Settings, folder: Path, backup: Backup, progress: Progress) -> None:
    server = EmbeddedPostgres(folder)
    try:
        dsn = server.start()
        _load(dsn, backup, archives.archive_of_node(settings, folder), vault=None, progress=progress)
    finally:
        server.stop()
    if backup.manifest.secret is not None:
        shutil.copy2(backup.folder / backup.manifest.secret.path, folder / key_vault.FILE)


def to_cluster(settings: Settings, backup: Backup, *, progress: Progress) -> list[str]:
    """Restore a cluster into the database and the archive that the settings name. No process of it may run.

    Returns:
        What to tell of the log; see `log_positions`.

    Raises:
        NotEmpty: the database or the archive has something.
        InvalidInput: there are files, and ARCHIVE_URL is not set.
        FootfallError: the backup does not fit this version, or the database has been migrated further.
    """
    _require_known(backup.manifest)
    _load(
        settings.database_url,
        backup,
        archives.archive_of_cluster(settings),
        vault=installation.vault(settings, data=None),
        progress=progress,
    )
    return log_positions.settle(settings)


def _load(
    dsn: str, backup: Backup, archive: ArchiveStore | None, *, vault: KeyVault | None, progress: Progress
) -> None:
    """`vault` is a cluster's; a single node has none in the database."""
    known = backup.manifest
    level = known.migrations[-1].number
    migrate(dsn, through=level)
    with filing(archive) as files_in, database.connect(dsn) as connection, connection.transaction():
        if database.applied(connection)[-1].number > level:
            raise NotEmpty(
                f"the database has been migrated further than {known.migrations[-1].name}, where the backup is: give"
                " one that was never migrated"
            )
        _load_tables(connection, backup, progress)
        if vault is None:
            positions.forget_others(connection, LOCAL_LOG)
        else:
            positions.forget_local(connection, LOCAL_LOG)
        links.find_again(connection, since=known.made_at - DAY)
        if vault is not None and known.secret is not None:
            vault.adopt(connection, KeyVault(given=vault.given, file=backup.folder / known.secret.path))
        for done, file in enumerate(known.archive):
            progress("files", done, len(known.archive))
            with (backup.folder / file.path).open("rb") as content:
                blocks = iter(lambda: content.read(BLOCK), b"")
                files_in.put(file.path.removeprefix(f"{ARCHIVE}/"), blocks, sha256=bytes.fromhex(file.sha256))
        progress("files", len(known.archive), len(known.archive))
    migrate(dsn)
    with database.connect(dsn) as connection:
        database.analyze(connection)


def _load_tables(connection: Connection, backup: Backup, progress: Progress) -> None:
    tables = backup.manifest.tables
    database.require_empty(connection, [table.name for table in tables if not table.seeded])
    database.clear(connection, [table.name for table in tables if table.seeded])
    for done, table in enumerate(tables):
        progress("tables", done, len(tables))
        files.load(connection, table, backup.folder)
    progress("tables", len(tables), len(tables))
    database.set_sequences(connection, backup.manifest.sequences)


def _require_known(backup: Manifest) -> None:
    known = {migration.number: migration for migration in migrations()}
    for migration in backup.migrations:
        if migration.number not in known:
            raise FootfallError(
                f"the backup was made by Footfall {backup.footfall}, with migration {migration.name}, which this"
                " version does not know: update Footfall first"
            )
        if known[migration.number].checksum != migration.checksum:
            raise SchemaMismatch(
                f"the backup has another {migration.name} than this version: it is not of a released Footfall"
            )


def _is_there(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists()
