"""The archive in a folder."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import NotFound, Unavailable
from storage.archive.files import SCRATCH, FoundFile, Sources, folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCK: Final = 1 << 20


class Folder:
    """Files in a folder of this machine, or of one that all share; made when it is first written to.

    What was `put` is on the disk: the file's content, its name, and the folder it is in.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()

    @classmethod
    def at(cls, path: str) -> Folder:
        """The folder at a path."""
        return cls(Path(path).expanduser())

    @property
    def shown(self) -> str:
        """Its path."""
        return str(self._path)

    def scratch(self) -> Path:
        """Return a path in the folder itself: only within a file system a file moves at once."""
        with _told():
            self._make(self._path)
            descriptor, path = tempfile.mkstemp(prefix=SCRATCH, dir=self._path)
            os.close(descriptor)
        return Path(path)

    def put(self, scratch: Path, name: str) -> None:
        """See `ArchiveStore.put`."""
        target = self._path / name
        with _told():
            self._make(target.parent)
            with scratch.open("rb") as file:
                os.fsync(file.fileno())
            scratch.replace(target)
            _sync(target.parent)

    def read(self, name: str) -> Iterator[bytes]:
        """See `ArchiveStore.read`."""
        with _told():
            try:
                file = (self._path / name).open("rb")
            except FileNotFoundError as error:
                raise NotFound(f"{name} is not in the archive") from error
            with file:
                while block := file.read(_BLOCK):
                    yield block

    def sources(self, names: Iterable[str]) -> Sources:
        """See `ArchiveStore.sources`."""
        return Sources([str(self._path / name) for name in names], None)

    def found(self, site: int | None = None) -> Iterator[FoundFile]:
        """See `ArchiveStore.found`."""
        top = self._path if site is None else self._path / folder_of(site)
        for folder, _, names in os.walk(top):
            for name in names:
                path = Path(folder, name)
                try:
                    status = path.stat()
                except FileNotFoundError:
                    continue
                modified = status.st_mtime_ns // 1_000_000
                yield FoundFile(path.relative_to(self._path).as_posix(), status.st_size, modified)

    def remove(self, names: Iterable[str]) -> None:
        """See `ArchiveStore.remove`; folders that are empty then go too."""
        folders = set()
        with _told():
            for name in names:
                path = self._path / name
                path.unlink(missing_ok=True)
                folders.add(path.parent)
            for folder in folders - {self._path}:
                if folder.exists() and not any(folder.iterdir()):
                    folder.rmdir()

    def _make(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync(folder.parent)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"the archive cannot be used: {error}", retry_after=60) from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
