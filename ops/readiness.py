"""Whether a process without HTTP of its own would do its work now: its parts say so, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Readiness:
    """Asked from any thread. Until somebody tells more, the process begins."""

    def __init__(self) -> None:
        self._told_by: Callable[[], str | None] | None = None

    def tell(self, problem: Callable[[], str | None]) -> None:
        """Let `problem` tell from now on why no work is done, None if it is; any thread may call it."""
        self._told_by = problem

    def problem(self) -> str | None:
        """Return what is the matter, or None."""
        return "the process begins" if self._told_by is None else self._told_by()
