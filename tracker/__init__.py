"""The script that a visitor's browser runs, and how to get at its bytes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def script() -> bytes:
    """Return the tracker as it is served.

    Raises:
        FileNotFoundError: the package was built without it.
    """
    return files(__name__).joinpath("tracker.js").read_bytes()
