"""What a backup says of itself: `manifest.json`, and its checksum beside it, as `sha256sum` reads it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from core.errors import FootfallError

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "manifest.json"
_SUM: Final = "manifest.json.sha256"
FORMAT: Final = 1


class Damaged(FootfallError):  # noqa: N818 - named by what is the case
    """A backup is not what was written; the message names the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of the backup."""

    path: str  #: from the backup's folder, with slashes
    size: int  #: bytes
    sha256: str  #: hexadecimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTable:
    """The rows of a table, as COPY writes text, compressed with zstd."""

    name: str
    columns: tuple[str, ...]
    rows: int
    seeded: bool  #: whether migrations put rows into it, too
    file: StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMigration:
    """A migration that the database had."""

    number: int
    name: str
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All that is in a backup."""

    format: int  #: of this file and those it names
    made_at: int  #: ms since 1970 UTC: the moment that all of it is of
    footfall: str  #: the version that made it
    kind: Literal["node", "cluster"]  #: of the installation
    migrations: tuple[StoredMigration, ...]
    tables: tuple[StoredTable, ...]  #: each refers to earlier ones only
    sequences: dict[str, int]
    archive: tuple[StoredFile, ...]  #: paths begin with `archive/`
    secret: StoredFile | None  #: what API keys are encrypted with, if it was wanted

    @property
    def files(self) -> list[StoredFile]:
        """Every file but the manifest."""
        secret = [] if self.secret is None else [self.secret]
        return [*(table.file for table in self.tables), *self.archive, *secret]

    @property
    def size(self) -> int:
        """Bytes of them."""
        return sum(file.size for file in self.files)


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, durably."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    put(folder / FILE, text)
    put(folder / _SUM, f"{hashlib.sha256(text).hexdigest()}  {FILE}\n".encode())


def read(folder: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises:
        Damaged: it is not there, not what was written, or of a later format.
    """
    try:
        text, expected = (folder / FILE).read_bytes(), (folder / _SUM).read_text().split()[0]
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise Damaged(f"{folder} is no backup, or not a whole one: {FILE} and {_SUM} cannot be read") from error
    if hashlib.sha256(text).hexdigest() != expected:
        raise Damaged(f"{folder / FILE} is not what was written: its checksum is another one")
    if msgspec.json.decode(text, type=dict)["format"] != FORMAT:
        raise Damaged(f"{folder} was made by a newer Footfall: update this one first")
    return msgspec.json.decode(text, type=Manifest)


def stored(folder: Path, path: str) -> StoredFile:
    """Return what a file is that was written under this path.

    Raises:
        OSError: it cannot be read.
    """
    with (folder / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return StoredFile(path=path, size=file.tell(), sha256=digest)


def check(folder: Path, file: StoredFile) -> None:
    """Make sure that a file is what was written.

    Raises:
        Damaged: it is not; the message names it.
    """
    try:
        found = stored(folder, file.path)
    except OSError as error:
        raise Damaged(f"{folder / file.path} is missing or cannot be read: {error.strerror}") from error
    if found != file:
        raise Damaged(f"{folder / file.path} is not what was written: its size or checksum is another one")


def put(path: Path, content: bytes) -> None:
    """Write a small file that nobody else may read, durably."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
