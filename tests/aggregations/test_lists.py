"""Lists of a past that is kept while it changes: always what the definitions say, and at once."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING

import psycopg
import pytest

from aggregations import reading
from aggregations.closed import CAPACITY, EACH, ClosedLists
from aggregations.job import RollupJob, month_of
from aggregations.reports import Reports
from aggregations.rollups import ROLLUPS
from core.query import Query
from core.ranges import Days
from core.spans import DAY, day_of
from core.telemetry import NoTelemetry
from storage import rollups
from storage.pool import open_pool
from storage.times import instant
from tests.aggregations.history import History, make_history
from tests.aggregations.test_reports import (
    FIRST,
    FIRST_DAY,
    StillClock,
    commit,
    expected_custom_events,
    expected_flow,
    expected_pages,
    random_query,
    seeded,
)

if TYPE_CHECKING:
    from random import Random

#: More than two months of them.
DAYS = 66


async def check(service: Reports, history: History, random: Random, *, ranges: int) -> None:
    """Hold some lists to the definitions, each asked for twice; those of a whole month are nothing but one rollup."""
    month = Query(site=1, days=Days(first=FIRST, last=FIRST.replace(day=28)), zone=UTC, bots=True)
    for asked in (*(random_query(random, history) for _ in range(ranges)), month):
        query = Query(site=1, days=asked.days, zone=asked.zone, bots=asked.bots)
        for _ in range(2):
            pages = await service.pages(query, limit=99)
            assert expected_pages(history, query) == [tuple(row) for row in pages.rows], query
            flow = await service.flow(query, limit=99)
            assert expected_flow(history, query) == [list(flow.landings), list(flow.exits)], query
            events = await service.custom_events(query, limit=99)
            assert expected_custom_events(history, query) == list(events.rows), query


@pytest.mark.parametrize("capacity", [0, 6 * EACH, CAPACITY])
async def test_a_change_of_the_past_shows_at_once(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch, capacity: int
) -> None:
    """Late events, days written again, one by force, days that a rollup missed: whatever was kept, however much."""
    monkeypatch.setattr(reading, "ClosedLists", partial(ClosedLists, capacity=capacity))
    random = seeded(capacity)
    history = make_history(random, site=1, first_day=FIRST_DAY, days=DAYS)
    late = random.sample(history.events, k=2)
    known = History(1, [row for row in history.events if row not in late], history.sessions)
    await commit(postgres_database, known)
    with open_pool(postgres_database, size=4) as pool:
        service = Reports(pool, clock=StillClock(), telemetry=NoTelemetry())
        job = RollupJob(pool=pool, clock=StillClock(), telemetry=NoTelemetry())
        for day in range(DAYS):
            job.roll_day(1, FIRST_DAY + day * DAY)
        await check(service, known, random, ranges=4)
        for row in late:
            await commit(postgres_database, History(1, [row], []))
            known = History(1, [*known.events, row], known.sessions)
            await check(service, known, random, ranges=2)
            assert job.roll_day(1, day_of(row.event.ts)) is not None
            await check(service, known, random, ranges=2)
        day = day_of(late[0].event.ts)
        with psycopg.connect(postgres_database) as connection:
            connection.execute("INSERT INTO rollup_gaps (site, day) VALUES (1, %s)", [instant(day).date()])
            connection.execute("DELETE FROM roll_event WHERE grain = 1 AND span = %s", [instant(day)])
            month = month_of(day)
            last = rollups.month_through(connection, site=1, month=month)
            rollups.replace_months(connection, [each.table for each in ROLLUPS], site=1, month=month, through=last)
        await check(service, known, random, ranges=2)
        assert job.roll_day(1, day) is not None
        assert job.roll_day(1, day + DAY, force=True) is not None
        await check(service, known, random, ranges=2)
        service.close()
