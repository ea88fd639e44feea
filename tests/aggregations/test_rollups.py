"""The rollups' frames against sums by brute force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings

from aggregations.frames import DAY_EVENTS, DAY_SESSIONS, events_frame, is_counted, sessions, stored_events
from aggregations.rollups import ROLLUPS
from aggregations.rollups.rollup import SPAN_KEYS, day_frames, roll
from aggregations.sessionizer import links_of, sessionize
from core.events import TrafficClass
from core.spans import DAY, HOUR
from tests.aggregations.streams import streams
from tests.aggregations.sums import Sums, sums_of
from tests.cases import FIRST_DAY, events_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.events import Event


def rolled(events: Sequence[Event], day: int = FIRST_DAY) -> dict[str, Sums]:
    """The rollups of a day by the frames, as `sums_of` writes them."""
    frame = events_frame(events)
    found = sessionize(frame, links_of(frame))
    of_day = found.events.filter(is_counted(), pl.col("ts").is_between(day, day + DAY, closed="left"))
    there = found.sessions.filter(pl.col("start") < day + DAY, pl.col("last") >= day)
    frames = day_frames(
        of_day.select(*DAY_EVENTS).cast(DAY_EVENTS), there.select(*DAY_SESSIONS).cast(DAY_SESSIONS), day=day
    )
    sums: dict[str, Sums] = {}
    for rollup in ROLLUPS:
        rows = roll(rollup, frames, day=day).collect()
        assert rows.columns == [*SPAN_KEYS, *rollup.table.columns]
        keys = [*SPAN_KEYS, *rollup.table.keys]
        sums[rollup.table.name] = {
            tuple(row[key] for key in keys): {name: n for name, n in row.items() if name not in keys and n}
            for row in rows.iter_rows(named=True)
        }
        assert len(sums[rollup.table.name]) == rows.height
        assert all(sums[rollup.table.name].values()), "a row that is 0 throughout"
    return sums


def brute(events: Sequence[Event], day: int = FIRST_DAY) -> dict[str, Sums]:
    """The same by brute force."""
    frame = events_frame(events)
    found = sessionize(frame, links_of(frame))
    return sums_of(stored_events(found.events), sessions(found.sessions), day=day)


@settings(max_examples=25, deadline=None)
@given(streams(sites=1, days=2))
def test_random_days(events: list[Event]) -> None:
    """On any stream the hours and the day of every table are the plain sums of its events and sessions."""
    for day in (FIRST_DAY, FIRST_DAY + DAY):
        assert rolled(events, day) == brute(events, day)


def test_empty_day() -> None:
    """A day without events has no rows."""
    assert rolled([]) == {rollup.table.name: {} for rollup in ROLLUPS}


def test_session_belongs_to_the_hour_of_its_start() -> None:
    """A visit from 10:50 to 13:10 is the visit of ten o'clock; each hour has its own views."""
    found = rolled(events_of("10:50 /a, 11:15 /b, 11:40 /b, 12:05 /c, 12:30 /c, 12:50 /c, 13:10 /d"))
    human = TrafficClass.HUMAN.value
    ten, eleven = FIRST_DAY + 10 * HOUR, FIRST_DAY + 11 * HOUR
    first = found["roll_site"][0, human, ten]
    assert (first["visits"], first["duration_ms"]) == (1, 140 * 60_000)
    assert found["roll_site"][0, human, eleven] == {"events": 2, "views": 2, "views_s1": 1, "views_d1": 1}
    assert found["roll_path"][0, human, ten, "/d"] == {"exits": 1}


@pytest.mark.parametrize(
    ("events", "journeys", "single"),
    [
        pytest.param("10:00 /a, 12:00 /b", 1, 0, id="two visits of one visitor are one journey"),
        pytest.param("10:00 /a, 10:01 !buy", 1, 1, id="one view and an action is a single journey"),
        pytest.param("10:00 !buy", 0, 0, id="no journey without a view"),
        pytest.param("10:00 /a person=0, 10:01 /a person=0", 0, 0, id="nobody makes no journey"),
    ],
)
def test_journeys(events: str, journeys: int, single: int) -> None:
    """A journey is a visitor's day with a view."""
    day = rolled(events_of(events))["roll_site"][1, 0, FIRST_DAY]
    assert (day.get("journeys", 0), day.get("single_journeys", 0)) == (journeys, single)


def test_order_within_a_millisecond() -> None:
    """Views with one time stamp are in the order of their ids."""
    late, early = events_of("10:00 /late, 10:00 /early")
    rows = rolled([late._replace(event_id=9), early._replace(event_id=8)])["roll_path"]
    assert rows[1, 0, FIRST_DAY, "/early"]["journey_entries"] == 1
    assert rows[1, 0, FIRST_DAY, "/late"]["journey_exits"] == 1
