"""Reports say the same from rows only, from files only, and from any mixture, in every zone and of every scope."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import product
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pytest

from aggregations.conversions import Place
from aggregations.job import RollupJob
from aggregations.reports import Reports
from aggregations.series import Asked
from core.comparisons import Against, other
from core.dimensions import Dimension
from core.filters import parse_filters
from core.globs import PathGroups
from core.intervals import Calendar, Interval
from core.metrics import Metric
from core.query import Group, Query
from core.ranges import Days
from core.sites import ContentGroup
from core.spans import DAY, HOUR
from core.steps import parse_step
from core.telemetry import NoTelemetry
from storage import marks
from storage.times import instant
from tests.archives import FIRST, Stage, some_days

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from psycopg_pool import ConnectionPool

    from storage.archive.store import ArchiveStore

_FIRST: Final = instant(FIRST).date()
_GROUPS: Final = PathGroups([ContentGroup("Umlauts", "/ä*"), ContentGroup("Any", "*")])
_STEPS: Final = [parse_step(text) for text in ("/", "buy", "/ä")]


def queries(zones: Sequence[str]) -> list[Query]:
    """A range with whole and cut days and months, of the site, a page, a group, and of chosen visits."""
    days = Days(first=_FIRST, last=_FIRST + timedelta(days=9))
    scopes: list[dict[str, Any]] = [
        {},
        {"bots": True},
        {"path": "/"},
        {"group": Group(name="Umlauts", groups=_GROUPS), "bots": True},
        {"filters": parse_filters([("channel", "Direct"), ("entry", "/")])},
    ]
    asked = product(zones, scopes)
    return [Query(site=1, days=days, zone=ZoneInfo(zone), **scope) for zone, scope in asked]


async def series(service: Reports, query: Query) -> list[object]:
    """By hour, and of the whole site by every interval, over days that have ended, held against those before them."""
    over = replace(query, days=Days(first=_FIRST + timedelta(days=1), last=_FIRST + timedelta(days=6)))
    day = replace(query, days=Days(first=_FIRST + timedelta(days=2), last=_FIRST + timedelta(days=2)))
    calendar = Calendar(zone=query.zone)
    found: list[object] = []
    plain = not (query.bots or query.path or query.group or query.filters)
    for interval in Interval if plain else [Interval.HOUR]:
        asked = day if interval is Interval.MINUTE else over
        held = other(asked.days, Against.PREVIOUS, now_ms=FIRST + 8 * DAY, zone=query.zone)
        found += [
            await service.series(asked, Asked(metric, interval, calendar, held))
            for metric in (Metric.UNIQUE_VISITORS, Metric.AVG_SESSION_DURATION)
        ]
    return [*found, await service.summary(over, other=held)]


async def answers(
    pool: ConnectionPool, stage: Stage, archive: ArchiveStore | None, zones: Sequence[str]
) -> list[object]:
    """Everything that reports say of every query."""
    service = Reports(pool, clock=stage.clock, telemetry=NoTelemetry(), archive=archive)
    found: list[object] = []
    try:
        for query in queries(zones):
            found += [
                await service.summary(query),
                await service.timeseries(query, Metric.UNIQUE_VISITORS),
                await service.timeseries(query, Metric.BOUNCE_RATE),
                await service.funnel(query, _STEPS),
            ]
            if str(query.zone) == "Asia/Kathmandu":
                found += await series(service, query)
            if query.path is None:
                found += [
                    await service.conversions(query, _STEPS[1], Dimension.CHANNEL, Place.PAGE, Place.EXIT),
                    await service.pages(query, limit=10),
                    await service.flow(query, limit=10),
                    await service.custom_events(query, limit=10),
                    await service.sources(query, Dimension.CHANNEL, limit=10),
                    await service.devices(query),
                    await service.journeys(query, stops=3, limit=10),
                ]
    finally:
        service.close()
    return found


def _marked(stage: Stage, *hours: int) -> None:
    with stage.pool.connection() as connection:
        marks.put(connection, site=1, hours=[FIRST + hour * HOUR for hour in hours], partition=0)


@pytest.mark.parametrize(
    ("rollup_store", "zones"),
    # A zone of whole hours and another: each takes its time, so each store has one.
    [("postgres", ["UTC"]), pytest.param("timescale", ["Asia/Kathmandu"], marks=pytest.mark.timescale)],
    indirect=["rollup_store"],
)
def test_the_same_numbers(rollup_pool: ConnectionPool, tmp_path: Path, zones: list[str]) -> None:
    """Rolled up from rows; with files; with marks; with some days in files only; with all of them, as a month too."""
    stage = Stage(rollup_pool, tmp_path / "archive")
    stage.write(some_days(8))
    stage.clock.now = FIRST + 8 * DAY + 2 * HOUR
    without = RollupJob(pool=stage.pool, clock=stage.clock, telemetry=NoTelemetry())
    for day in range(9):
        without.roll_day(1, FIRST + day * DAY)
    expected = asyncio.run(answers(rollup_pool, stage, None, zones))

    def check() -> None:
        for right, actual in zip(expected, asyncio.run(answers(rollup_pool, stage, stage.store, zones)), strict=True):
            assert right == actual

    stage.archivist.work(Flag())
    assert len(stage.current()) == 3
    check()
    _marked(stage, 30, 31, 60)
    check()
    stage.go_to(FIRST + 8 * DAY + 3 * HOUR)
    assert 0 < stage.rows()["events"] < 8 * 40
    check()
    _marked(stage, 5, 6, 7 * 24 + 3)
    check()
    stage.go_to(FIRST + 20 * DAY)
    assert stage.rows()["events"] == 0
    assert len(stage.current()) == 3
    check()
    _marked(stage, 5, 50)
    check()
