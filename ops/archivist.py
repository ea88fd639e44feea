"""The archivist: what the scheduler does for the archive.

It writes files of days that nothing rolls up any more, says which are final, puts months together, and has rows go that
files have, and files that nobody reads.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final

import psycopg

from aggregations.archive.compaction import compact
from aggregations.archive.verify import days_of, problems
from aggregations.planner import Span
from core.errors import Unavailable
from core.spans import DAY, HOUR, MINUTE, day_of
from ops.archive_sweeper import ArchiveSweeper
from ops.row_retention import RowRetention
from ops.site_retention import SiteRetention
from ops.turn import take_turn
from storage import marks, positions
from storage.archive import manifest
from storage.locks import site_lock
from storage.snapshots import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from aggregations.job import RollupJob
    from core.clock import Clock
    from core.telemetry import Telemetry
    from storage.archive.manifest import FilePair
    from storage.archive.store import ArchiveStore

_log = logging.getLogger(__name__)

#: How often what is not urgent is looked after, ms.
UPKEEP: Final = 10 * MINUTE
#: A day is final so long after its end, ms: a visit that began on it may last through the next one, whose events may
#: come 24 hours late; two hours of slack.
FINAL_AFTER: Final = 50 * HOUR
#: No log keeps a message for so long: a partition that is further behind than this is of a log that was given up.
NO_LOG_KEEPS: Final = 9 * DAY
#: The log of a single node, which keeps nothing: what it acknowledged is applied.
LOCAL_LOG: Final = "local"
#: Days without files that are looked for at a time.
_MISSING: Final = 1_000


class Archivist:
    """Works in the scheduler's thread, a few seconds at a time; whatever stops it, the next call goes on.

    Args:
        pool: connections.
        job: writes files of days; has the archive.
        store: the archive.
        clock: what the time is.
        telemetry: what is measured.
        retention_days: so many days rows stay in the database after their day.
        has_room: whether files may be written now; what makes room is done in any case.
    """

    def __init__(  # noqa: PLR0913 - the parts it is made of
        self,
        *,
        pool: ConnectionPool,
        job: RollupJob,
        store: ArchiveStore,
        clock: Clock,
        telemetry: Telemetry,
        retention_days: int,
        has_room: Callable[[], bool] = lambda: True,
    ) -> None:
        self._pool = pool
        self._job = job
        self._store = store
        self._clock = clock
        self._telemetry = telemetry
        self._has_room = has_room
        self._rows = RowRetention(pool=pool, job=job, clock=clock, telemetry=telemetry, days=retention_days)
        self._age = SiteRetention(pool=pool, clock=clock, telemetry=telemetry)
        self._files = ArchiveSweeper(pool=pool, store=store, clock=clock)
        self._next_upkeep = 0

    def work(self, stop: Event) -> None:
        """Do what is due.

        Raises:
            psycopg.OperationalError: the database is away.
        """
        now = self._clock.now_ms()
        if now < self._next_upkeep:
            return
        self._next_upkeep = now + UPKEEP
        for step in (
            self._write_missing,
            self._settle,
            self._rows.freeze,
            self._compact,
            self._rows.advance,
            self._rows.drop,
            self._rows.drop_hours,
            self._age.announce,
            self._age.remove,
            self._files.remove_replaced,
            self._files.search,
        ):
            if step in (self._write_missing, self._compact) and not self._has_room():
                continue
            try:
                if not step(now, stop):
                    self._next_upkeep = 0  # the next round goes on
            except psycopg.OperationalError:
                raise
            except Unavailable as error:
                _log.warning("The archive has to wait: %s", error)
            except Exception:  # noqa: BLE001 - whatever it is, it must not keep the rest from being done
                _log.exception("A part of the archive's upkeep failed; it is tried again")
            if stop.is_set():
                return

    def _write_missing(self, now: int, stop: Event) -> bool:
        with self._pool.connection() as connection:
            missing = manifest.missing(connection, before=day_of(now - HOUR), limit=_MISSING)
        self._telemetry.set("footfall_archive_missing_days", len(missing))
        tried = take_turn(
            missing, lambda one: self._job.roll_day(one.site, one.day, files=True), clock=self._clock, stop=stop
        )
        return tried and len(missing) < _MISSING

    def _settle(self, now: int, stop: Event) -> bool:
        """Say of files that they are final, when they are and agree with their checksum and the rollups."""
        with self._pool.connection() as connection:
            waiting = [
                pair
                for pair in manifest.unsettled(connection, before=now - FINAL_AFTER)
                if self._is_applied(connection, pair.end, now)
            ]
        return take_turn(waiting, partial(self._settle_pair, now), clock=self._clock, stop=stop)

    def _settle_pair(self, now: int, pair: FilePair) -> None:
        site = pair.events.name.site
        with self._pool.connection() as connection:
            with snapshot(connection):
                if marks.of_span(connection, site=site, start=pair.begin, end=pair.end):
                    return
                current = manifest.current(connection, site=site, begin=pair.begin, end=pair.end)
                if pair not in current:
                    return
                wrong = problems(connection, self._store, pair, days=days_of(pair, current))
            if wrong:
                self._telemetry.add("footfall_archive_failures_total")
                _log.error("Files are not right, mend them by `footfall archive rebuild`: %s", "; ".join(wrong))
                return
            with connection.transaction():
                manifest.settle(connection, pair, at=now)

    def _is_applied(self, connection: Connection, end: int, now: int) -> bool:
        """Whether nothing of before `end` can come any more."""
        until = end + FINAL_AFTER
        if until + NO_LOG_KEEPS <= now:
            return True
        return not positions.any_behind(connection, before=until, without=LOCAL_LOG)

    def _compact(self, now: int, stop: Event) -> bool:
        with self._pool.connection() as connection:
            months = manifest.scattered_months(connection, before=now - FINAL_AFTER)

        def one(month: manifest.SiteMonth) -> None:
            with self._pool.connection() as connection, site_lock(connection, month.site):
                made = compact(connection, self._store, month.site, Span(month.begin, month.end), at=now)
            if made is not None:
                self._telemetry.add("footfall_archive_files_total", len(made))
                self._telemetry.add("footfall_archive_bytes_total", sum(file.size for file in made))

        return take_turn(months, one, clock=self._clock, stop=stop)
