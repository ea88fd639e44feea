"""Gaps: days that were rolled up before a rollup was added, and are not in it until they are rolled up again.

A mark would say the same, but of all rollups: reports that need none of the new ones would read a whole history from
its rows for as long as it takes to roll it up again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg import Connection


class Gap(NamedTuple):
    """A day of a site."""

    site: int
    day: int  # start of the UTC day, ms


def of_span(connection: Connection, *, site: int, start: int, end: int) -> set[int]:
    """Return the days (starts, ms) from `start` to before `end`, both starts of UTC days in ms."""
    span = {"site": site, "start": instant(start).date(), "end": instant(end).date()}
    return {millis(day) for (day,) in connection.execute(load("gaps.of_span"), span)}


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
