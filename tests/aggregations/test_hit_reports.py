"""Hits against their definitions: of rollups, rows, files and any mixture of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregations import hit_reports
from aggregations.archive.kept import KeptDays
from aggregations.hits import AddressHits, Hit, HitGroup
from aggregations.reports import Reports
from core.hits import HitColumn, HitOrder, HitQuery
from core.spans import DAY, HOUR, MINUTE, day_of, hour_of
from core.telemetry import NoTelemetry
from storage import marks
from storage.archive.folder import Folder
from tests.aggregations.streams import streams
from tests.aggregations.test_table_reading import with_rollups
from tests.cases import FIRST_DAY
from tests.clocks import SetClock
from tests.mixtures import Mixture, arrange, mixtures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg_pool import ConnectionPool

    from core.events import Event

_MANY: Final = 10_000
_LATER: Final = FIRST_DAY + 30 * DAY
_SITES: Final[tuple[int | list[int], ...]] = (1, 1, [1], [2, 1])


@st.composite
def sightings(draw: st.DrawFn) -> list[Event]:
    """Events of two sites that differ in all that hits are told apart by."""
    return [
        event._replace(
            referrer=(referrer := draw(st.sampled_from(("", "google.com", "bing.com/Search")))),
            referrer_host=referrer.partition("/")[0],
            os=draw(st.sampled_from(("", "Linux"))),
            ip=draw(st.sampled_from(("", "192.0.2.1"))),
            query=draw(st.sampled_from(("", "utm_source=x"))),
        )
        for event in draw(streams())
    ]


@st.composite
def queries(draw: st.DrawFn) -> HitQuery:
    """Any range: whole days, days of zones, and any other."""
    offset = draw(st.sampled_from((0, 0, 5 * HOUR + 45 * MINUTE, HOUR, 1)))
    begin = FIRST_DAY + draw(st.integers(-1, 3)) * DAY - offset
    return HitQuery(
        site=draw(st.sampled_from(_SITES)),
        begin=begin,
        end=begin + draw(st.integers(0, 4)) * DAY + draw(st.sampled_from((0, 0, HOUR, 12 * HOUR + 1))),
        bots=draw(st.booleans()),
        path=draw(st.sampled_from((None, None, "/a", "/none"))),
        country=draw(st.sampled_from((None, None, "DE", ""))),
        referrer=draw(st.sampled_from((None, None, "OOGLE", "g.com/s", ""))),
    )


def put(pool: ConnectionPool, store: Folder, events: Sequence[Event], mixture: Mixture) -> list[Event]:
    """Store the events, the other site's in rows alone, and return them as they can be read."""
    mixture = with_rollups(mixture)
    arrange(pool, store, events, mixture)
    rows_from = FIRST_DAY + mixture.dropped * DAY
    with pool.connection() as connection:
        marks.put(connection, site=2, hours=range(rows_from, FIRST_DAY + 3 * DAY, HOUR), partition=0)
    return [
        event._replace(ip="later") if event.site == 1 and hour_of(event.ts) in mixture.marked else event
        for event in events
        if event.site == 1 or event.ts >= rows_from
    ]


def passes(event: Event, query: HitQuery) -> bool:
    """Whether an event is one of the hits."""
    return (
        event.type == "page_view"
        and event.site in query.sites
        and event.traffic in query.classes
        and query.begin <= event.ts < query.end
        and query.path in {None, event.path}
        and query.country in {None, event.country}
        and (query.referrer is None or query.referrer.lower() in event.referrer.lower())
    )


def hit_of(event: Event) -> Hit:
    """A view as a hit."""
    return Hit(*(getattr(event, name) for name in Hit._fields))


def newest_first(found: Sequence[Hit]) -> list[Hit]:
    """By the order of events, backwards; what cannot be told apart by it, by visitor and site."""
    return sorted(found, key=lambda hit: (-hit.ts, -hit.event_id, -hit.visitor, -hit.site))


def by_path(found: Sequence[Hit], sites: Sequence[int]) -> list[Hit]:
    """By site and path, then the newest first."""
    return sorted(newest_first(found), key=lambda hit: (sites.index(hit.site), hit.path))


def groups(events: Sequence[Event], query: HitQuery, column: HitColumn) -> list[HitGroup]:
    """Counts by definition."""
    counts: Counter[str] = Counter()
    unique: Counter[str] = Counter()
    seen = set()
    for event in sorted(events, key=lambda event: (event.ts, event.event_id)):
        if event.type != "page_view" or not query.begin <= event.ts < query.end or event.traffic not in query.classes:
            continue
        sight = event.site, event.traffic, event.visitor, day_of(event.ts), event.path
        if passes(event, query):
            value = getattr(event, column.value)
            counts[value] += 1
            unique[value] += event.visitor != 0 and sight not in seen
        seen.add(sight)
    rows = [HitGroup(value, count, unique[value]) for value, count in counts.items()]
    return sorted(rows, key=lambda row: (-row.count, row.value))


async def check(reports: Reports, events: Sequence[Event], query: HitQuery) -> None:
    """Every answer about a query is what the definitions say, in parts as in one."""
    found = [hit_of(event) for event in events if passes(event, query)]
    for order, expected in (
        (HitOrder.NEWEST, newest_first(found)),
        (HitOrder.SITE_PATH_NEWEST, by_path(found, query.sites)),
    ):
        for limit, offset in ((_MANY, 0), (2, 1), (3, len(found) - 2), (1, len(found))):
            if offset >= 0:
                answer = await reports.hits(query, limit=limit, offset=offset, order=order)
                assert expected[offset : offset + limit] == list(answer.rows), (query, order, limit, offset)
                assert len(found) == answer.total
    for column in HitColumn:
        counted = groups(events, query, column)
        whole = await reports.hits_by(query, column, limit=_MANY)
        assert (counted, len(counted)) == (list(whole.rows), whole.total), (query, column)
        part = await reports.hits_by(query, column, limit=2, offset=1, unique=False)
        assert [replace(row, unique=0) for row in counted[1:3]] == [replace(row, unique=0) for row in part.rows]
        assert len(counted) == part.total
    times = Counter((query.sites.index(hit.site), hit.path, hit.ip) for hit in found)
    expected_lines = [
        AddressHits(query.sites[site], ip, path, times[site, path, ip]) for site, path, ip in sorted(times)
    ]
    assert tuple(expected_lines) == await reports.hits_by_address(query)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=sightings(), mixture=mixtures(), asked=st.lists(queries(), min_size=2, max_size=2), few=st.booleans())
def test_hits_are_what_the_definitions_say(  # noqa: PLR0917 - where, what is there, and what is asked
    rollup_pool: ConnectionPool,
    tmp_path_factory: pytest.TempPathFactory,
    events: list[Event],
    mixture: Mixture,
    asked: list[HitQuery],
    few: bool,  # noqa: FBT001 - drawn
) -> None:
    """From rollups, rows, files and any mixture of them; of long days by their hours, and of files kept or not."""
    store = Folder(tmp_path_factory.mktemp("archive"))
    there = put(rollup_pool, store, events, mixture)
    service = Reports(rollup_pool, clock=SetClock(_LATER), telemetry=NoTelemetry(), archive=store)
    with pytest.MonkeyPatch.context() as patched:
        if few:
            patched.setattr(hit_reports, "_MANY", 1)
            patched.setattr(service, "_days", KeptDays(longest=0))

        async def ask() -> None:
            for query in asked:
                await check(service, there, query)

        asyncio.run(ask())
    service.close()
