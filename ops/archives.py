"""Where an installation's archive is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage.archive.bucket import BucketAccess
from storage.archive.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from ops.settings import Settings
    from storage.archive.store import ArchiveStore

#: In the data folder of a single node.
FOLDER: Final = "archive"


def archive_of_node(settings: Settings, data: Path) -> ArchiveStore | None:
    """Return the archive of the single node in `data`: in this folder, unless the settings name another place.

    Raises:
        InvalidInput: they name it wrongly.
    """
    return _open(settings, default=data.absolute() / FOLDER)


def archive_of_cluster(settings: Settings) -> ArchiveStore | None:
    """Return the archive that the settings name; None without: no process of a cluster has a folder for all.

    Raises:
        InvalidInput: they name it wrongly.
    """
    return _open(settings, default=None)


def archive_of_command(settings: Settings, data: Path | None) -> ArchiveStore | None:
    """Return the archive of the installation that a command means; see `ops.installation.database`.

    Raises:
        InvalidInput: the settings name it wrongly.
    """
    if data is None and settings.database_url:
        return archive_of_cluster(settings)
    return archive_of_node(settings, data or settings.data)


def _open(settings: Settings, *, default: Path | None) -> ArchiveStore | None:
    access = BucketAccess(
        endpoint=settings.archive_endpoint,
        region=settings.archive_region,
        access_key=settings.archive_access_key,
        secret_key=settings.archive_secret_key.get_secret_value(),
    )
    return open_store(settings.archive_url, default=default, access=access)
