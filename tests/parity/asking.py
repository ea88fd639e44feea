"""Many reports, asked of a store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from aggregations.reports import Reports
from core.globs import PathGroups
from core.metrics import Metric
from core.query import Group, Query
from core.ranges import Comparison, Days
from core.steps import parse_step
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage.pool import open_pool
from tests.parity.ways import GROUPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregations.answers import CustomEvents, Flow, Funnel, Pages, Summary, Timeseries

ZONES: Final = ("UTC", "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland")
PATHS: Final = ("/", "/pricing", "/café", "/blog/one", "/blog/old/three", "/nowhere")
FUNNELS: Final = (("/", "/pricing"), ("/", "signup", "outbound_link"), ("page_view", "page_view", "/café"))
_PAGE: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All that can be asked about one range of a site or of a part of it."""

    summaries: tuple[Summary, ...]  # alone, and with each comparison
    pages: tuple[Pages, ...]  # all at once, then page by page
    flow: Flow
    custom_events: tuple[CustomEvents, ...]  # all of them, and one
    funnels: tuple[Funnel, ...]
    series: tuple[Timeseries, ...]  # of each metric


def make_queries(sites: Sequence[int], *, last: date, count: int, seed: int) -> list[Query]:
    """Return some ranges that end on `last` or a day before, of sites, paths and content groups, in many zones."""
    random = Random(seed)  # noqa: S311 - questions, no secret
    groups = PathGroups(GROUPS)
    queries = []
    for _ in range(count):
        scope = random.choice(("site", "path", "group"))
        to = last - timedelta(days=random.choice((0, 0, 1)))
        queries.append(
            Query(
                site=random.choice(sites),
                days=Days(first=to - timedelta(days=random.choice((0, 0, 1, 6, 45))), last=to),
                zone=ZoneInfo(random.choice(ZONES)),
                bots=random.random() < 0.4,
                path=random.choice(PATHS) if scope == "path" else None,
                group=Group(name=random.choice(GROUPS).name, groups=groups) if scope == "group" else None,
            )
        )
    return queries


async def ask(dsn: str, queries: Sequence[Query]) -> list[Answers]:
    """Ask all reports about each query."""
    pool = open_pool(dsn, size=3)
    reports = Reports(pool, clock=SystemClock(), telemetry=NoTelemetry())
    try:
        return [await _ask(reports, query) for query in queries]
    finally:
        reports.close()
        pool.close()


async def _ask(reports: Reports, query: Query) -> Answers:
    summaries = asyncio.gather(*(reports.summary(query, comparison) for comparison in (None, *Comparison)))
    series = asyncio.gather(*(reports.timeseries(query, metric) for metric in Metric))
    pages = [await reports.pages(query, limit=10_000)]
    while len(pages[-1].rows) and len(pages) <= len(pages[0].rows) // _PAGE + 1 and len(pages) < 5:
        pages.append(await reports.pages(query, limit=_PAGE, offset=(len(pages) - 1) * _PAGE))
    return Answers(
        summaries=tuple(await summaries),
        pages=tuple(pages),
        flow=await reports.flow(query, limit=10_000),
        custom_events=tuple([await reports.custom_events(query, name, limit=10_000) for name in (None, "signup")]),
        funnels=tuple([await reports.funnel(query, [*map(parse_step, steps)]) for steps in FUNNELS]),
        series=tuple(await series),
    )
