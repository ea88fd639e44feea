"""How commands end."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import psycopg

from core.errors import FootfallError, InvalidInput, Unavailable


class Exit(IntEnum):
    """The exit status of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    PARTLY = 4


#: What the help of every command says of it.
MEANINGS: Final = (
    "Exit status: 0 done; 1 failed, or already running in this folder; 2 wrong use or setting; "
    "3 a database, broker or package registry does not answer; 4 done, but some lines or letters were refused."
)


def exit_of(error: Exception) -> Exit | None:
    """Return the status for an error that was raised on purpose; None for a bug, which deserves its traceback."""
    if isinstance(error, Unavailable | psycopg.OperationalError):
        return Exit.UNREACHABLE
    if isinstance(error, InvalidInput):
        return Exit.USAGE
    return Exit.FAILED if isinstance(error, FootfallError) else None
