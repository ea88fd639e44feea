"""Where the archive's files are."""

from __future__ import annotations

from typing import Protocol


class ArchiveStore(Protocol):
    """A folder of files, or a bucket."""
