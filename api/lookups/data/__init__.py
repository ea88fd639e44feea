"""Reference lists, one fact a line; each begins with its source and licence."""

from __future__ import annotations

import csv
from importlib.resources import files


def rows(name: str) -> list[list[str]]:
    """Return the rows of a list, comments and blank lines left out.

    Raises:
        FileNotFoundError: the package was built without it.
    """
    lines = files(__name__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return list(csv.reader(line for line in lines if line and not line.startswith("#")))
