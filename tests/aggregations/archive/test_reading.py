"""Events and sessions as frames, wherever they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from aggregations.archive.reading import Columns, read_frames
from aggregations.frames import events_frame
from aggregations.planner import Span
from aggregations.sessionizer import links_of, sessionize
from core.spans import DAY, HOUR, MINUTE
from storage.archive.schema import EVENTS, SESSIONS, VISIT, VISIT_COLUMNS
from storage.snapshots import snapshot
from tests.aggregations.streams import streams
from tests.cases import FIRST_DAY, events_of
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg_pool import ConnectionPool

    from core.events import Event

_EDGES = st.integers(0, 3 * 24 * 12).map(lambda steps: FIRST_DAY + steps * 5 * MINUTE)


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


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(events=streams(), begin=_EDGES, end=_EDGES)
def test_rows_are_what_the_sessionizer_makes(
    rollup_pool: ConnectionPool, events: Sequence[Event], begin: int, end: int
) -> None:
    """The rows of any span, with what the visits say of their events."""
    span = Span(min(begin, end), max(begin, end))
    with rollup_pool.connection() as connection:
        connection.execute("TRUNCATE events, event_properties, sessions, marks")
        write_events(connection, events)
    with rollup_pool.connection() as connection, snapshot(connection):
        read = read_frames(connection, None, 1, span)
        found = in_order(read.events.collect()), in_order(read.sessions.collect())

    for expected, actual in zip(right_frames(events, span), found, strict=True):
        assert_frame_equal(expected, actual)


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
