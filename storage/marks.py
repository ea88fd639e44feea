"""Marks: which hours of a site are not to be trusted in the rollups.

Every transaction that touches an hour gives it a new version, from a sequence that never restarts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from psycopg import Connection


class Mark(NamedTuple):
    """One mark as it was read."""

    hour: int  # start of the UTC hour, ms
    partition: int  # -1: an import, or a replay of the past
    version: int


class MarkedHour(NamedTuple):
    """An hour of a site that waits for its rollup."""

    site: int
    hour: int  # start of the UTC hour, ms
    version: int  # the newest of its marks


def of_span(connection: Connection, *, site: int, start: int, end: int) -> list[Mark]:
    """Return the marks on the site's hours in [start, end), both in ms."""
    rows = connection.execute(
        load("marks.of_span"), {"site": site, "start": instant(start), "end": instant(end)}
    ).fetchall()
    return [Mark(millis(hour), partition, version) for hour, partition, version in rows]


def waiting(connection: Connection) -> list[MarkedHour]:
    """Return every marked hour of every site that is not deleted."""
    rows = connection.execute(load("marks.waiting")).fetchall()
    return [MarkedHour(site, millis(hour), version) for site, hour, version in rows]


def put(connection: Connection, *, site: int, hours: Iterable[int], partition: int) -> None:
    """Give the hours (ms) a new version. The caller commits, together with what the mark is about."""
    instants = [instant(hour) for hour in sorted(hours)]
    connection.execute(load("marks.put"), {"site": site, "hours": instants, "partition": partition})


def clear(connection: Connection, *, site: int, marks: Collection[Mark]) -> int:
    """Take away those of the marks whose version is still the one read, and return how many that were.

    Belongs at the end of the READ COMMITTED transaction that wrote the rollups; never waits for a batch.
    """
    return connection.execute(
        load("marks.clear"),
        {
            "site": site,
            "hours": [instant(mark.hour) for mark in marks],
            "partitions": [mark.partition for mark in marks],
            "versions": [mark.version for mark in marks],
        },
    ).rowcount
