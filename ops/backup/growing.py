"""A single node becomes a cluster: its database, its archive and its keys move into an empty one.

Nothing of the node is changed; as long as the cluster has counted nothing, starting the node again is the way back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import InvalidInput, NotFound
from ops import archives, installation
from ops.archivist import LOCAL_LOG
from ops.backup.comparing import require_same_reports
from ops.backup.filing import current_files, filing
from storage import positions
from storage.archive.folder import Folder
from storage.backup import database, moving
from storage.backup.tables import MOVED
from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate, wait_for
from storage.postgres_versions import FOLDER
from storage.snapshots import snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from psycopg import Connection

    from core.clock import Clock
    from ops.backup.filing import Filing
    from ops.backup.progress import Progress
    from ops.settings import Settings
    from storage.archive.store import ArchiveStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """What moved."""

    rows: dict[str, int]  #: by table
    files: int
    keys: int  #: that can be shown again
    unreadable: int  #: that go on working, and cannot be shown
    sites: int = 0  #: whose reports were compared


def grow(settings: Settings, data: Path, *, clock: Clock, progress: Progress) -> Grown:
    """Copy the node in `data` into the cluster that the settings name, hold what arrived to what was there.

    Raises:
        NotFound: there is no node in the folder.
        AlreadyRunning: it runs.
        InvalidInput: the settings name no cluster, or the node's own archive.
        NotEmpty: the cluster's database or archive has something; nothing was changed.
        FootfallError: something else arrived than was sent; the cluster has nothing of it, unless the message says so.
    """
    if not (data / FOLDER).exists():
        raise NotFound(f"there is no single node in {data}: give its folder by --data")
    if not settings.database_url:
        raise InvalidInput("set DATABASE_URL to the cluster's database")
    archive = archives.archive_of_cluster(settings)
    if archive is not None and archive.shown == str((data / archives.FOLDER).absolute()):
        raise InvalidInput("ARCHIVE_URL is the node's own archive: give another place, so that the node stays as it is")
    server = EmbeddedPostgres(data)
    with installation.hold(data):
        try:
            migrate(server.start())
            moved = _move(settings, data, server.dsn, archive, progress)
            asked = require_same_reports(
                (server.dsn, Folder(data / archives.FOLDER)),
                (settings.database_url, archive),
                clock=clock,
                progress=progress,
            )
        finally:
            server.stop()
    return replace(moved, sites=asked)


def _move(settings: Settings, data: Path, dsn: str, archive: ArchiveStore | None, progress: Progress) -> Grown:
    wait_for(settings.database_url, patience=60)
    migrate(settings.database_url)
    names: list[str] = []

    def moved(name: str) -> None:
        names.append(name)
        progress("tables", len(names), len(MOVED))

    with (
        filing(archive) as files_in,
        database.connect(dsn) as source,
        snapshot(source),
        database.connect(settings.database_url) as target,
        target.transaction(),
    ):
        rows = moving.move(source, target, MOVED, moved=moved)
        positions.forget_local(target, LOCAL_LOG)
        ours, theirs = installation.vault(settings, data=data), installation.vault(settings, data=None)
        keys = theirs.adopt(target, ours)
        files = _move_files(source, Folder(data / archives.FOLDER), files_in, progress)
    with database.connect(settings.database_url) as target:
        database.analyze(target)
    return Grown(rows=rows, files=files, keys=keys.keys, unreadable=keys.unreadable)


def _move_files(source: Connection, archive: Folder, files_in: Filing, progress: Progress) -> int:
    wanted = current_files(source)
    for done, file in enumerate(wanted):
        progress("files", done, len(wanted))
        files_in.put(str(file.name), archive.read(str(file.name)), sha256=file.sha256)
    progress("files", len(wanted), len(wanted))
    return len(wanted)
