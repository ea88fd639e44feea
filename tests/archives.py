"""A site and its archive, whose clock is turned by hand; and what must be read of it."""

from __future__ import annotations

from random import Random
from threading import Event as Flag
from typing import TYPE_CHECKING, Final

import polars as pl
from polars.testing import assert_frame_equal

from aggregations.archive.reading import read_frames, reading_files
from aggregations.frames import events_frame
from aggregations.job import RollupJob
from aggregations.planner import Span
from aggregations.sessionizer import links_of, sessionize
from core.spans import DAY, HOUR, MINUTE
from ops.archivist import Archivist
from storage import marks
from storage.archive import manifest
from storage.archive.folder import Folder
from storage.archive.schema import EVENT_ORDER, EVENTS, SESSION_ORDER, SESSIONS, VISIT, VISIT_COLUMNS, in_file
from storage.snapshots import snapshot
from storage.times import instant, millis_of
from tests.cases import event_at
from tests.clocks import SetClock
from tests.measurements import Measurements
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from psycopg_pool import ConnectionPool

    from core.events import Event
    from storage.archive.store import ArchiveStore

#: The 25th of a month of 30 days, so that a month ends on the way.
FIRST: Final = millis_of(instant(1_790_000_000_000).date().replace(day=25))


class Stage:
    """A site, its archive, and an archivist whose clock is turned by hand."""

    def __init__(self, pool: ConnectionPool, folder: Path, store: ArchiveStore | None = None) -> None:
        self.pool = pool
        self.clock = SetClock(FIRST)
        self.telemetry = Measurements()
        self.store = store or Folder(folder)
        self.job = RollupJob(pool=pool, clock=self.clock, telemetry=self.telemetry, archive=self.store)
        self.roll_up = True  #: whether marked days are rolled up as the time comes
        self.archivist = self.new_archivist()
        self.events: list[Event] = []

    def new_archivist(self, *, has_room: Callable[[], bool] = lambda: True) -> Archivist:
        """As after a start."""
        return Archivist(
            pool=self.pool,
            job=self.job,
            store=self.store,
            clock=self.clock,
            telemetry=self.telemetry,
            retention_days=4,
            has_room=has_room,
        )

    def write(self, events: Sequence[Event]) -> None:
        """Let events come in."""
        self.events += events
        with self.pool.connection() as connection:
            write_events(connection, events)

    def go_to(self, now: int) -> None:
        """Let the time come, roll up what is marked, and do the archive's work until nothing is left."""
        self.clock.now = now
        with self.pool.connection() as connection:
            days = sorted({(site, hour - hour % DAY) for site, hour, _ in marks.waiting(connection)})
        for site, day in days:
            if day + DAY <= now and self.roll_up:
                self.job.roll_day(site, day)
        for _ in range(4):
            self.archivist.work(Flag())
            self.clock.now += 11 * MINUTE

    def assert_right(self) -> None:
        """Everything that ever came in is read, and nothing else."""
        span = Span(FIRST - 20 * DAY, FIRST + 60 * DAY)
        with self.pool.connection() as connection, snapshot(connection), reading_files():
            read = read_frames(connection, self.store, 1, span)
            found = in_order(read.events.collect()), in_order(read.sessions.collect())
        for expected, actual in zip(right_frames(self.events, span), found, strict=True):
            assert_frame_equal(expected, actual)

    def assert_in_order(self) -> None:
        """Every file has the rows in its order, the columns of its schema, and no nulls."""
        for found in self.store.found(1):
            is_events = "/events-" in found.name
            schema, order = (EVENTS, EVENT_ORDER) if is_events else (SESSIONS, SESSION_ORDER)
            (address,) = self.store.sources([found.name]).addresses
            frame = pl.read_parquet(address, hive_partitioning=False)
            assert frame.schema == in_file(schema)
            assert frame.equals(frame.sort(*order, maintain_order=True))
            assert sum(frame.null_count().row(0)) == 0
            assert pl.read_parquet_metadata(address)["footfall_schema"] == "1"

    def current(self) -> list[tuple[str, bool]]:
        """The current files of events and whether they are final."""
        with self.pool.connection() as connection:
            pairs = manifest.current(connection, site=1, begin=0, end=FIRST + 1000 * DAY)
        names = [(str(pair.events.name).partition(".v")[0], pair.final) for pair in pairs]
        return sorted(names)

    def rows(self) -> dict[str, int]:
        """How many rows are in the tables."""
        with self.pool.connection() as connection:
            return {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]  # noqa: S608 - our own names
                for table in ("events", "event_properties", "sessions")
            }


def right_frames(events: Sequence[Event], span: Span) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the frames of site 1 must hold, made by the sessionizer."""
    frame = events_frame([event for event in events if event.site == 1])
    found = sessionize(frame, links_of(frame))
    named = found.sessions.select(
        "session_id",
        pl.col("start").alias("visit_start"),
        *(pl.col(column.removeprefix(VISIT)).alias(column) for column in VISIT_COLUMNS),
    )
    of_span = found.events.filter(pl.col("ts").is_between(*span, closed="left"))
    expected = of_span.join(named, on="session_id", how="left").with_columns(
        pl.col("visit_start").fill_null(0), pl.col(VISIT_COLUMNS).fill_null("")
    )
    begun = found.sessions.filter(pl.col("start").is_between(*span, closed="left"))
    return in_order(expected.select(*EVENTS).cast(EVENTS)), in_order(begun.select(*SESSIONS).cast(SESSIONS))


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows in an order that tells all of them apart."""
    return frame.sort("ts" if "ts" in frame.columns else "start", *(set(frame.columns) & {"event_id", "session_id"}))


def day_of_events(day: int, seed: int, *, count: int = 40) -> list[Event]:
    """Events of a few people over one day, some of them shortly before midnight, some with properties."""
    random = Random(seed)  # noqa: S311 - test data
    times = sorted(random.choices([*range(0, DAY, 13 * MINUTE), *range(DAY - HOUR, DAY, 7 * MINUTE)], k=count))
    return [
        event_at(
            day + ts,
            number,
            person=random.randrange(5),
            traffic=random.choice((0, 0, 0, 1)),
            event_type=random.choice(("page_view", "page_view", "custom", "scroll_50")),
            name="buy",
            path=random.choice(("/", "/ä", '/"a",b')),
            engaged_ms=random.randrange(9),
        )._replace(properties=random.choice(("", "", '{"plan": "pro"}')))
        for number, ts in enumerate(times)
    ]


def some_days(count: int) -> list[Event]:
    """Events of days that follow each other."""
    return [event for day in range(count) for event in day_of_events(FIRST + day * DAY, day)]


def name(day: int) -> str:
    """The name of a day's events, without version."""
    return f"site=1/events-{instant(FIRST + day * DAY):%Y-%m-%d}"
