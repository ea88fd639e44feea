"""The archivist: what the scheduler does for the archive.

It writes files of days that nothing rolls up any more, says which are final, puts months together, lets rows go that
files have, and removes what nobody reads.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import psycopg

from aggregations.archive.compaction import compact
from aggregations.archive.verify import days_of, problems
from aggregations.planner import Span
from aggregations.rollups import ROLLUPS
from core.dimensions import Dimension
from core.errors import Unavailable
from core.spans import DAY, HOUR, MINUTE, day_of
from storage import marks, positions, rollups
from storage.archive import manifest, retention
from storage.archive.files import SCRATCH, parse
from storage.locks import site_lock, wait_for_past_alone
from storage.snapshots import snapshot
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Event

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from aggregations.job import RollupJob
    from core.clock import Clock
    from core.telemetry import Telemetry
    from storage.archive.files import FileName
    from storage.archive.manifest import FilePair
    from storage.archive.store import ArchiveStore

T = TypeVar("T")

_log = logging.getLogger(__name__)

#: How often what is not urgent is looked after, ms.
UPKEEP: Final = 10 * MINUTE
#: How often the archive is searched for what nobody knows, ms.
SEARCH: Final = 6 * HOUR
#: How long each kind of work may take before it leaves the rest to the next round, seconds.
TURN: Final = 10.0
#: A day is final so long after its end, ms: a visit that began on it may last through the next one, whose events may
#: come 24 hours late; two hours of slack.
FINAL_AFTER: Final = 50 * HOUR
#: No log keeps a message for so long: a partition that is further behind than this is of a log that was given up.
NO_LOG_KEEPS: Final = 9 * DAY
#: The log of a single node, which keeps nothing: what it acknowledged is applied.
LOCAL_LOG: Final = "local"
#: How long what was replaced, or has left the tables, is kept for those who read it, ms.
READERS_END: Final = 10 * MINUTE
#: What nobody knows is left alone for so long, ms: it may be known in a moment.
ORPHAN_AGE: Final = HOUR
#: Days without files that are looked for at a time.
_MISSING: Final = 1_000
_ROWS: Final = 10_000


class Archivist:
    """Works in the scheduler's thread, a few seconds at a time; whatever stops it, the next call goes on.

    Args:
        pool: connections.
        job: writes files of days; has the archive.
        store: the archive.
        clock: what the time is.
        telemetry: what is measured.
        retention_days: so many days rows stay in the database after their day.
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
    ) -> None:
        self._pool = pool
        self._job = job
        self._store = store
        self._clock = clock
        self._telemetry = telemetry
        self._kept = retention_days * DAY
        self._next_upkeep = self._next_search = 0
        self._frozen_at = clock.now_ms()
        self._hypertables: bool | None = None

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
            self._freeze,
            self._compact,
            self._advance,
            self._drop,
            self._drop_hours,
            self._remove_replaced,
            self._search,
        ):
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
        tried = self._for_a_turn(missing, lambda one: self._job.roll_day(one.site, one.day, files=True), stop)
        return tried and len(missing) < _MISSING

    def _settle(self, now: int, stop: Event) -> bool:
        """Say of files that they are final, when they are and agree with their checksum and the rollups."""
        with self._pool.connection() as connection:
            waiting = [
                pair
                for pair in manifest.unsettled(connection, before=now - FINAL_AFTER)
                if self._is_applied(connection, pair.end, now)
            ]
        return self._for_a_turn(waiting, partial(self._settle_pair, now), stop)

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

    def _freeze(self, now: int, stop: Event) -> bool:
        with self._pool.connection() as connection:
            thawed = retention.thawed(connection)
        return self._for_a_turn(thawed, partial(self._freeze_day, now), stop)

    def _freeze_day(self, now: int, thawed: tuple[int, int]) -> None:
        site, day = thawed
        with self._pool.connection() as connection, site_lock(connection, site), connection.transaction():
            if retention.freeze(connection, site=site, day=day):
                self._frozen_at = now

    def _compact(self, now: int, stop: Event) -> bool:
        with self._pool.connection() as connection:
            months = manifest.scattered_months(connection, before=now - FINAL_AFTER)

        def one(month: manifest.SiteMonth) -> None:
            with self._pool.connection() as connection, site_lock(connection, month.site):
                made = compact(connection, self._store, month.site, Span(month.begin, month.end), at=now)
            if made is not None:
                self._telemetry.add("footfall_archive_files_total", len(made))
                self._telemetry.add("footfall_archive_bytes_total", sum(file.size for file in made))

        return self._for_a_turn(months, one, stop)

    def _advance(self, now: int, stop: Event) -> bool:
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
                return self._for_a_turn(held_back, partial(self._write_if_missing, day), stop)
            self._telemetry.add("footfall_archive_dropped_days_total")
        self._telemetry.set("footfall_archive_held_back_days", 0)
        return True

    def _write_if_missing(self, day: int, site: int) -> None:
        """Write the files of a day that has rows and no rollups, such as one of a flood alone."""
        with self._pool.connection() as connection:
            known = manifest.current(connection, site=site, begin=day, end=day + DAY)
        if not known:
            self._job.roll_day(site, day, files=True)

    def _drop(self, now: int, stop: Event) -> bool:
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
        return self._for_a_turn(days, drop, stop)

    def _drop_hours(self, now: int, stop: Event) -> bool:
        """Remove hours of rollups that nobody reads any more: there are as many of them as events."""
        with self._pool.connection() as connection:
            known = retention.watermark(connection)
            if known is None or known.moved_at + READERS_END > now:
                return True
            sites = retention.all_sites(connection)
        rows_from = known.rows_from
        tables = [rollup.table for rollup in ROLLUPS if not rollup.table.hours_for_ever]

        def drop(site: int) -> None:
            for table in tables:
                more = True
                while more and not stop.is_set():
                    with self._pool.connection() as connection:
                        more = rollups.drop_hours(connection, table, site=site, before=rows_from, values=[*Dimension])

        return self._for_a_turn(sites, drop, stop)

    def _drop_chunks(self, day: int) -> None:
        with self._pool.connection() as connection, connection.transaction():
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

    def _remove_replaced(self, now: int, stop: Event) -> bool:
        del stop
        with self._pool.connection() as connection:
            names = manifest.replaced(connection, before=now - READERS_END)
        self._store.remove(map(str, names))
        with self._pool.connection() as connection:
            manifest.forget(connection, names)
        return True

    def _search(self, now: int, stop: Event) -> bool:
        """Remove what a crash has left: files that were never named, and those that were never finished."""
        if now < self._next_search:
            return True
        old = [found for found in self._store.found() if found.modified + ORPHAN_AGE <= now]
        names = [name for found in old if (name := parse(found.name)) is not None]
        with self._pool.connection() as connection:
            known = manifest.known(connection, names)
        orphans = [name for name in names if name not in known]
        done = self._for_a_turn(orphans, self._remove_orphan, stop)
        self._store.remove(found.name for found in old if found.name.startswith(SCRATCH))
        if orphans:
            _log.info("Removed %d files from the archive that no transaction had named", len(orphans))
        if done:
            self._next_search = now + SEARCH
        return done

    def _remove_orphan(self, name: FileName) -> None:
        with self._pool.connection() as connection, site_lock(connection, name.site):
            with connection.transaction():
                is_known = bool(manifest.known(connection, [name]))
            if not is_known:
                self._store.remove([str(name)])

    def _for_a_turn(self, things: Iterable[T], do: Callable[[T], object], stop: Event) -> bool:
        """Return whether all were tried before the time was over. One that fails must not keep the others from it."""
        ends = self._clock.monotonic() + TURN
        for thing in things:
            if stop.is_set() or self._clock.monotonic() > ends:
                return False
            try:
                do(thing)
            except (psycopg.OperationalError, Unavailable):
                raise
            except Exception:  # noqa: BLE001 - whatever it is
                _log.exception("The archive's %s failed; it is tried again", thing)
        return True
