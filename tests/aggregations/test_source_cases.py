"""The tricky cases of what a visit's source is: told from rows, and again after they were rolled up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest

from aggregations.job import RollupJob
from aggregations.reports import Reports
from core.dimensions import Dimension
from core.query import Query
from core.ranges import Days
from core.spans import DAY
from core.telemetry import NoTelemetry
from storage.pool import open_pool
from tests.aggregations.test_report_cases import BLOG, FIRST
from tests.cases import FIRST_DAY, events_of
from tests.clocks import SetClock
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Events, and the channels of the visits of one day, in order."""

    title: str
    events: str
    asked: Mapping[str, Any] = field(default_factory=dict)  #: group or bots
    zone: str = "UTC"
    day: int = 0  #: after the first
    expected: Mapping[str, int]


CASES: Final = (
    Case(
        title="the first touch names, whatever comes later",
        events="+0:00 /a channel=Organic, +1:00 /b channel=Social",
        expected={"Organic": 1},
    ),
    Case(
        title="the first view names, not the action before it",
        events="+0:00 !boot channel=Direct, +1:00 /a channel=Organic",
        expected={"Organic": 1},
    ),
    Case(
        title="without a view the first action does",
        events="+0:00 ~scroll_50 channel=Direct, +1:00 !signup channel=Social",
        expected={"Social": 1},
    ),
    Case(title="passive events make no visit", events="+0:00 ~close_tab channel=Social", expected={}),
    Case(
        title="first is by time, not by arrival",
        events="+10:00 /b channel=Direct, +0:00 /a channel=Organic",
        expected={"Organic": 1},
    ),
    Case(
        title="each of two visits has its own, the same number of visits by name",
        events="+0:00 /a channel=Social, +40:00 /a channel=Direct",
        expected={"Direct": 1, "Social": 1},
    ),
    Case(
        title="most visits first",
        events="+0:00 /a channel=Direct, +0:00 /a person=2 channel=Social, +0:00 /a person=3 channel=Social",
        expected={"Social": 2, "Direct": 1},
    ),
    Case(
        title="over midnight one visit of the first day",
        events="23:55 /a channel=Organic, 1d00:05 /a channel=Social",
        expected={"Organic": 1},
    ),
    Case(
        title="and none of the second",
        events="23:55 /a channel=Organic, 1d00:05 /a channel=Social",
        day=1,
        expected={},
    ),
    Case(
        title="a visit is one of the local day that it began on",
        events="18:10 /a channel=Organic, 18:20 /b, 19:00 /a channel=Social",
        zone="Asia/Kathmandu",
        expected={"Organic": 1},
    ),
    Case(
        title="the next local day has the others",
        events="18:10 /a channel=Organic, 18:20 /b, 19:00 /a channel=Social",
        zone="Asia/Kathmandu",
        day=1,
        expected={"Social": 1},
    ),
    Case(
        title="bots are left out",
        events="+0:00 /a channel=Organic, +0:00 /a person=2 class=bot channel=Social",
        expected={"Organic": 1},
    ),
    Case(
        title="or included; a visitor judged a bot halfway has a visit of each",
        events="+0:00 /a channel=Organic, +1:00 /b class=bot channel=Social",
        asked={"bots": True},
        expected={"Organic": 1, "Social": 1},
    ),
    Case(
        title="a flood is counted nowhere",
        events="+0:00 /a class=flood channel=Organic",
        asked={"bots": True},
        expected={},
    ),
    Case(title="nobody makes no visit", events="+0:00 /a person=0 channel=Organic", expected={}),
    Case(
        title="of a group count the visits that saw a page of it, once each",
        events="+0:00 /x channel=Organic, +1:00 /blog/1, +2:00 /blog/2, +0:00 /x person=2 channel=Social",
        asked={"group": BLOG},
        expected={"Organic": 1},
    ),
    Case(
        title="on the day on which they saw it, as the group's visits do",
        events="23:55 /a channel=Organic, 1d00:05 /blog/1",
        asked={"group": BLOG},
        day=1,
        expected={"Organic": 1},
    ),
    Case(
        title="an action on a page is no view of it",
        events="+0:00 /x channel=Organic, +1:00 !signup",
        asked={"group": BLOG},
        expected={},
    ),
)


@pytest.fixture(scope="module")
def dsn(module_database: str) -> str:
    """A database with our tables."""
    return module_database


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
async def test_sources_of_a_tricky_case(dsn: str, case: Case) -> None:
    """In order; and as many visits as the summary has, before and after a job."""
    site = CASES.index(case) + 1
    with psycopg.connect(dsn) as connection:
        write_events(connection, [event._replace(site=site) for event in events_of(case.events)])
    day = FIRST + timedelta(days=case.day)
    query = Query(site=site, days=Days(first=day, last=day), zone=ZoneInfo(case.zone), **case.asked)
    clock = SetClock(FIRST_DAY + 3 * DAY)
    with open_pool(dsn, size=2) as pool:
        job = RollupJob(pool=pool, clock=clock, telemetry=NoTelemetry())
        reports = Reports(pool, clock=clock, telemetry=NoTelemetry())
        for _ in range(2):
            found = await reports.sources(query, Dimension.CHANNEL, limit=10)
            assert [((name,), visits) for name, visits in case.expected.items()] == list(found.rows)
            assert (await reports.summary(query)).totals.visits == sum(case.expected.values())
            for rolled in (FIRST_DAY, FIRST_DAY + DAY):
                job.roll_day(site, rolled)
        reports.close()
