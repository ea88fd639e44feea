"""What is to be said of a disk, and of how many files a process may open."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING, Final

from ops.disk import room_of
from ops.doctor.finding import look, ok, wrong

if TYPE_CHECKING:
    from pathlib import Path

    from ops.doctor.finding import Finding

_GB: Final = 1_000_000_000
#: Share that is free below which somebody should look, and below which PostgreSQL is about to stop.
_LITTLE: Final = 0.15
_NEXT_TO_NOTHING: Final = 0.05
#: A collector holds a connection for each client that keeps one open.
_FILES: Final = 4_096


def of_folder(subject: str, folder: Path) -> Finding:
    """Return how much room there is where `folder` is, or will be."""
    room = room_of(folder.absolute())
    share = room.free / room.total
    seen = f"{room.free / _GB:.1f} of {room.total / _GB:.1f} GB are free in {folder}"
    if share < _NEXT_TO_NOTHING:
        return wrong(subject, seen, "make room now: lower FOOTFALL_RETENTION_DAYS, or move the folder to a larger disk")
    if share < _LITTLE:
        return look(subject, seen, "make room: an event takes about 200 bytes a year, see docs/scale.md")
    return ok(subject, seen)


def of_open_files() -> Finding:
    """Return whether processes that are started like this one may open enough files."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _FILES:
        return look(
            "open files", f"at most {soft}", f"raise the limit to {_FILES}: ulimit -n, or LimitNOFILE= of systemd"
        )
    return ok("open files", "as many as it takes" if soft == resource.RLIM_INFINITY else f"at most {soft}")
