"""Which PostgreSQL may start in a folder, and what is said where none may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import FootfallError
from storage.postgres_versions import FOLDER, MAJOR, binaries, major_of, put_aside, require_major

if TYPE_CHECKING:
    from pathlib import Path

_OLD = 16


def _made_by(data: Path, version: str, folder: str = FOLDER) -> None:
    (data / folder).mkdir()
    (data / folder / "PG_VERSION").write_text(version)


def test_both_versions_are_there() -> None:
    """The one that serves, and the one before."""
    assert [(binaries(major) / "postgres").exists() for major in (_OLD, MAJOR)] == [True, True]


def test_a_new_folder_and_one_of_this_version_may_start(tmp_path: Path) -> None:
    """A log beside it is not a database that was put aside."""
    (tmp_path / f"{FOLDER}-start.log").touch()
    require_major(tmp_path, MAJOR)
    _made_by(tmp_path, f"{MAJOR}\n")
    require_major(tmp_path, MAJOR)
    assert (major_of(tmp_path), put_aside(tmp_path)) == (MAJOR, [])


@pytest.mark.parametrize(
    ("folder", "version", "told"),
    [
        (FOLDER, "16\n", "made by PostgreSQL 16.*run `footfall postgres upgrade --data /.*` once"),
        (FOLDER, "17\n", "made by PostgreSQL 17, and this version of Footfall has only 16, 18"),
        (FOLDER, "99\n", "made by PostgreSQL 99, and this version of Footfall has only 16, 18"),
        (FOLDER, "?", "cannot be read"),
        (f"{FOLDER}-16", "16\n", "is missing, but .*postgres-16 is there: run `footfall postgres upgrade"),
    ],
)
def test_any_other_is_told_what_to_do(tmp_path: Path, folder: str, version: str, told: str) -> None:
    """Before anything is touched."""
    _made_by(tmp_path, version, folder)
    with pytest.raises(FootfallError, match=told):
        require_major(tmp_path, MAJOR)
