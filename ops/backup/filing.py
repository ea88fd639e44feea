"""Files of one archive are put into another: all of them, or none."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from core.errors import FootfallError, InvalidInput
from storage import sites
from storage.archive import manifest
from storage.archive.files import parse
from storage.backup.database import NotEmpty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from psycopg import Connection

    from storage.archive.manifest import ArchiveFile
    from storage.archive.store import ArchiveStore

BLOCK: Final = 1 << 20
_EVER: Final = 1 << 45


class Filing:
    """Puts files into an archive that has none."""

    def __init__(self, archive: ArchiveStore | None) -> None:
        self._archive = archive
        self._names: list[str] = []

    def put(self, name: str, blocks: Iterable[bytes], *, sha256: bytes) -> None:
        """Put a file there.

        Raises:
            InvalidInput: there is no archive.
            FootfallError: its content has another checksum.
        """
        if self._archive is None:
            raise InvalidInput(
                "there are files of an archive, and no place for them: set ARCHIVE_URL to a folder that all processes"
                " share, or to s3://…"
            )
        scratch, digest = self._archive.scratch(), hashlib.sha256()
        with scratch.open("wb") as file:
            for block in blocks:
                digest.update(block)
                file.write(block)
        if digest.digest() != sha256:
            scratch.unlink()
            raise FootfallError(f"{name} is not what was written: `footfall archive verify` tells more")
        self._names.append(name)
        self._archive.put(scratch, name)

    def undo(self) -> None:
        """Remove what was put there."""
        if self._archive is not None:
            self._archive.remove(self._names)


@contextmanager
def filing(archive: ArchiveStore | None) -> Iterator[Filing]:
    """Whoever is inside puts files into the archive; if it fails they are removed.

    Raises:
        NotEmpty: the archive has files.
    """
    if archive is not None and any(parse(found.name) is not None for found in archive.found()):
        raise NotEmpty(f"the archive in {archive.shown} has files already: give an empty place by ARCHIVE_URL")
    work = Filing(archive)
    try:
        yield work
    except BaseException:
        work.undo()
        raise


def current_files(connection: Connection) -> list[ArchiveFile]:
    """Return the current files of living sites: those of which the rows are that a copy of `archive_files` has."""
    living = {site.id for site in sites.of_account(connection, None)}
    pairs = manifest.current(connection, site=None, begin=0, end=_EVER)
    return [file for pair in pairs if pair.events.name.site in living for file in pair]
