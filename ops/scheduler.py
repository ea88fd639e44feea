"""The scheduler: rolls up what is due, removes deleted sites, forgets what must not or need not be kept.

An installation has one at work at a time, the one that holds an advisory lock; others stand by.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg

from aggregations.due import DueDays, SiteDay
from core.errors import Unavailable
from core.spans import DAY, HOUR, MINUTE, SECOND, day_of
from ops.archivist import Archivist
from ops.sweeper import Sweeper
from storage import (
    forgotten,
    gaps,
    links,
    marks,
    messages,
    page_sessions,
    producers,
    rate_limits,
    realtime_parts,
    rollups,
    salts,
)
from storage.locks import try_scheduler_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

    from psycopg_pool import ConnectionPool

    from aggregations.job import RollupJob
    from core.clock import Clock
    from core.telemetry import Telemetry
    from storage.gaps import Gap

_log = logging.getLogger(__name__)

#: From the end of one round to the next, seconds.
ROUND: Final = 15.0
#: How often needless rows are looked for, ms.
UPKEEP: Final = 10 * MINUTE
#: How long a round fills gaps, seconds; so what is due in the meantime is never late for long.
GAPS_TURN: Final = 10.0
#: Gaps that are looked for at a time.
_GAPS: Final = 100
#: The log forgets a message after seven days; a day of slack.
PRODUCERS_KEPT: Final = 8 * DAY
#: The longest realtime window is half an hour.
REALTIME_PARTS_KEPT: Final = HOUR
#: No window of requests is longer.
RATE_LIMITS_KEPT: Final = HOUR
#: How long messages can be looked at after they were sent, or given up.
SENT_KEPT: Final = 30 * DAY
GIVEN_UP_KEPT: Final = 90 * DAY
#: How long rows stay in the database, once the archive has them.
RETENTION_DAYS: Final = 7
#: The longest pause after a failure, seconds.
LONGEST_PAUSE: Final = 30.0


class Scheduler:
    """Works in one thread until it is told to stop; an outage of the database only makes it wait.

    The pool must have a connection for the lock, one for the work, and one for whoever else uses the pool. While
    `has_room` says no, nothing is written that can wait: reports read rows meanwhile.
    """

    def __init__(  # noqa: PLR0913 - the parts it is made of
        self,
        *,
        pool: ConnectionPool,
        job: RollupJob,
        clock: Clock,
        telemetry: Telemetry,
        retention_days: int = RETENTION_DAYS,
        has_room: Callable[[], bool] = lambda: True,
    ) -> None:
        self._pool = pool
        self._job = job
        self._has_room = has_room
        self._clock = clock
        self._telemetry = telemetry
        self._sweeper = Sweeper(pool=pool, clock=clock, telemetry=telemetry, archive=job.archive)
        self._archivist = None
        if job.archive is not None:
            self._archivist = Archivist(
                pool=pool,
                job=job,
                store=job.archive,
                clock=clock,
                telemetry=telemetry,
                retention_days=retention_days,
                has_room=has_room,
            )
        self._due = DueDays()
        self._failed: set[SiteDay] = set()
        self._stuck: set[Gap] = set()
        self._leads = False
        self._upkeep_at = 0
        self._months_of = 0
        self._troubles = 0
        self._problem: str | None = "the scheduler begins"

    def problem(self) -> str | None:
        """Return why it can neither work nor stand by now, or None; asked from any thread."""
        return self._problem

    def run(self, stop: Event) -> None:
        """Make rounds until `stop` is set; returns after the day that is being rolled up."""
        pause = 1.0
        while not stop.is_set():
            try:
                with self._pool.connection() as lock:
                    try:
                        while not stop.is_set():
                            leads, self._problem = self._may_work(lock), None
                            if leads:
                                self.round(stop)
                            pause = 1.0
                            stop.wait(ROUND)
                    finally:
                        # Its end gives the lock to another scheduler; in the pool it would keep it.
                        lock.close()
            except (psycopg.OperationalError, Unavailable) as error:
                self._leads, self._problem = False, "the database does not answer"
                self._telemetry.set("footfall_scheduler_at_work", 0)
                _log.warning("The scheduler tries again in %.0f s: %s", pause, error)
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def round(self, stop: Event) -> None:
        """Do once what is due.

        Raises:
            psycopg.OperationalError: the database is away.
        """
        now = self._clock.now_ms()
        with self._pool.connection() as connection:
            # Also right after a start: a salt that outlived its day was to be forgotten while nobody was there.
            with self._step("salts"):
                salts.forget(connection, now)
            waiting = marks.waiting(connection)
            unsent = messages.waiting(connection)
        self._telemetry.set("footfall_marked_hours", len(waiting))
        self._telemetry.set("footfall_messages_waiting", unsent)
        complete = self._has_room()
        if complete:
            with self._step("rollups"):
                complete = self._roll_up(waiting, stop)
        with self._step("sweep"):
            self._sweep(stop)
        if self._has_room():
            with self._step("gaps"):
                self._fill_gaps(stop)
        if self._archivist is not None:
            with self._step("archive"):
                self._archivist.work(stop)
        if now - self._upkeep_at >= UPKEEP:
            with self._step("upkeep"):
                self._forget(now)
            self._stuck.clear()
            self._upkeep_at = now
        if self._months_of != day_of(now) and self._has_room():
            with self._step("months"):
                self._complete_months(now, stop)
        if complete:
            self._telemetry.set("footfall_rollup_last_success_timestamp_seconds", now / SECOND)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        """Measure a step of a round. It failed if it raises, or if something in it did that kept nothing else back."""
        began, troubles = self._clock.monotonic(), self._troubles
        try:
            yield
        except BaseException:
            self._telemetry.add("footfall_scheduler_step_failures_total", step=name)
            raise
        if self._troubles > troubles:
            self._telemetry.add("footfall_scheduler_step_failures_total", step=name)
            return
        put = self._telemetry.set
        put("footfall_scheduler_step_last_duration_seconds", self._clock.monotonic() - began, step=name)
        put("footfall_scheduler_step_last_success_timestamp_seconds", self._clock.now_ms() / SECOND, step=name)

    def _may_work(self, lock: psycopg.Connection) -> bool:
        leads = try_scheduler_lock(lock)
        self._telemetry.set("footfall_scheduler_at_work", leads)
        if leads and not self._leads:
            where = "no archive: rows are kept for ever" if self._job.archive is None else self._job.archive.shown
            _log.info("This is the scheduler at work; the archive is in %s", where)
        self._leads = leads
        return leads

    def _roll_up(self, waiting: list[marks.MarkedHour], stop: Event) -> bool:
        """Whether every day that ever was due is done."""
        self._failed &= {SiteDay(site, day_of(hour)) for site, hour, _ in waiting}
        for due in self._due.of(waiting, now=self._clock.now_ms(), monotonic=self._clock.monotonic()):
            if stop.is_set():
                return False
            if self._roll(due):
                self._failed.discard(due)
            else:
                self._due.postpone(due)
                self._failed.add(due)
        return not self._failed

    def _roll(self, due: SiteDay) -> bool:
        """Whether the day could be rolled up. One that cannot must not keep all others from it; it stays as it is."""
        try:
            self._job.roll_day(due.site, due.day)
        except psycopg.OperationalError:
            self._telemetry.add("footfall_rollup_failures_total")
            raise
        except Exception:  # noqa: BLE001 - whatever it is
            _log.exception("The rollup of site %d, day %d (ms) failed", due.site, due.day)
            self._telemetry.add("footfall_rollup_failures_total")
            self._troubles += 1
            return False
        return True

    def _fill_gaps(self, stop: Event) -> None:
        """Roll up days again that a rollup misses, for some seconds; the next round, or start, goes on."""
        ends, filled = self._clock.monotonic() + GAPS_TURN, 0
        while found := self._gaps():
            for gap in found:
                if stop.is_set() or self._clock.monotonic() > ends:
                    _log.info("Rolled up %d days again that a rollup missed; more wait", filled)
                    return
                if self._roll(SiteDay(gap.site, gap.day)):
                    filled += 1
                else:
                    self._stuck.add(gap)
        if filled:
            _log.info("Rolled up %d days again that a rollup missed; none is left", filled)

    def _gaps(self) -> list[Gap]:
        with self._pool.connection() as connection:
            return gaps.waiting(connection, without=self._stuck, limit=_GAPS)

    def _sweep(self, stop: Event) -> None:
        try:
            self._sweeper.work(stop)
        except psycopg.OperationalError:
            raise
        except Exception:  # noqa: BLE001 - a site that cannot be swept must not keep the others from their rollups
            _log.exception("Removing deleted sites failed; the next round tries again")
            self._troubles += 1

    def _forget(self, now: int) -> None:
        with self._pool.connection() as connection:
            links.forget(connection, now=now)
            producers.forget(connection, before=now - PRODUCERS_KEPT)
            forgotten.forget(connection, before=now - PRODUCERS_KEPT)
            realtime_parts.forget(connection, before=now - REALTIME_PARTS_KEPT)
            rate_limits.forget(connection, before=now - RATE_LIMITS_KEPT)
            page_sessions.forget(connection, now=now)
            messages.forget(connection, sent_before=now - SENT_KEPT, given_up_before=now - GIVEN_UP_KEPT)

    def _complete_months(self, now: int, stop: Event) -> None:
        """Bring the months of sites that were quiet since up to yesterday, once a day."""
        with self._pool.connection() as connection:
            lagging = rollups.lagging_months(connection, today=day_of(now))
        for month in lagging:
            if stop.is_set():
                return
            self._job.complete_month(month)
        self._months_of = day_of(now)
