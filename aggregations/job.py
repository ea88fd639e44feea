"""The rollup job: one site, one UTC day.

What makes its rows trustworthy, however much happens meanwhile:

- A day's marks, events and sessions are read in one snapshot, and its marked hours (all 24 if it is forced) and the day
  are written from it. A mark is taken away only if its version is still the one read: whatever was committed since then
  left its mark. So an hour without a mark is right, also the running one, and need not be written again; and a day is
  right if none of its hours is marked.
- Whoever writes a day of a site writes the day's month in the same transaction, as the sum of the days up to `through`
  (a later day changes nothing in it), and only one job at a time writes a site. So a month row always equals the sum of
  its day rows up to `through`, and is right if no hour of these days is marked: a day that was never rolled up either
  has no events, and adds 0, or is marked. Only days that have ended are contained, so that the marks of the running day
  do not spoil its month.
- A day that was rolled up before a rollup was added has a gap there; it is written whole, as if it were forced. Where
  the gap is a changed time zone's, only what depends on the zone is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from aggregations.archive.day import read_day
from aggregations.archive.reading import required
from aggregations.archive.writing import Contents, write_pair
from aggregations.due import SiteDay
from aggregations.frames import DAY_EVENTS, DAY_SESSIONS
from aggregations.planner import Span
from aggregations.rollups import ROLLUPS
from aggregations.rollups.rollup import day_frames, roll
from aggregations.rollups.zone import midnight_in, zone_visitors
from core.errors import Refused
from core.spans import DAY, HOUR, day_of
from storage import frames, gaps, marks, rollups, zones
from storage import retention as kept
from storage.archive import manifest, retention
from storage.gaps import Missing
from storage.locks import site_lock, wait_for_past_alone
from storage.rollups import DayHours, Grain, SiteMonth
from storage.snapshots import snapshot
from storage.times import instant, millis

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from core.telemetry import Telemetry
    from storage.archive.manifest import FilePair
    from storage.archive.store import ArchiveStore
    from storage.marks import Mark


#: So long after its end a day has files, ms: by then most of what was late for it has come.
ARCHIVED_AFTER: Final = HOUR


class RolledDay(NamedTuple):
    """What a job did."""

    events: int  # counted events of the day
    sessions: int  # that began on it
    rows: int  # rollup rows written, without the month's
    repeated_ids: int  # events whose id a visitor already had on the day: a fault
    cleared: int  # marks taken away
    kept: int  # marks that were raised meanwhile


class _Day(NamedTuple):
    """One snapshot of a day."""

    marks: list[Mark]
    missing: Missing | None
    hours: bool  # whether rollups have hours of it, beside those of the site's totals
    zone: str  # the site's
    events: pl.DataFrame  # DAY_EVENTS, by ts and event id
    sessions: pl.DataFrame  # DAY_SESSIONS, those that began on the day before and went on too
    contents: Contents | None  # of its files, if it is to have any


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupJob:
    """Rolls up days of sites; any number of threads and processes may hold one."""

    pool: ConnectionPool
    clock: Clock
    telemetry: Telemetry
    archive: ArchiveStore | None = None  # without one no day has files

    def roll_day(self, site: int, day: int, *, force: bool = False, files: bool = False) -> RolledDay | None:
        """Roll up the UTC day that begins at `day` (ms), and write its files if it has ended.

        With `files` this is done for their sake: of the rollups only what is marked is written. Returns None if no hour
        of the day is marked, no rollup misses it, and nothing forces it; or what it was made of is gone by its age.

        Waits while another job has the site.

        Raises:
            Unavailable: another job has the site for minutes, or the archive does not answer.
            psycopg.OperationalError: the database is away; nothing was written.
        """
        started, now = self.clock.monotonic(), self.clock.now_ms()
        with self.pool.connection() as connection, site_lock(connection, site):
            found = self._read(
                connection, SiteDay(site, day), force=force, files=files, archived=day + DAY + ARCHIVED_AFTER <= now
            )
            if found is None:
                return None
            whole = force or found.missing is Missing.ADDED_LATER
            hours = range(day, day + DAY, HOUR) if whole else {mark.hour for mark in found.marks}
            pair = self._write_files(connection, site, day, found.contents)
            rolled = _write(connection, found, DayHours(site, day, hours), pair, now=now)
        self.telemetry.add("footfall_rollup_days_total")
        self.telemetry.observe("footfall_rollup_seconds", self.clock.monotonic() - started)
        self.telemetry.add("footfall_repeated_event_ids_total", rolled.repeated_ids)
        return rolled

    def thaw(self, site: int, day: int) -> None:
        """Put the rows of a site's day (start, ms) back into the tables, so that something can be added to them.

        Nothing is done if they are there. They leave again when the day's files are final.

        Raises:
            Refused: events of the day, or of the one before, are gone by their age.
            Unavailable: another job has the site for minutes, or the archive does not answer.
            psycopg.OperationalError: the database is away; nothing was done.
        """
        with self.pool.connection() as connection, site_lock(connection, site), connection.transaction():
            wait_for_past_alone(connection)
            if not kept.of_site(connection, site).can_change(day):
                raise Refused(
                    f"nothing can be added to {instant(day):%Y-%m-%d}: its events or those of the day before are gone"
                    " by file_retention_days"
                )
            if not retention.row_days(connection, site=site, begin=day, end=day + DAY).has(day):
                found = read_day(connection, self.archive, site, day)
                retention.thaw(connection, site=site, day=day, events=found.events, sessions=found.for_files().sessions)

    def complete_month(self, lagging: SiteMonth) -> None:
        """Bring a site's month up to the last day that has ended. Waits and raises as `roll_day` does."""
        with self.pool.connection() as connection, site_lock(connection, lagging.site), connection.transaction():
            _sum_month(connection, lagging, changed=None, now=self.clock.now_ms())

    def _read(self, connection: Connection, what: SiteDay, *, force: bool, files: bool, archived: bool) -> _Day | None:
        """The day in one snapshot; only what the rollups need of it if it is not to have files."""
        site, day = what
        with snapshot(connection):
            if not kept.of_site(connection, site).can_change(day):
                return None
            marked = marks.of_span(connection, site=site, start=day, end=day + DAY)
            missing = gaps.of_day(connection, site=site, day=day)
            if not (marked or missing or force or files):
                return None
            zone = zones.of_site(connection, site)
            row_days = retention.row_days(connection, site=site, begin=day, end=day + DAY)
            has_rows, has_hours = row_days.has(day), day >= row_days.rows_from
            has_files = bool(manifest.current(connection, site=site, begin=day, end=day + DAY))
            if has_files:
                required(self.archive)  # or they would be behind
            if has_rows and not (archived and self.archive):
                span = {"site": site, "start": instant(day), "end": instant(day + DAY)}
                events = frames.read(connection, "events.of_day", span, DAY_EVENTS, categories=True)
                sessions = frames.read(connection, "sessions.of_day", span, DAY_SESSIONS, categories=True)
                # Sorted here: the database took half as long again for it.
                return _Day(marked, missing, has_hours, zone, events.sort("ts", "event_id"), sessions, None)
            trusted = None if force else {mark.hour for mark in marked}
            found = read_day(connection, self.archive, site, day, marked=trusted)
            contents = found.for_files() if has_files or not found.is_empty else None
            return _Day(marked, missing, has_hours, zone, *found.for_rollups(), contents)

    def _write_files(self, connection: Connection, site: int, day: int, contents: Contents | None) -> FilePair | None:
        if contents is None or self.archive is None:
            return None
        with connection.transaction():
            version = manifest.next_version(connection)
        pair = write_pair(self.archive, site, Span(day, day + DAY), contents, version=version)
        self.telemetry.add("footfall_archive_files_total", len(pair))
        self.telemetry.add("footfall_archive_bytes_total", sum(file.size for file in pair))
        return pair


def month_of(ts: int) -> int:
    """Return the start of the UTC month that holds `ts`, both in ms."""
    return millis(instant(ts).replace(day=1, hour=0, minute=0, second=0, microsecond=0))


def through(month: int, *, now: int) -> int | None:
    """Return the last day of the month that has ended (its start), or None while the first day runs. All in ms."""
    # Any month has begun 31 days after the one before, and no month lasts longer.
    following = month_of(month + 31 * DAY)
    last = min(following, day_of(now)) - DAY
    return last if last >= month else None


def _write(connection: Connection, found: _Day, what: DayHours, pair: FilePair | None, *, now: int) -> RolledDay:
    prepared = day_frames(found.events, found.sessions, day=what.day)
    is_meant = (pl.col("grain") == Grain.DAY) | pl.col("span").is_in(list(what.hours))
    # Without hours nothing is missing but what depends on the zone.
    meant = ROLLUPS if what.hours else ()
    rolled = pl.collect_all(
        [
            roll(rollup, prepared, day=what.day).filter(
                is_meant if found.hours or rollup.table.hours_for_ever else pl.col("grain") == Grain.DAY
            )
            for rollup in meant
        ]
    )
    midnight = midnight_in(what.day, ZoneInfo(found.zone))
    visitors = [] if midnight is None else zone_visitors(prepared, midnight)
    with connection.transaction():
        # A zone that was changed since the snapshot left a gap of its own. From here on whoever changes it waits.
        is_filled = found.missing and zones.hold(connection, what.site) == found.zone
        for rollup, frame in zip(meant, rolled, strict=True):
            rollups.replace_day(connection, rollup.table, what, frame)
        if meant:
            _sum_month(connection, SiteMonth(what.site, month_of(what.day)), changed=what.day, now=now)
        zones.replace(connection, site=what.site, day=what.day, zone=found.zone, visitors=visitors)
        if is_filled:
            gaps.fill(connection, site=what.site, day=what.day)
        if pair is not None:
            manifest.replace(connection, pair, at=now)
        # Last, so that no batch waits for longer than the commit.
        cleared = marks.clear(connection, site=what.site, marks=found.marks)
    return RolledDay(
        events=found.events.height,
        sessions=found.sessions.filter(pl.col("start") >= what.day).height,
        rows=sum(frame.height for frame in rolled),
        repeated_ids=_repeated_ids(found.events),
        cleared=cleared,
        kept=len(found.marks) - cleared,
    )


def _sum_month(connection: Connection, what: SiteMonth, *, changed: int | None, now: int) -> None:
    """Sum the month up to the last day that has ended, unless it stands there and the changed day comes after it."""
    site, month = what
    last = through(month, now=now)
    contained = rollups.month_through(connection, site=site, month=month)
    if contained != last or (changed is not None and last is not None and changed <= last):
        tables = [rollup.table for rollup in ROLLUPS]
        rollups.replace_months(connection, tables, site=site, month=month, through=last)


def _repeated_ids(events: pl.DataFrame) -> int:
    of_visitors = events.lazy().filter(pl.col("visitor") != 0).select("class", "visitor", "event_id")
    return int(of_visitors.select(pl.len() - pl.struct(pl.all()).n_unique()).collect().item())
