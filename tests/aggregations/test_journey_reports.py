"""Journeys of visitors against their definitions: of rollups, rows, files and any mixture of them."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregations.hits import VisitorJourney
from aggregations.job import RollupJob
from aggregations.reports import Reports
from core.hits import HitQuery
from core.spans import DAY, HOUR, MINUTE
from core.telemetry import NoTelemetry
from storage.archive.folder import Folder
from storage.pool import open_pool
from tests.aggregations.test_hit_reports import check as check_hits
from tests.aggregations.test_hit_reports import passes, put, queries, sightings
from tests.cases import FIRST_DAY, event_at
from tests.clocks import SetClock
from tests.mixtures import Mixture, mixtures
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg_pool import ConnectionPool

    from core.events import Event

_MANY: Final = 10_000


def journeys(events: Sequence[Event], query: HitQuery) -> list[VisitorJourney]:
    """All journeys by definition, those that began last first."""
    found = sorted(
        (event for event in events if event.visitor and passes(event, query)),
        key=lambda event: (event.traffic, event.visitor, event.ts, event.event_id),
    )
    grouped = [[*views] for _, views in groupby(found, key=lambda event: (event.traffic, event.visitor))]
    grouped.sort(key=lambda views: (views[0].ts, views[0].event_id, views[0].visitor, views[0].traffic), reverse=True)
    return [
        VisitorJourney(
            visitor=views[0].visitor,
            first=views[0].ts,
            last=views[-1].ts,
            pages=tuple(view.path for view in views),
            referrer=views[0].referrer,
            country=views[0].country,
            browser=views[0].browser,
        )
        for views in grouped
    ]


async def check(reports: Reports, events: Sequence[Event], query: HitQuery) -> None:
    """All that is answered about a query is what the definitions say, in parts as in one."""
    expected = journeys(events, query)
    for limit, offset in ((_MANY, 0), (2, 1), (2, max(len(expected) - 1, 0)), (1, len(expected))):
        found = await reports.visitor_journeys(query, limit=limit, offset=offset, ends=_MANY)
        assert expected[offset : offset + limit] == list(found.rows), (query, limit, offset)
        assert (len(expected), sum(len(one.pages) == 1 for one in expected)) == (found.total, found.single), query
        for place, ends in ((0, found.entries), (-1, found.exits)):
            counts = Counter(one.pages[place] for one in expected)
            assert sorted(counts.items(), key=lambda end: (-end[1], end[0])) == list(ends), query
    assert found.entries[:1] == (await reports.visitor_journeys(query, limit=1, ends=1)).entries


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=sightings(), mixture=mixtures(), asked=st.lists(queries(), min_size=2, max_size=2))
def test_journeys_are_what_the_definitions_say(
    rollup_pool: ConnectionPool,
    tmp_path_factory: pytest.TempPathFactory,
    events: list[Event],
    mixture: Mixture,
    asked: list[HitQuery],
) -> None:
    """From rollups, rows, files and any mixture of them; of all views as of those with a value."""
    store = Folder(tmp_path_factory.mktemp("archive"))
    there = put(rollup_pool, store, events, mixture)
    service = Reports(rollup_pool, clock=SetClock(FIRST_DAY + 30 * DAY), telemetry=NoTelemetry(), archive=store)

    async def ask() -> None:
        for query in asked:
            one = replace(query, site=query.sites[0])
            await check(service, there, one)
            await check(service, there, replace(one, path=None, country=None, referrer=None))

    asyncio.run(ask())
    service.close()


async def test_visitors_are_those_of_one_site(postgres_database: str) -> None:
    """On two sites nobody is the same."""
    with open_pool(postgres_database, size=1) as pool:
        service = Reports(pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
        with pytest.raises(ValueError, match="of a single site"):
            await service.visitor_journeys(HitQuery(site=[1, 2], begin=0, end=1), limit=1)
        service.close()


async def test_months_of_hits_and_journeys_are_those_of_the_definitions(postgres_database: str) -> None:
    """Whole ones, some days of them, and days of other zones; some of it kept from the question before."""
    people = itertools.cycle((("/a", "DE"), ("/b", ""), ("/a", "FR"), ("/c", "DE"), ("/b", "DE")))
    events = [
        event_at(FIRST_DAY + day * DAY + hour * HOUR, day, person=day % 3, path=path)._replace(country=country)
        for day in range(0, 45, 4)
        for hour, (path, country) in zip((0, 1, 17, 19, 23), people, strict=False)
    ]
    with open_pool(postgres_database, size=2) as pool:
        with pool.connection() as connection:
            write_events(connection, events)
        job = RollupJob(pool=pool, clock=SetClock(FIRST_DAY + 90 * DAY), telemetry=NoTelemetry())
        for day in range(0, 44, 4):
            job.roll_day(1, FIRST_DAY + day * DAY)
        service = Reports(pool, clock=SetClock(FIRST_DAY + 90 * DAY), telemetry=NoTelemetry())
        for first, last, cut in ((0, 60, 0), (3, 42, 0), (1, 44, 18 * HOUR + 15 * MINUTE)):
            begin, end = (FIRST_DAY + day * DAY + cut for day in (first, last))
            query = HitQuery(site=1, begin=begin, end=end)
            for _ in range(2):
                await check(service, events, query)
                await check_hits(service, events, query)
        service.close()
