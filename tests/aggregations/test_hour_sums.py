"""What SQL counts of an hour's rows is what the job writes of the hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.dimensions import OF_SESSIONS
from core.events import TrafficClass
from core.spans import DAY, HOUR
from storage.listings import CUSTOM_EVENTS, FLOW, PAGES, Listing, rollup_blocks, row_blocks, visits_by
from storage.pieces import Bucketed, Piece
from storage.reports import Scope
from storage.rollups import Grain
from tests.aggregations.test_job import new_job, some_events
from tests.cases import FIRST_DAY
from tests.stores import write_events

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool


@pytest.mark.parametrize(
    "listing",
    [PAGES, FLOW, CUSTOM_EVENTS, visits_by(*OF_SESSIONS)],
    ids=["pages", "flow", "custom events", "dimensions"],
)
@pytest.mark.parametrize("seed", range(2))
def test_hours_of_rows_are_hours_of_rollups(rollup_pool: ConnectionPool, listing: Listing, seed: int) -> None:
    """Key by key, hour by hour, for each class; where rows have nothing, rollups have nothing or 0."""
    with rollup_pool.connection() as connection:
        write_events(connection, some_events(seed))
    job = new_job(rollup_pool)
    job.roll_day(1, FIRST_DAY)
    job.roll_day(1, FIRST_DAY + DAY)
    hours = range(FIRST_DAY, FIRST_DAY + 2 * DAY, HOUR)
    with rollup_pool.connection() as connection:
        pieces = [Bucketed(number, Piece(None, hour, hour + HOUR)) for number, hour in enumerate(hours)]
        counted = [
            (number, traffic, line)
            for number, traffic, lines in row_blocks(connection, listing, Scope(1, list(TrafficClass)), pieces)
            for line in lines.rows()
        ]
        whole = [Piece(Grain.HOUR, hours.start, hours.stop)]
        rolled = [
            (hours.index(block.begin), int(traffic), line)
            for traffic in TrafficClass
            for block in rollup_blocks(connection, listing, Scope(1, [traffic]), whole)
            for line in block.lines.rows()
        ]
    assert counted
    assert sorted(rolled) == sorted(counted)
