"""Folders that need not outlive the process which uses them: in memory, where the machine has the room."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

import psutil

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - where Linux keeps files in memory; mkdtemp makes what is used of it
#: Bytes: four workers' databases and the shared services take a good half of it.
ROOM: Final = 2 << 30
#: What a service calls its folder of this kind.
NAME: Final = "volatile"
#: For a server whose data nobody will miss. A checkpoint, which costs little here, keeps the write-ahead log small.
POSTGRES: Final = ("fsync=off", "full_page_writes=off", "max_wal_size=256MB")


def renew(place: Path, *, owner: int | None = None) -> Path:
    """The path of an empty folder for ``place``, which becomes a link to it where it lies in memory.

    What was there before is thrown away.

    Args:
        place: may be there from an earlier call.
        owner: a pid; when that process is gone, the next call takes the folder out of memory. None: nobody does.
    """
    clear(place)
    for left in MEMORY.glob("footfall-[1-9]*-*"):
        if not psutil.pid_exists(int(left.name.split("-")[1])):
            shutil.rmtree(left, ignore_errors=True)  # where it is another user's, it stays
    place.parent.mkdir(parents=True, exist_ok=True)
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM:
        place.symlink_to(tempfile.mkdtemp(prefix=f"footfall-{owner or 0}-", dir=MEMORY))
    else:
        place.mkdir(mode=0o700)
    return place.resolve()


def clear(place: Path) -> None:
    """Takes away what :func:`renew` made; nothing when there is nothing."""
    if place.is_symlink():
        # After a restart of the machine the link leads nowhere.
        shutil.rmtree(place.readlink(), ignore_errors=True)
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)
