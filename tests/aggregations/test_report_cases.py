"""The tricky cases of counting as reports show them: told from rows, and again after they were rolled up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest

from aggregations.job import RollupJob
from aggregations.reports import Reports
from core.globs import PathGroups
from core.metrics import Metric, value_of
from core.query import Group, Query
from core.ranges import Days
from core.sites import ContentGroup
from core.spans import DAY
from core.steps import parse_step
from core.telemetry import NoTelemetry
from storage.pool import open_pool
from tests.cases import FIRST_DAY, events_of
from tests.clocks import SetClock
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST: Final = date(1970, 1, 1) + timedelta(milliseconds=FIRST_DAY)
BLOG: Final = Group(name="Blog", groups=PathGroups([ContentGroup("Blog", "/blog/*")]))
OLD_FIRST: Final = Group(
    name="Blog", groups=PathGroups([ContentGroup("Old", "/blog/1"), ContentGroup("Blog", "/blog/*")])
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Events, a question and the answer: the metrics that are named, the rest is not looked at."""

    title: str
    events: str
    asked: Mapping[str, Any] = field(default_factory=dict)  #: path, group or bots
    zone: str = "UTC"
    last: int = 0  #: days after the first that the range ends
    first: int = 0
    expected: Mapping[str, float]


CASES: Final = (
    Case(
        title="a gap of thirty minutes ends a visit",
        events="+0:00 /a, +30:00 /b",
        expected={"visits": 2, "unique_visitors": 1, "pageviews": 2, "bounce_rate": 100, "avg_session_duration": 0},
    ),
    Case(
        title="a millisecond less does not",
        events="+0:00 /a, +29:59.999 /b",
        expected={"visits": 1, "bounce_rate": 0, "avg_session_duration": 1800, "landing_page_entries": 1},
    ),
    Case(
        title="the same page twice is two views, one of them unique, and no bounce",
        events="+0:00 /a, +0:10 /a",
        expected={"pageviews": 2, "unique_pageviews": 1, "bounce_rate": 0, "avg_session_duration": 10},
    ),
    Case(
        title="two visits have two unique views of a page, its visitor is one",
        events="+0:00 /a, +40:00 /a",
        asked={"path": "/a"},
        expected={"visits": 2, "unique_visitors": 1, "unique_pageviews": 2, "landing_page_entries": 2},
    ),
    Case(
        title="a page that is left by was not landed on",
        events="+0:00 /a, +1:00 /b, +2:00 /c",
        asked={"path": "/c"},
        expected={"visits": 1, "landing_page_entries": 0, "exit_page_exits": 1, "bounce_rate": 0},
    ),
    Case(
        title="the rates of a page are those of the visits that landed on it",
        events="+0:00 /a person=1, +0:00 /b person=2, +1:00 /a person=2, +0:00 /a person=3, +2:00 /b person=3",
        asked={"path": "/a"},
        expected={"visits": 3, "bounce_rate": 50, "avg_session_duration": 60, "exit_page_exits": 2},
    ),
    Case(
        title="over midnight one visit of the first day",
        events="23:55 /a, 1d00:05 /a",
        expected={"visits": 1, "unique_visitors": 1, "pageviews": 1, "avg_session_duration": 600, "bounce_rate": 0},
    ),
    Case(
        title="and a visitor without a visit on the second",
        events="23:55 /a, 1d00:05 /a",
        first=1,
        last=1,
        expected={"visits": 0, "unique_visitors": 1, "pageviews": 1, "unique_pageviews": 0, "bounce_rate": 0},
    ),
    Case(
        title="both days together have more visitors than visits",
        events="23:55 /a, 1d00:05 /a",
        last=1,
        expected={"visits": 1, "unique_visitors": 2, "pageviews": 2, "unique_pageviews": 1},
    ),
    Case(
        title="a passive event lengthens a visit",
        events="+0:00 /a, +25:00 ~close_tab",
        expected={"visits": 1, "bounce_rate": 100, "avg_session_duration": 1500},
    ),
    Case(
        title="but does not make one",
        events="+0:00 /a, +40:00 ~close_tab",
        expected={"visits": 1, "bounce_rate": 100, "avg_session_duration": 0},
    ),
    Case(
        title="a visit of actions has no landing, no exit and no bounce",
        events="+0:00 !signup",
        expected={
            "visits": 1,
            "unique_visitors": 1,
            "pageviews": 0,
            "bounce_rate": 0,
            "landing_page_entries": 0,
            "exit_page_exits": 0,
        },
    ),
    Case(
        title="a view and an action are a bounce, though no quiet one",
        events="+0:00 /a, +0:20 !signup",
        expected={"visits": 1, "bounce_rate": 100, "quiet_bounce_rate": 0, "avg_session_duration": 20},
    ),
    Case(
        title="a scroll is no action",
        events="+0:00 /a, +0:20 ~scroll_75",
        expected={"visits": 1, "bounce_rate": 100, "quiet_bounce_rate": 100},
    ),
    Case(
        title="a link elsewhere is one",
        events="+0:00 /a, +0:20 >out, +0:00 /a person=2, +0:00 /a person=3, +0:10 /b person=3",
        asked={"path": "/a"},
        expected={"bounce_rate": 66.7, "quiet_bounce_rate": 33.3},
    ),
    Case(
        title="of a group as well",
        events="+0:00 /blog/1, +0:20 !signup, +0:00 /blog/1 person=2, +0:00 /about person=3",
        asked={"group": BLOG},
        expected={"bounce_rate": 100, "quiet_bounce_rate": 50},
    ),
    Case(
        title="bots are left out",
        events="+0:00 /a, +0:00 /a person=2 class=bot, +1:00 /b person=2 class=bot",
        expected={"visits": 1, "pageviews": 1, "bounce_rate": 100},
    ),
    Case(
        title="or included, their rates in the quotient of the sums",
        events="+0:00 /a, +0:00 /a person=2 class=bot, +1:00 /b person=2 class=bot",
        asked={"bots": True},
        expected={"visits": 2, "unique_visitors": 2, "pageviews": 3, "bounce_rate": 50, "avg_session_duration": 30},
    ),
    Case(
        title="a visitor judged a bot halfway has a visit of each",
        events="+0:00 /a, +1:00 /b class=bot",
        asked={"bots": True},
        expected={"visits": 2, "bounce_rate": 100},
    ),
    Case(
        title="a flood is counted nowhere",
        events="+0:00 /a, +1:00 /b class=flood",
        asked={"bots": True},
        expected={"visits": 1, "pageviews": 1, "bounce_rate": 100},
    ),
    Case(
        title="nobody's views are views only",
        events="+0:00 /a person=0, +1:00 /a person=0",
        expected={"visits": 0, "unique_visitors": 0, "pageviews": 2, "unique_pageviews": 0},
    ),
    Case(
        title="a visit that sees two pages of a group is one visit of it",
        events="+0:00 /blog/1, +1:00 /blog/2, +2:00 /about",
        asked={"group": BLOG},
        expected={
            "visits": 1,
            "unique_visitors": 1,
            "pageviews": 2,
            "unique_pageviews": 2,
            "landing_page_entries": 1,
            "exit_page_exits": 0,
            "bounce_rate": 0,
            "avg_session_duration": 120,
        },
    ),
    Case(
        title="an earlier group takes a page away",
        events="+0:00 /blog/1, +1:00 /blog/2, +2:00 /about",
        asked={"group": OLD_FIRST},
        expected={"visits": 1, "pageviews": 1, "landing_page_entries": 0, "avg_session_duration": 0},
    ),
    Case(
        title="visitors of a group are counted day by day",
        events="+0:00 /blog/1, 1d10:00 /blog/1, 1d12:00 /blog/2",
        asked={"group": BLOG},
        last=1,
        expected={"visits": 3, "unique_visitors": 2},
    ),
    Case(
        title="a local day has whoever was there, though the day's first sight was before it",
        events="17:00 /a, 19:00 /b",
        zone="Asia/Kathmandu",
        first=1,
        last=1,
        expected={"visits": 1, "unique_visitors": 1, "pageviews": 1},
    ),
    Case(
        title="a visit over the local midnight is one of the day it began on",
        events="18:10 /a, 18:20 /b",
        zone="Asia/Kathmandu",
        expected={"visits": 1, "pageviews": 1, "avg_session_duration": 600, "bounce_rate": 0},
    ),
    Case(
        title="its later views are of the next",
        events="18:10 /a, 18:20 /b",
        zone="Asia/Kathmandu",
        first=1,
        last=1,
        expected={"visits": 0, "unique_visitors": 1, "pageviews": 1, "exit_page_exits": 0},
    ),
    Case(
        title="rates are rounded once, half up",
        events=", ".join(f"+0:00 /a person={person}" for person in range(1, 16))
        + ", +0:00 /a person=16, +0:00.500 /b person=16",
        expected={"visits": 16, "bounce_rate": 93.8, "avg_session_duration": 0},
    ),
)


@pytest.fixture(scope="module")
def dsn(module_database: str) -> str:
    """A database with our tables."""
    return module_database


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
async def test_a_report_of_a_tricky_case(dsn: str, case: Case) -> None:
    """A summary and a series of one point say the same, before and after a job."""
    site = CASES.index(case) + 1
    with psycopg.connect(dsn) as connection:
        write_events(connection, [event._replace(site=site) for event in events_of(case.events)])
    days = Days(first=FIRST + timedelta(days=case.first), last=FIRST + timedelta(days=case.last))
    query = Query(site=site, days=days, zone=ZoneInfo(case.zone), **case.asked)
    clock = SetClock(FIRST_DAY + 3 * DAY)
    with open_pool(dsn, size=2) as pool:
        job = RollupJob(pool=pool, clock=clock, telemetry=NoTelemetry())
        reports = Reports(pool, clock=clock, telemetry=NoTelemetry())
        for _ in range(2):
            totals = (await reports.summary(query)).totals
            assert case.expected == {name: value_of(Metric(name), totals) for name in case.expected}
            if len(days) == 1:
                series = {name: (await reports.timeseries(query, Metric(name))).points for name in case.expected}
                assert {name: ((days.first, value),) for name, value in case.expected.items()} == series
            for day in (FIRST_DAY, FIRST_DAY + DAY):
                job.roll_day(site, day)
        reports.close()


@pytest.mark.parametrize(("day", "taken"), [(0, [1, 1]), (1, [0, 0])])
async def test_a_visit_over_midnight_is_whole_in_a_funnel(dsn: str, day: int, taken: list[int]) -> None:
    """On the day it began, with what it did on the next; there it takes no step."""
    site = 1_000 + day
    with psycopg.connect(dsn) as connection:
        write_events(connection, [event._replace(site=site) for event in events_of("23:55 /a, 1d00:05 /b")])
    date_ = FIRST + timedelta(days=day)
    with open_pool(dsn, size=2) as pool:
        reports = Reports(pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
        query = Query(site=site, days=Days(first=date_, last=date_), zone=ZoneInfo("UTC"))
        funnel = await reports.funnel(query, [parse_step("/a"), parse_step("/b")])
        assert list(zip(("/a", "/b"), taken, strict=True)) == list(funnel.steps)
        reports.close()
