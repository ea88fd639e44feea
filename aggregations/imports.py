"""The import's day: everything that a file says of one site and one UTC day, counted and stored in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.frames import events_frame, is_counted, sessions, stored_events
from aggregations.sessionizer import links_of, sessionize
from core.events import TrafficClass
from core.spans import DAY, FLOOD_LIMIT, hour_of, hours_between
from storage import imports, locks, marks
from storage.archive import retention

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psycopg_pool import ConnectionPool

    from aggregations.job import RollupJob
    from core.events import Event, StoredEvent
    from core.sessions import Session


class FileDay(NamedTuple):
    """One UTC day of one imported file."""

    site: int
    file_hash: bytes
    day: int  # start, ms


class ImportedDay(NamedTuple):
    """What an import wrote of a day."""

    events: int
    sessions: int  # that began on it


#: Whose events of one UTC day these are; a hash lives on one day only.
_VISITOR_DAY: Final = ("site", "class", "visitor")


def import_day(pool: ConnectionPool, job: RollupJob, what: FileDay, events: Iterable[Event]) -> ImportedDay | None:
    """Store one day of a file and roll it up; return None if it is in already or the site was deleted.

    The rows, the marks and the note that the day is in are one transaction. The rollup follows as a second one: should
    it not come to that, the marks make the scheduler do it, and reports read the rows until then.

    Args:
        pool: where to.
        job: rolls up the day, and thaws it.
        what: which day.
        events: all of the file for the site on this day, the day before and the day after, since sessions cross
            midnights; with ids unique within a visitor's day, visitors hashed by the import's own salt, and `prev`
            before 00:30. Visitors' events beyond the daily limit get class flood here, in their order.

    Raises:
        Refused: the day's events, or those of the day before, are gone by their age.
        Unavailable: the rows are in, but another job had the site for minutes.
        psycopg.OperationalError: the database is away; the day is in with all its rows, or not at all.
    """
    stored, begun = _sessionize(events, day=what.day)
    while True:
        with pool.connection() as connection:
            locks.wait_for_past_shared(connection)
            if retention.row_days(connection, site=what.site, begin=what.day, end=what.day + DAY).has(what.day):
                if not imports.begin_day(
                    connection, site=what.site, file_hash=what.file_hash, day=what.day, events=len(stored)
                ):
                    return None
                imports.write(connection, events=stored, sessions=begun)
                marks.put(connection, site=what.site, hours=_touched(stored, begun), partition=imports.PARTITION)
                break
        job.thaw(what.site, what.day)
    job.roll_day(what.site, what.day)
    return ImportedDay(len(stored), len(begun))


def _sessionize(events: Iterable[Event], *, day: int) -> tuple[list[StoredEvent], list[Session]]:
    """The day's events with their sessions and facts, and the sessions that began on the day."""
    frame = events_frame(events).sort("ts", "event_id")
    rank = pl.col("event_id").cum_count().over(*_VISITOR_DAY)
    is_flood = is_counted() & (pl.col("visitor") != 0) & (rank > FLOOD_LIMIT)
    frame = frame.with_columns(
        pl.when(is_flood).then(pl.lit(TrafficClass.FLOOD.value, pl.Int64)).otherwise("class").alias("class")
    )
    found = sessionize(frame, links_of(frame))
    of_day = found.events.filter(pl.col("ts").is_between(day, day + DAY, closed="left"))
    begun = found.sessions.filter(pl.col("start").is_between(day, day + DAY, closed="left"))
    return list(stored_events(of_day)), list(sessions(begun))


def _touched(stored: Iterable[StoredEvent], begun: Iterable[Session]) -> set[int]:
    """The hours to be marked: of every event, and all that a session lasts, since it names the source of its events."""
    hours = {hour_of(event.ts) for event, _, _ in stored}
    for session in begun:
        hours.update(hours_between(session.start, session.last))
    return hours
