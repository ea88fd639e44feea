"""Links over midnight: the same person's hashes of two neighbouring days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.spans import DAY
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from psycopg import Connection

#: Sessions over a midnight have ended and late events have come in by then.
_KEPT: Final = 2 * DAY
#: No log keeps a message for so long; a partition that is still behind will never catch up, or is of a log given up.
_KEPT_AT_MOST: Final = 9 * DAY


def forget(connection: Connection, *, now: int) -> int:
    """Forget the links whose midnight was 48 hours before `now` (ms); return how many.

    While a partition has not been applied up to 24 hours after the midnight they stay, for nine days at most.
    """
    return connection.execute(
        load("links.forget"),
        {"needless": instant(now - _KEPT).date(), "hopeless": instant(now - _KEPT_AT_MOST).date()},
    ).rowcount


def find_again(connection: Connection, *, since: int) -> int:
    """Make the links over the midnights from the day of `since` (ms) on that stored sessions tell of.

    The caller commits.
    """
    return connection.execute(load("links.find_again"), {"since": instant(since).date()}).rowcount
