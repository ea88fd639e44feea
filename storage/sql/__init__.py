"""SQL by name: `<noun>.<verb>.sql` beside this module, first line a comment saying what it answers."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import LiteralString


@cache
def load(name: str) -> LiteralString:
    """Return the text of the statement `name`, such as ``"positions.move"``.

    Raises:
        FileNotFoundError: no statement has this name.
    """
    return files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
