"""Where the archive's files are: a folder, or a bucket of an S3-compatible store.

A file is written under a name that never stood for another one, appears whole or not at all, and never changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from core.errors import InvalidInput
from storage.archive.bucket import Bucket, BucketAccess
from storage.archive.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.archive.files import FoundFile, Sources


class ArchiveStore(Protocol):
    """A folder of files, or a bucket. All names are relative, with `/` between folders.

    Every method raises `Unavailable` if the store does not answer or has no room.
    """

    @property
    def shown(self) -> str:
        """Where it is, for people."""
        ...

    def scratch(self) -> Path:
        """Return a path under which a file may be made that is to be `put`; whatever stays there is swept later."""
        ...

    def put(self, scratch: Path, name: str) -> None:
        """Let the file made under `scratch` be `name` from now on, durably, and nothing be under `scratch`."""
        ...

    def read(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes in blocks.

        Raises:
            NotFound: there is no such file.
        """
        ...

    def sources(self, names: Iterable[str]) -> Sources:
        """Return how Polars finds these files."""
        ...

    def found(self, site: int | None = None) -> Iterator[FoundFile]:
        """Yield all files of a site, or of all, those that were left under scratch names too."""
        ...

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; one that is not there is removed."""
        ...


def open_store(url: str, *, default: Path | None, access: BucketAccess | None = None) -> ArchiveStore | None:
    """Return the store at `url`: a path, `file:///path` or `s3://bucket/prefix`; nothing is asked of it yet.

    Args:
        url: the setting; empty for the default.
        default: the folder of an installation that has one.
        access: endpoint and keys of a bucket; what it does not say comes from the environment, as for every client.

    Returns:
        None if there is neither: then there is no archive.

    Raises:
        InvalidInput: the address is of another kind.
    """
    if not url:
        return None if default is None else Folder(default)
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc:
        return Bucket(parts.netloc, prefix=parts.path.strip("/"), access=access or BucketAccess())
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return Folder.at(unquote(parts.path))
    if not parts.scheme:
        return Folder.at(url)
    raise InvalidInput(f"ARCHIVE_URL: {url} is neither a folder nor s3://bucket/prefix")
