"""Events and sessions as frames, wherever they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from aggregations.archive.reading import Columns, read_frames, reading_files
from aggregations.planner import Span
from core.spans import DAY, HOUR, MINUTE
from storage.archive.folder import Folder
from storage.snapshots import snapshot
from tests.aggregations.streams import streams
from tests.archives import in_order, right_frames
from tests.cases import FIRST_DAY, events_of
from tests.mixtures import Mixture, arrange, mixtures
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest
    from psycopg_pool import ConnectionPool

    from core.events import Event

_EDGES = st.integers(0, 3 * 24 * 12).map(lambda steps: FIRST_DAY + steps * 5 * MINUTE)
_SPANS = st.tuples(_EDGES, _EDGES).map(lambda edges: Span(min(edges), max(edges)))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
