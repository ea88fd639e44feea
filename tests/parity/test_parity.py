"""Single node and cluster count the same of the same traffic, and both count what is defined."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from polars.testing import assert_frame_equal

from aggregations.frames import events_frame
from aggregations.job import RollupJob
from aggregations.planner import Span
from aggregations.sessionizer import links_of
from core.drops import DropReason
from core.events import TrafficClass
from core.ranges import date_at
from core.spans import day_of
from core.telemetry import NoTelemetry
from storage import marks
from storage.pool import open_pool
from tests.aggregations.history import totals
from tests.parity.asking import ask, make_queries
from tests.parity.conftest import REQUESTS
from tests.parity.traffic import has_midnight
from tests.stored import assert_as_sessionized, read_store
from tests.streams.scenes import HandClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.metrics import Totals
    from core.query import Query
    from tests.aggregations.history import History
    from tests.parity.conftest import BothWays

pytestmark = [pytest.mark.kafka, pytest.mark.timescale]

QUERIES: Final = 12


def test_traffic_is_of_all_sorts(both: BothWays) -> None:
    """The traffic has what is hard to count: drops of each reason, bots, nobody, late ones, midnights, repetitions."""
    events = [outcome.event for outcome in both.collected.accepted]
    stored = read_store(both.cluster)
    over_midnight = sum(day_of(start) != day_of(last) for start, last in stored.sessions.select("start", "last").rows())

    assert len(events) + both.collected.dropped.total() == REQUESTS
    assert set(both.collected.dropped) == {
        DropReason.EXCLUDED_IP,
        DropReason.PREFETCH,
        DropReason.GLOBAL_PRIVACY_CONTROL,
        DropReason.DO_NOT_TRACK,
    }
    assert {event.traffic for event in events} == {TrafficClass.HUMAN, TrafficClass.BOT}
    assert any(not event.visitor for event in events)
    assert sum(later.ts < event.ts for event, later in pairwise(events)) > 1_000
    assert both.repeated > 30
    if has_midnight(both.end):
        assert over_midnight > 20


@pytest.mark.parametrize("way", ["single_node", "cluster"])
def test_store_is_what_the_sessionizer_makes(both: BothWays, way: str) -> None:
    """Each accepted event is stored once, and sessions, facts and links are those of a computation over all at once."""
    accepted = events_frame(outcome.event for outcome in both.collected.accepted)
    stored = read_store(getattr(both, way))

    assert_as_sessionized(stored, accepted)
    assert_frame_equal(links_of(accepted), stored.links, check_row_order=False)
    assert _properties(getattr(both, way)) == {
        (outcome.event.site, outcome.event.event_id): json.loads(outcome.event.properties)
        for outcome in both.collected.accepted
        if outcome.event.properties
    }


def test_reports_are_equal(both: BothWays) -> None:
    """Every report is the same both ways, and as defined: from rows, from rollups of half of the days, and of all."""
    queries = make_queries(
        [site.id for site in both.sites], last=date_at(both.end, UTC), count=QUERIES, seed=both.end // 1_000
    )
    stored = read_store(both.single_node)
    histories = {site.id: stored.history(site.id) for site in both.sites}
    expected = [_by_definition(histories[query.site], query) for query in queries]
    days = sorted(_marked_days(both.single_node) | _marked_days(both.cluster))

    for due in ([], days[::2], days):
        for dsn in (both.single_node, both.cluster):
            _roll_up(dsn, due, now=both.end)
        alone = asyncio.run(ask(both.single_node, queries))
        clustered = asyncio.run(ask(both.cluster, queries))

        assert alone == clustered
        assert expected == [answers.summaries[0].totals for answers in alone]
    assert (set(), set()) == (_marked_days(both.single_node), _marked_days(both.cluster))


def _by_definition(history: History, query: Query) -> Totals:
    edges = query.edges
    has: Callable[[str], bool] | None = None
    if query.path is not None:
        has = partial(str.__eq__, query.path)
    elif query.group is not None:
        has = query.group.has
    return totals(
        history,
        Span(edges[0], edges[-1]),
        bots=query.bots,
        has=has,
        grouped=query.group is not None,
    )


def _marked_days(dsn: str) -> set[tuple[int, int]]:
    with psycopg.connect(dsn) as connection:
        return {(mark.site, day_of(mark.hour)) for mark in marks.waiting(connection)}


def _roll_up(dsn: str, days: list[tuple[int, int]], *, now: int) -> None:
    pool = open_pool(dsn, size=2)
    job = RollupJob(pool=pool, clock=HandClock(now), telemetry=NoTelemetry())
    for site, day in days:
        job.roll_day(site, day)
    pool.close()


def _properties(dsn: str) -> dict[tuple[int, int], object]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT site, event_id, properties FROM event_properties").fetchall()
    assert len(rows) == len({row[:2] for row in rows})
    return {(site, event_id): properties for site, event_id, properties in rows}
