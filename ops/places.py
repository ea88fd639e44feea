"""Which files tell places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from ops.settings import Settings

#: In the data folder, where no setting names another.
_NAME: Final = "places.mmdb"


def place_files(settings: Settings) -> tuple[Path, ...]:
    """Return the files that are read, asked in this order. None of them need exist."""
    if settings.geo_file:
        return settings.geo_file
    beside = settings.data / _NAME
    return beside, ipv6_file(beside)


def ipv6_file(path: Path) -> Path:
    """Where the IPv6 half goes of places that come in two files."""
    return path.with_name(f"{path.stem}-ipv6{path.suffix}")
