"""One day of a site as it is: everything that its files hold, and what its rollups are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.archive.reading import Columns, read_frames, reading_files, sessions_there
from aggregations.archive.visits import with_visits
from aggregations.archive.writing import Contents
from aggregations.frames import DAY_EVENTS, DAY_SESSIONS, is_counted
from aggregations.planner import Span
from core.spans import DAY, HOUR
from storage.archive.schema import EVENT_ORDER, EVENTS, OWN, SESSION_ORDER, SESSIONS

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg import Connection

    from storage.archive.store import ArchiveStore

_OWN: Final = (*OWN, "properties")


class SiteDay(NamedTuple):
    """A UTC day of a site, in no order. Texts are categories, but for properties: there are few different ones."""

    day: int  # start, ms
    events: pl.DataFrame  # of `OWN`, with `properties`
    sessions: pl.DataFrame  # of `SESSIONS`: all that were there, also if they began on the day before

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return self.events.is_empty()

    def for_files(self) -> Contents:
        """Return what the files hold, in the order of files."""
        begun = self.sessions.filter(pl.col("start") >= self.day).select(*SESSIONS)
        return Contents(
            with_visits(self.events, self.sessions).select(*EVENTS).sort(*EVENT_ORDER),
            begun.sort(*SESSION_ORDER),
        )

    def for_rollups(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return what rollups are made of: `DAY_EVENTS` by ts and event id, and `DAY_SESSIONS`."""
        counted = self.events.filter(is_counted()).select(*DAY_EVENTS).sort("ts", "event_id")
        return counted, self.sessions.select(*DAY_SESSIONS)


def read_day(
    connection: Connection, store: ArchiveStore | None, site: int, day: int, *, marked: Collection[int] | None = None
) -> SiteDay:
    """Return the UTC day that begins at `day` (ms).

    Args:
        connection: in a snapshot.
        store: where its files are, if it has any.
        site: whose.
        day: its start.
        marked: its marked hours (starts, ms), for the others to be read from its files, which is much faster. None: as
            if nothing in files could be trusted, as long as there are rows.

    Raises:
        Unavailable: the day is in files only, and they cannot be read.
    """
    span = Span(day, day + DAY)
    events, _ = read_frames(
        connection,
        store,
        site,
        span,
        marked=range(day, day + DAY, HOUR) if marked is None else marked,
        columns=Columns(events=_OWN, sessions=()),
        categories=True,
    )
    with reading_files():
        return SiteDay(day, events.collect(), sessions_there(connection, store, site, span))
