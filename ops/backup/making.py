"""Backups are made: the tables of one moment and the archive's files that were current then, in a folder of their own.

The folder has its name only when it is whole. Files of the archive that an earlier backup beside it has are linked, not
copied again: they never change.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from core.errors import FootfallError, InvalidInput
from ops.backup.filing import current_files
from storage import key_vault
from storage.backup import database, files, manifest
from storage.backup.manifest import Damaged, Manifest, StoredFile, StoredMigration
from storage.backup.tables import KEPT, PRIVATE, TRANSIENT
from storage.snapshots import snapshot
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from core.clock import Clock
    from ops.backup.progress import Progress
    from storage.archive.manifest import ArchiveFile
    from storage.archive.store import ArchiveStore
    from storage.key_vault import KeyVault

_log = logging.getLogger(__name__)

NAME: Final = "footfall-"
ARCHIVE: Final = "archive"
_MAKING: Final = ".making-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The installation that a backup is of."""

    dsn: str  #: of its database, migrated and answering
    archive: ArchiveStore | None
    kind: Literal["node", "cluster"]
    vault: KeyVault


class Made(NamedTuple):
    """A backup that was made."""

    folder: Path
    manifest: Manifest
    linked: int  # files of the archive that an earlier backup had
    removed: list[Path]  # earlier backups


def make(  # noqa: PLR0913 - what is wanted of it
    source: Source, folder: Path, *, clock: Clock, with_secret: bool, keep: int | None, progress: Progress
) -> Made:
    """Make a backup in a folder of its own within `folder`, and remove earlier ones beyond `keep`.

    The installation may be at work meanwhile.

    Raises:
        Unavailable: the database or the archive does not answer.
        FootfallError: `folder` cannot be used, or a file of the archive is not what its manifest says. Nothing is left
            of the backup.
    """
    with _alone(folder):
        now = clock.now_ms()
        name = f"{NAME}{instant(now):%Y%m%dT%H%M%SZ}"
        making = folder / f"{_MAKING}{name}"
        earlier = found(folder)
        if folder / name in earlier:
            raise FootfallError(f"{folder / name} was made in this very second")
        try:
            for part in (making, making / files.FOLDER, making / ARCHIVE):
                part.mkdir(mode=0o700)
            with database.held_still(source.dsn):
                made = _Making(source, making, earlier[-1] if earlier else None, progress)
                whole = made.run(now, with_secret=with_secret)
            manifest.write(making, whole)
            for directory, _, _ in os.walk(making):
                _sync(directory)
            making.rename(folder / name)
            _sync(folder)
        except OSError as error:
            raise FootfallError(f"the backup cannot be written to {making}: {error.strerror or error}") from error
        finally:
            shutil.rmtree(making, ignore_errors=True)
        removed = [] if keep is None else found(folder)[:-keep]
        for old in removed:
            gone = old.rename(folder / f"{_MAKING}{old.name}")  # half of a backup must not look like a whole one
            shutil.rmtree(gone, ignore_errors=True)
        return Made(folder / name, whole, made.linked, removed)


def found(folder: Path) -> list[Path]:
    """Return the backups in a folder, oldest first."""
    return sorted(path for path in folder.glob(f"{NAME}*Z") if (path / manifest.FILE).exists())


class _Making:
    def __init__(self, source: Source, folder: Path, earlier: Path | None, progress: Progress) -> None:
        self._source = source
        self._folder = folder
        self._progress = progress
        self._earlier = earlier
        self._has = _archive_of(earlier)
        self.linked = 0

    def run(self, now: int, *, with_secret: bool) -> Manifest:
        with database.connect(self._source.dsn) as connection, snapshot(connection):
            migrations = tuple(StoredMigration(**row._asdict()) for row in database.applied(connection))
            columns = database.columns(connection)
            _tell_unknown(columns)
            tables = []
            for done, table in enumerate(KEPT):
                self._progress("tables", done, len(KEPT))
                tables.append(files.dump(connection, table, columns[table.name], self._folder))
            self._progress("tables", len(KEPT), len(KEPT))
            wanted = current_files(connection)
            sequences = database.sequences(connection)
            secret = self._source.vault.made(connection) if with_secret else b""
        stored = []
        for done, file in enumerate(wanted):
            self._progress("files", done, len(wanted))
            stored.append(self._copy(file))
        self._progress("files", len(wanted), len(wanted))
        if secret:
            manifest.put(self._folder / key_vault.FILE, secret)
        return Manifest(
            format=manifest.FORMAT,
            made_at=now,
            footfall=version("footfall"),
            kind=self._source.kind,
            migrations=migrations,
            tables=tuple(tables),
            sequences=sequences,
            archive=tuple(stored),
            secret=manifest.stored(self._folder, key_vault.FILE) if secret else None,
        )

    def _copy(self, file: ArchiveFile) -> StoredFile:
        if self._source.archive is None:
            raise InvalidInput("the archive has files, but ARCHIVE_URL does not say where: set it")
        expected = StoredFile(path=f"{ARCHIVE}/{file.name}", size=file.size, sha256=file.sha256.hex())
        target = self._folder / expected.path
        target.parent.mkdir(mode=0o700, exist_ok=True)
        if self._link(expected):
            self.linked += 1
            return expected
        with target.open("xb") as copy:
            for block in self._source.archive.read(str(file.name)):
                copy.write(block)
            copy.flush()
            os.fsync(copy.fileno())
        if manifest.stored(self._folder, expected.path) != expected:
            raise FootfallError(
                f"{file.name} in the archive is not what was written: `footfall archive verify` tells more,"
                " `footfall archive rebuild` mends what has rows"
            )
        return expected

    def _link(self, file: StoredFile) -> bool:
        """Whether the earlier backup has the file, whole, and the file system can give it a second name."""
        if self._earlier is None or self._has.get(file.path) != file:
            return False
        try:
            manifest.check(self._earlier, file)
            os.link(self._earlier / file.path, self._folder / file.path)
        except (Damaged, OSError):
            return False
        return True


def _archive_of(backup: Path | None) -> dict[str, StoredFile]:
    if backup is None:
        return {}
    try:
        return {file.path: file for file in manifest.read(backup).archive}
    except Damaged:
        return {}


def _tell_unknown(tables: Iterable[str]) -> None:
    unknown = set(tables) - {table.name for table in KEPT} - set(PRIVATE) - set(TRANSIENT)
    if unknown:
        _log.warning("Not Footfall's, and not in the backup: the tables %s", ", ".join(sorted(unknown)))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder, which is made if missing, and clear what a backup that was killed has left."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise FootfallError(f"{folder} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in folder.glob(f"{_MAKING}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    except BlockingIOError as error:
        raise FootfallError(f"another backup is being made in {folder}") from error
    finally:
        os.close(descriptor)


def _sync(folder: Path | str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
