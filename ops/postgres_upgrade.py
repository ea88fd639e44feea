"""The database of a single node moves to a newer major version of PostgreSQL.

Rows are copied into a directory that the newer version makes, as for a cluster, and held to the old ones. PostgreSQL's
own `pg_upgrade` would keep what the older one chose for the directory, its order of text and its missing checksums. The
old directory is put aside as it was: it is the way back.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import FootfallError, NotFound
from ops import installation
from storage.backup import database, moving
from storage.backup.tables import MOVED
from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate
from storage.postgres_versions import FOLDER, MAJOR, major_of, put_aside
from storage.snapshots import snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from ops.backup.progress import Progress

#: Where the new directory is made, in the data folder.
_MAKING: Final = "upgrading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What was done."""

    old: int  #: major version
    new: int
    rows: dict[str, int]  #: by table
    aside: Path  #: the old directory


def upgrade(data: Path, *, progress: Progress) -> Upgraded | None:
    """Move the database to the version that serves; None if it is there already.

    An upgrade that was killed is begun again, whatever it had done.

    Raises:
        NotFound: there is no installation in the folder.
        AlreadyRunning: it runs.
        FootfallError: the disk has no room for a second copy, or other rows arrived. The old database serves as before.
    """
    with installation.hold(data):
        shutil.rmtree(data / _MAKING, ignore_errors=True)
        _put_back(data)
        old = major_of(data)
        if old is None:
            raise NotFound(f"there is no installation in {data}: give its folder by --data")
        if old == MAJOR:
            return None
        _require_room(data)
        rows = _copy(data, old, progress)
        aside = data / f"{FOLDER}-{old}"
        (data / FOLDER).rename(aside)
        (data / _MAKING / FOLDER).rename(data / FOLDER)
        shutil.rmtree(data / _MAKING)
    return Upgraded(old=old, new=MAJOR, rows=rows, aside=aside)


def remove_old(data: Path) -> list[Path]:
    """Remove the directories that upgrades have put aside, and return them.

    Raises:
        AlreadyRunning: a server or a command uses the folder.
        FootfallError: there is no other database.
    """
    with installation.hold(data):
        if major_of(data) != MAJOR:
            raise FootfallError(f"{data / FOLDER} is not there, or not of PostgreSQL {MAJOR}: nothing was removed")
        found = put_aside(data)
        for directory in found:
            shutil.rmtree(directory)
    return found


def _copy(data: Path, old: int, progress: Progress) -> dict[str, int]:
    names: list[str] = []

    def moved(name: str) -> None:
        names.append(name)
        progress("tables", len(names), len(MOVED))

    before, after = EmbeddedPostgres(data, major=old), EmbeddedPostgres(data / _MAKING)
    try:
        source_dsn, target_dsn = before.start(), after.start()
        with database.connect(source_dsn) as source, snapshot(source):
            migrate(target_dsn, through=database.applied(source)[-1].number)
            with database.connect(target_dsn) as target:
                with target.transaction():
                    rows = moving.move(source, target, MOVED, moved=moved)
                database.analyze(target)
    finally:
        after.stop()
        before.stop()
    return rows


def _put_back(data: Path) -> None:
    """Undo the first half of the swap, if an upgrade was killed between the two."""
    aside = put_aside(data)
    if aside and not (data / FOLDER).exists():
        aside[-1].rename(data / FOLDER)


def _require_room(data: Path) -> None:
    needed = sum(path.lstat().st_size for path in (data / FOLDER).rglob("*"))
    free = shutil.disk_usage(data).free
    if free < needed:
        raise FootfallError(
            f"the new database needs as much room as the old one, {needed >> 20} MiB, and {free >> 20} MiB are free"
        )
