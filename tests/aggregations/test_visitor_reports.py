"""What is asked about visitors, against the definitions: from rows, rollups, files, and any mixture of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from random import Random
from threading import Event as Flag
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pytest

from aggregations.reports import Reports
from core.events import KINDS, Kind, order_key
from core.filters import parse_filters
from core.globs import PathGroups
from core.query import Group, Query
from core.ranges import Days
from core.sites import ContentGroup
from core.spans import DAY, HOUR, MINUTE, day_of
from core.telemetry import NoTelemetry
from storage import marks
from storage.lifetimes import Lifetime
from storage.pool import open_pool
from storage.times import instant
from tests.archives import FIRST, Stage, day_of_events, some_days
from tests.cases import FIRST_DAY, events_of
from tests.clocks import SetClock
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from psycopg_pool import ConnectionPool

    from core.events import Event

_FIRST: Final = instant(FIRST).date()
_ZONES: Final = ("UTC", "UTC", "Asia/Kathmandu", "Europe/Berlin")
_UMLAUTS: Final = Group(name="Umlauts", groups=PathGroups([ContentGroup("Umlauts", "/ä*")]))
#: A month is not spoilt by a day that is not in it yet.
_SPOILT: Final = """
    WHERE site = 1 AND (
        (grain, span) IN ((0, %(hour)s), (1, %(day)s)) OR grain = 2 AND span = %(month)s AND EXISTS (
            SELECT FROM roll_months WHERE site = 1 AND month = %(month)s::date AND through >= %(day)s::date
        )
    )
"""
_SPOIL_SITE: Final = f"UPDATE roll_site SET views = views + 7, views_d1 = views_d1 + 7 {_SPOILT}"  # noqa: S608 - our own words
_SPOIL_PATHS: Final = f"UPDATE roll_path SET journey_entries = 77, journey_exits = 77 {_SPOILT}"  # noqa: S608 - our own words
Lines = tuple[tuple[str, int], ...]


def views_of(events: Iterable[Event], query: Query) -> list[Event]:
    """The views of a query's range and classes, in their order."""
    begin, end = query.ends
    return sorted(
        (
            event
            for event in events
            if (event.type, event.site) == ("page_view", query.site) and event.traffic in query.classes
            if begin <= event.ts < end and (query.group is None or query.group.has(event.path))
        ),
        key=order_key,
    )


def journey_ends(events: Iterable[Event], query: Query) -> tuple[Lines, Lines]:
    """By first and by last page: days of visitors, those that have a view."""

    def who(view: Event) -> tuple[int, int, int]:
        return view.traffic, view.visitor, day_of(view.ts)

    seen = sorted((view for view in views_of(events, query) if view.visitor), key=who)
    days = [[*views] for _, views in groupby(seen, key=who)]
    return _ranked(views[0].path for views in days), _ranked(views[-1].path for views in days)


def _ranked(paths: Iterable[str]) -> Lines:
    return tuple(sorted(Counter(paths).items(), key=lambda line: (-line[1], line[0])))


def visitors(events: Iterable[Event], begin: int, end: int) -> int:
    """The people with an active event, of each UTC day."""
    return len(
        {
            (event.visitor, day_of(event.ts))
            for event in events
            if event.visitor and event.traffic == 0 and event.site == 1 and begin <= event.ts < end
            if KINDS[event.type] is not Kind.PASSIVE
        }
    )


def is_counted(event: Event) -> bool:
    """Whether it is a view of a person."""
    return (event.type, event.traffic) == ("page_view", 0)


def lifetime(events: Iterable[Event], site: int) -> Lifetime:
    """All views of people; how many visitors saw each page on each day."""
    views = [event for event in events if is_counted(event) and event.site == site]
    return Lifetime(len(views), len({(view.visitor, day_of(view.ts), view.path) for view in views if view.visitor}))


def random_query(random: Random) -> Query:
    """Some days around those with events, in any zone; now and then of the bots too, or of a group's pages."""
    # Most of a month, without its last days: it is read as the month without them.
    begin, length = random.choice(((random.randrange(-2, 8), random.choice((0, 1, 6, 40))), (-16, 18)))
    first = _FIRST + timedelta(days=begin)
    days = Days(first=first, last=first + timedelta(days=length))
    zone = ZoneInfo(random.choice(_ZONES))
    return Query(
        site=1,
        days=days,
        zone=zone,
        bots=random.random() < 0.5,
        group=_UMLAUTS if random.random() < 0.2 else None,
        until=FIRST + random.randrange(DAY, 9 * DAY) if random.random() < 0.2 and days.last > _FIRST else None,
    )


async def check(stage: Stage, random: Random, *, files: bool = True) -> None:
    """Hold answers about any ranges to the definitions."""
    archive = stage.store if files else None
    service = Reports(stage.pool, clock=stage.clock, telemetry=NoTelemetry(), archive=archive)
    try:
        expected = {site: lifetime(stage.events, site) for site in (1, 2, 3)}
        assert expected == await service.lifetime([1, 2, 3])
        for _ in range(6):
            query = random_query(random)
            found = await service.journey_ends(query, limit=10)
            assert journey_ends(stage.events, query) == (found.entries, found.exits), query
            begin = FIRST + random.randrange(-DAY, 9 * DAY, MINUTE) + random.randrange(1_000)
            end = begin + random.choice((DAY, DAY, 2 * DAY, 5 * HOUR, 0))
            assert visitors(stage.events, begin, end) == await service.visitors_between(1, begin, end), (begin, end)
    finally:
        service.close()


def mark(stage: Stage, hours: Sequence[int]) -> None:
    """Leave marks on hours since the first day, with rollups that are wrong for that."""
    starts = [FIRST + hour * HOUR for hour in hours]
    with stage.pool.connection() as connection:
        marks.put(connection, site=1, hours=starts, partition=0)
        for hour in map(instant, starts):
            day = hour.replace(hour=0)
            spans = {"hour": hour, "day": day, "month": day.replace(day=1)}
            connection.execute(_SPOIL_SITE, spans)
            connection.execute(_SPOIL_PATHS, spans)


def test_answers_are_what_the_definitions_say(rollup_pool: ConnectionPool, tmp_path: Path) -> None:
    """From rows; rolled up here and there; with files; with marks on wrong rollups; with days in files only."""
    random, stage = Random(3), Stage(rollup_pool, tmp_path / "archive")  # noqa: S311 - a history, no secret
    second = [event._replace(site=2) for day in range(2) for event in day_of_events(FIRST + day * DAY, 50 + day)]
    stage.write([*some_days(8), *second])
    stage.clock.now = FIRST + 8 * DAY + 2 * HOUR
    asyncio.run(check(stage, random, files=False))
    for day in random.sample(range(8), k=5):
        stage.job.roll_day(1, FIRST + day * DAY)
    asyncio.run(check(stage, random))
    mark(stage, [30, 31, 60, 7 * 24 + 3])
    asyncio.run(check(stage, random))
    stage.go_to(FIRST + 8 * DAY + 3 * HOUR)
    stage.archivist.work(Flag())
    asyncio.run(check(stage, random))
    assert 0 < stage.rows()["events"] < len(stage.events)
    mark(stage, [5, 6, 7 * 24 + 3])
    asyncio.run(check(stage, random))
    stage.go_to(FIRST + 20 * DAY)
    assert stage.rows()["events"] == 0
    asyncio.run(check(stage, random))
    mark(stage, [5, 50, 51])
    with stage.pool.connection() as connection:
        # A row that is not dropped yet.
        write_events(connection, [next(event for event in stage.events if is_counted(event) and event.site == 1)])
    asyncio.run(check(stage, random))


_OVER_MIDNIGHT: Final = (
    "23:55 /a site=8, 1d00:05 /a site=8, 1d00:10 /b site=8 person=2, 1d00:20 ~close_tab site=8 person=3"
)
_JOURNEYS: Final = (
    "10:00 /a, 12:00 /b channel=Social, 23:55 /c, 1d00:05 /d, +0:00 !buy person=2, +0:00 /e person=0,"
    " +0:00 /f class=bot person=3"
)


@pytest.fixture(scope="module")
def service(module_database: str) -> Iterator[Reports]:
    """Answers about a site of each test's own."""
    with open_pool(module_database, size=2) as pool:
        made = Reports(pool, clock=SetClock(FIRST_DAY + 2 * DAY), telemetry=NoTelemetry())
        with pool.connection() as connection:
            write_events(connection, events_of(f"{_OVER_MIDNIGHT}, {_JOURNEYS}"))
        yield made
        made.close()


async def test_who_is_there_over_midnight_is_there_on_both_days(service: Reports) -> None:
    """One visitor of each, at any cut; a passive event is no sight."""
    midnight = FIRST_DAY + DAY
    for begin, end, expected in (
        (midnight - HOUR, midnight + HOUR, 3),
        (midnight - 5 * MINUTE, midnight + 5 * MINUTE, 1),
        (midnight - 5 * MINUTE, midnight + 5 * MINUTE + 1, 2),
        (midnight, midnight + HOUR, 2),
        (midnight + 15 * MINUTE, midnight + DAY, 0),
    ):
        assert expected == await service.visitors_between(8, begin, end)


async def test_a_day_of_a_visitor_is_no_visit(service: Reports) -> None:
    """Two visits are one journey, one visit over midnight is two; chosen visits have journeys of their own."""
    first = instant(FIRST_DAY).date()
    query = Query(site=1, days=Days(first=first, last=first + timedelta(days=1)), zone=ZoneInfo("UTC"))
    found = await service.journey_ends(query, limit=5)
    assert (found.entries, found.exits) == ((("/a", 1), ("/d", 1)), (("/c", 1), ("/d", 1)))
    found = await service.journey_ends(query, limit=1, offset=1)
    assert (found.entries, found.exits) == ((("/d", 1),), (("/d", 1),))
    social = replace(query, filters=parse_filters([("channel", "Social")]))
    found = await service.journey_ends(social, limit=5)
    assert (found.entries, found.exits) == ((("/b", 1),), (("/b", 1),))
    with pytest.raises(ValueError, match="one page"):
        await service.journey_ends(query.of_path("/a"), limit=5)
