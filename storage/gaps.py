"""Gaps: days that a rollup misses until they are rolled up again, while all others are right.

Either the rollup was added after them, or it is that of the visitors around the midnight of the site's time zone, and
the zone was changed. A mark would say the same, but of all rollups: reports that need none of what is missing would
read a whole history from its rows for as long as it takes to roll it up again.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from storage.rollups import Grain
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg import Connection


class Missing(Enum):
    """What the rollups of a day miss."""

    ADDED_LATER = "whatever was added later"
    ZONE = "only the visitors around the zone's midnight"


class Gap(NamedTuple):
    """A day of a site."""

    site: int
    day: int  # start of the UTC day, ms


def of_day(connection: Connection, *, site: int, day: int) -> Missing | None:
    """Return what the day (start, ms) misses."""
    row = connection.execute(load("gaps.of_day"), {"site": site, "day": instant(day).date()}).fetchone()
    if row is None:
        return None
    return Missing.ZONE if row[0] else Missing.ADDED_LATER


def put_zone(connection: Connection, *, site: int) -> None:
    """Say that all days miss the visitors around the zone's midnight; belongs in the transaction that changed it."""
    connection.execute(load("gaps.put_zone"), {"site": site, "grain": Grain.DAY})


def waiting(connection: Connection, *, without: Collection[Gap] = (), limit: int) -> list[Gap]:
    """Return so many gaps of sites that are not deleted, the latest days first."""
    given = {
        "sites": [gap.site for gap in without],
        "days": [instant(gap.day).date() for gap in without],
        "limit": limit,
    }
    return [Gap(site, millis(day)) for site, day in connection.execute(load("gaps.waiting"), given)]


def fill(connection: Connection, *, site: int, day: int) -> None:
    """Say that the day (start, ms) is in all rollups; belongs in the transaction that wrote all of its hours."""
    connection.execute(load("gaps.fill"), {"site": site, "day": instant(day).date()})
