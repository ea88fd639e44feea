"""Events and sessions as frames, wherever they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from aggregations.archive.reading import Columns, read_frames, reading_files
from aggregations.frames import events_frame
from aggregations.job import RollupJob
from aggregations.planner import Span
from aggregations.sessionizer import links_of, sessionize
from core.spans import DAY, HOUR, MINUTE
from storage import marks
from storage.archive.folder import Folder
from storage.archive.schema import EVENTS, SESSIONS, VISIT, VISIT_COLUMNS
from storage.snapshots import snapshot
from storage.times import instant
from tests.aggregations.streams import streams
from tests.cases import FIRST_DAY, events_of
from tests.clocks import SetClock
from tests.measurements import Measurements
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest
    from psycopg_pool import ConnectionPool

    from core.events import Event
    from storage.archive.store import ArchiveStore

DAYS = tuple(FIRST_DAY + number * DAY for number in range(3))
_EDGES = st.integers(0, 3 * 24 * 12).map(lambda steps: FIRST_DAY + steps * 5 * MINUTE)
_SPANS = st.tuples(_EDGES, _EDGES).map(lambda edges: Span(min(edges), max(edges)))


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


class Mixture(NamedTuple):
    """Where each day of a stream is, and what is marked."""

    archived: set[int]  # days that have files
    dropped: int  # days from the first whose rows are gone
    marked: set[int]  # hours


@st.composite
def mixtures(draw: st.DrawFn) -> Mixture:
    """Any mixture of rows and files; what has no rows has files."""
    dropped = draw(st.integers(0, 3))
    archived = draw(st.sets(st.sampled_from(DAYS))) | set(DAYS[:dropped])
    marked = draw(st.sets(st.integers(0, 3 * 24 - 1).map(lambda hour: FIRST_DAY + hour * HOUR), max_size=20))
    return Mixture(archived, dropped, marked)


def arrange(pool: ConnectionPool, store: ArchiveStore, events: Sequence[Event], mixture: Mixture) -> None:
    """Store events, write files, drop rows, and leave marks; where one stands the file is wrong if there are rows."""
    with pool.connection() as connection:
        connection.execute(
            "TRUNCATE events, event_properties, sessions, marks, archive_files, archive_retention, roll_site"
        )
        write_events(connection, events)
        if mixture.marked:
            # What only the rows have: it is in no file, for the marks say so.
            connection.execute(
                "UPDATE events SET ip = 'late' WHERE site = 1 AND date_trunc('hour', ts) = ANY(%s)",
                [[instant(hour) for hour in mixture.marked]],
            )
    job = RollupJob(pool=pool, clock=SetClock(FIRST_DAY + 30 * DAY), telemetry=Measurements(), archive=store)
    for day in mixture.archived:
        job.roll_day(1, day, force=True)
    with pool.connection() as connection:
        connection.execute("UPDATE events SET ip = 'later' WHERE ip = 'late'")
        connection.execute("DELETE FROM marks")
        marks.put(connection, site=1, hours=mixture.marked, partition=0)
        rows_from = FIRST_DAY + mixture.dropped * DAY
        connection.execute(
            "INSERT INTO archive_retention (rows_from, moved_at) VALUES (%s, now())", [instant(rows_from)]
        )
        connection.execute("DELETE FROM events WHERE ts < %s", [instant(rows_from)])
        connection.execute("DELETE FROM sessions WHERE start < %s", [instant(rows_from)])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=streams(), mixture=mixtures(), span=_SPANS)
def test_any_mixture_is_what_the_sessionizer_makes(
    rollup_pool: ConnectionPool,
    tmp_path_factory: pytest.TempPathFactory,
    events: Sequence[Event],
    mixture: Mixture,
    span: Span,
) -> None:
    """Rows only, files only and any mixture of them give the same frames of any span."""
    store = Folder(tmp_path_factory.mktemp("archive"))
    arrange(rollup_pool, store, events, mixture)
    with rollup_pool.connection() as connection, snapshot(connection), reading_files():
        read = read_frames(connection, store, 1, span)
        found = in_order(read.events.collect()), in_order(read.sessions.collect())

    expected_events, expected_sessions = right_frames(events, span)
    is_marked = (pl.col("ts") - pl.col("ts") % HOUR).is_in(list(mixture.marked))
    has_rows = pl.col("ts") >= FIRST_DAY + mixture.dropped * DAY
    late = pl.when(is_marked).then(pl.when(has_rows).then(pl.lit("later")).otherwise(pl.lit("late"))).otherwise("ip")
    assert_frame_equal(expected_events.with_columns(late.alias("ip")), found[0])
    assert_frame_equal(expected_sessions, found[1])


def test_properties_and_some_columns(rollup_pool: ConnectionPool) -> None:
    """Properties come with their event, '' without; what is not asked for is not there."""
    one, other = events_of("10:00 /a, 10:01 !buy")
    given_properties = {"plan": "pro", "note": 'a "quoted", ä\nline'}
    with rollup_pool.connection() as connection:
        write_events(connection, [one, other._replace(properties=json.dumps(given_properties))])
    span = Span(FIRST_DAY, FIRST_DAY + DAY)
    with rollup_pool.connection() as connection, snapshot(connection):
        read = read_frames(
            connection, None, 1, span, columns=Columns(events=("name", "properties", "visit_device"), sessions=())
        )
        events, sessions = read.events.sort("name").collect(), read.sessions.collect()

    assert events.columns == ["name", "properties", "visit_device"]
    assert events["visit_device"].to_list() == ["desktop", "desktop"]
    assert [json.loads(text) if text else None for text in events["properties"]] == [None, given_properties]
    assert sessions.shape == (0, 0)


def test_span_within_an_hour(rollup_pool: ConnectionPool) -> None:
    """A session that began before the span still names its events, and is itself not in it."""
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a channel=Organic, 10:20 /b"))
    hour = FIRST_DAY + 10 * HOUR
    with rollup_pool.connection() as connection, snapshot(connection):
        read = read_frames(connection, None, 1, Span(hour + 10 * MINUTE, hour + 30 * MINUTE))
        events, sessions = read.events.collect(), read.sessions.collect()

    assert events["visit_channel"].to_list() == ["Organic"]
    assert events["visit_start"].to_list() == [hour]
    assert sessions.height == 0
