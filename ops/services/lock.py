"""Who has a folder, across processes. The kernel takes a lock back when its holder dies."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Users:
    """One of the present users of something."""

    lock: IO[str]

    def last(self) -> bool:
        """Whether nobody else uses it; then nobody can begin to before this user has ended."""
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Holds ``folder`` alone until the block ends; waits for whoever has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def shared(folder: Path) -> Iterator[Users]:
    """Is one of the users of ``folder`` until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield Users(lock)
