"""What a long copy tells while it runs."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of every step."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """So many of so many things, such as "tables", are done."""
        ...


def silent(what: str, done: int, total: int) -> None:
    """For those who need not know."""
