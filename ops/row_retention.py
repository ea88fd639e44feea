"""Row retention: rows leave the database when files have them, come to stay again, and leave again."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from aggregations.rollups import ROLLUPS
from core.dimensions import NUMBERS
from core.spans import DAY, MINUTE, day_of
from ops.turn import take_turn
from storage import rollups
from storage.archive import manifest, retention
from storage.locks import no_backup, site_lock, wait_for_past_alone
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from psycopg_pool import ConnectionPool

    from aggregations.job import RollupJob
    from core.clock import Clock
    from core.telemetry import Telemetry

_log = logging.getLogger(__name__)

#: How long what has left the tables' truth is kept in them for those who read it, ms.
READERS_END: Final = 10 * MINUTE
_ROWS: Final = 10_000


class RowRetention:
    """Some steps of the archivist. Each returns whether it is done for now.

    Args:
        pool: connections.
        job: writes files of days.
        clock: what the time is.
        telemetry: what is measured.
        days: so many days rows stay in the database after their day.
    """

    def __init__(self, *, pool: ConnectionPool, job: RollupJob, clock: Clock, telemetry: Telemetry, days: int) -> None:
        self._pool = pool
        self._job = job
        self._clock = clock
        self._telemetry = telemetry
        self._kept = days * DAY
        self._frozen_at = clock.now_ms()
        self._hypertables: bool | None = None

    def freeze(self, now: int, stop: Event) -> bool:
        """Let thawed days be in files only again, when these are final."""
        with self._pool.connection() as connection:
            thawed = retention.thawed(connection)
        return take_turn(thawed, partial(self._freeze_day, now), clock=self._clock, stop=stop)

    def _freeze_day(self, now: int, thawed: tuple[int, int]) -> None:
        site, day = thawed
        with self._pool.connection() as connection, site_lock(connection, site), connection.transaction():
            if retention.freeze(connection, site=site, day=day):
                self._frozen_at = now

    def advance(self, now: int, stop: Event) -> bool:
        """Move the watermark over every day whose rows are not needed any more, up to the first that is held back."""
        last = day_of(now - self._kept)
        with self._pool.connection() as connection:
            known = retention.watermark(connection)
            oldest = retention.oldest_rows(connection) if known is None else known.rows_from
        if oldest is None:
            return True
        first = day_of(oldest)
        for day in range(first, last, DAY):
            if stop.is_set():
                return True
            with self._pool.connection() as connection, connection.transaction():
                held_back = retention.move_watermark(connection, day, at=now)
            if held_back:
                _log.warning(
                    "The rows of %s stay in the database: the files of site %s are not final, or differ",
                    instant(day).date(),
                    ", ".join(map(str, held_back)),
                )
                self._telemetry.set("footfall_archive_held_back_days", (last - day) // DAY)
                return take_turn(held_back, partial(self._write_if_missing, day), clock=self._clock, stop=stop)
            self._telemetry.add("footfall_archive_dropped_days_total")
        self._telemetry.set("footfall_archive_held_back_days", 0)
        return True

    def _write_if_missing(self, day: int, site: int) -> None:
        """Write the files of a day that has rows and no rollups, such as one of a flood alone."""
        with self._pool.connection() as connection:
            known = manifest.current(connection, site=site, begin=day, end=day + DAY)
        if not known:
            self._job.roll_day(site, day, files=True)

    def drop(self, now: int, stop: Event) -> bool:
        """Remove rows from the tables that nobody reads any more, not even a report that began before."""
        with self._pool.connection() as connection:
            known = retention.watermark(connection)
            if known is None or max(known.moved_at, self._frozen_at) + READERS_END > now:
                return True
            if self._hypertables is None:
                self._hypertables = retention.has_hypertables(connection)
            if self._hypertables:
                days = retention.chunk_days(connection, rows_from=known.rows_from)
                drop: Callable[[int], None] = self._drop_chunks
            else:
                days = retention.all_sites(connection)
                drop = partial(self._drop_rows, known.rows_from, stop)
        return take_turn(days, drop, clock=self._clock, stop=stop)

    def drop_hours(self, now: int, stop: Event) -> bool:
        """Remove hours of rollups that nobody reads any more: there are as many of them as events."""
        with self._pool.connection() as connection:
            known = retention.watermark(connection)
            if known is None or known.moved_at + READERS_END > now:
                return True
            sites = retention.all_sites(connection)
        rows_from = known.rows_from
        tables = [rollup.table for rollup in ROLLUPS if not rollup.table.hours_for_ever]
        numbers = [*NUMBERS.values()]

        def drop(site: int) -> None:
            for table in tables:
                more = True
                while more and not stop.is_set():
                    with self._pool.connection() as connection:
                        more = rollups.drop_hours(connection, table, site=site, before=rows_from, numbers=numbers)

        return take_turn(sites, drop, clock=self._clock, stop=stop)

    def _drop_chunks(self, day: int) -> None:
        with self._pool.connection() as connection, connection.transaction():
            if not no_backup(connection):
                return  # it could not read what is dropped, whatever its snapshot is of
            wait_for_past_alone(connection)
            known = retention.watermark(connection)
            if known is not None and day in retention.chunk_days(connection, rows_from=known.rows_from):
                retention.drop_chunks(connection, day)

    def _drop_rows(self, rows_from: int, stop: Event, site: int) -> None:
        removed = 1
        while removed and not stop.is_set():
            with self._pool.connection() as connection, connection.transaction():
                wait_for_past_alone(connection)
                removed = retention.drop_rows(connection, site=site, rows_from=rows_from, rows=_ROWS)
