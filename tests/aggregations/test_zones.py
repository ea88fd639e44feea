"""Visitors of local days: rolled up for the site's zone, counted where they are not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest

from aggregations.job import RollupJob
from aggregations.planner import Span
from aggregations.reports import Reports
from aggregations.rollups.zone import midnight_in
from aggregations.series import Asked
from core.intervals import Calendar, Interval
from core.metrics import Metric, value_of
from core.query import Query
from core.ranges import Days
from core.spans import DAY, HOUR
from core.telemetry import NoTelemetry
from storage import marks, sites, zones
from storage.pool import open_pool
from storage.times import instant
from storage.zones import Halves, ZoneVisitors
from tests.aggregations.history import History, make_history
from tests.aggregations.test_job import new_job
from tests.aggregations.test_reports import FIRST, FIRST_DAY, StillClock, commit, expected_totals, seeded
from tests.cases import FIRST_DAY as CASES_DAY
from tests.cases import events_of
from tests.ops.test_scheduler import Stage
from tests.stores import write_events

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

DAYS: Final = 30
#: Until after the clocks went forward, in Europe too.
ZONED_DAYS: Final = 60


def ms(text: str) -> int:
    """Ms of an ISO instant in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000


@pytest.mark.parametrize(
    ("zone", "day", "midnight"),
    [
        pytest.param("UTC", "2026-03-10", None, id="on UTC"),
        pytest.param("Asia/Kathmandu", "2026-03-10", "2026-03-10T18:15", id="east"),
        pytest.param("America/St_Johns", "2026-01-10", "2026-01-10T03:30", id="west"),
        pytest.param("Pacific/Kiritimati", "2026-01-10", "2026-01-10T10:00", id="farthest east"),
        pytest.param("Etc/GMT+12", "2026-01-10", "2026-01-10T12:00", id="farthest west"),
        pytest.param("Europe/Berlin", "2026-03-28", "2026-03-28T23:00", id="before the clocks go forward"),
        pytest.param("Europe/Berlin", "2026-03-29", "2026-03-29T22:00", id="when they do"),
        pytest.param("Europe/London", "2026-01-10", None, id="London in winter"),
        pytest.param("Europe/London", "2026-03-29", "2026-03-29T23:00", id="London's day of 23 hours"),
        pytest.param("Europe/London", "2026-10-25", None, id="London's day of 25 hours"),
        pytest.param("Pacific/Apia", "2011-12-30", "2011-12-30T10:00", id="a date that was left out"),
    ],
)
def test_where_a_local_day_begins(zone: str, day: str, midnight: str | None) -> None:
    """Inside of the UTC day, if it does."""
    expected = None if midnight is None else ms(midnight)
    assert expected == midnight_in(ms(day), ZoneInfo(zone))


def halves(pool: ConnectionPool, zone: str, *classes: int) -> dict[int, Halves]:
    """What is known of the first day."""
    with pool.connection() as connection:
        return zones.of_days(connection, site=1, zone=zone, classes=classes, days=[CASES_DAY])


def test_visitors_before_and_after_midnight(rollup_pool: ConnectionPool) -> None:
    """Those who were active, each once in each part, by class; nobody and passive events are not counted."""
    with rollup_pool.connection() as connection:
        connection.execute("UPDATE sites SET time_zone = 'Asia/Kathmandu' WHERE id = 1")
        write_events(
            connection,
            events_of(
                "17:00 /a, 18:14 !buy, 18:15 /a, 19:00 /b, 10:00 /a person=2, 20:00 ~close_tab person=2,"
                " 12:00 /a person=0, 21:00 /a person=3 class=bot"
            ),
        )
    new_job(rollup_pool).roll_day(1, CASES_DAY)
    expected = {(0,): Halves(2, 1), (1,): Halves(0, 1), (0, 1): Halves(2, 2)}
    assert {classes: {CASES_DAY: found} for classes, found in expected.items()} == {
        classes: halves(rollup_pool, "Asia/Kathmandu", *classes) for classes in expected
    }
    assert halves(rollup_pool, "Europe/Berlin", 0) == {}


def test_on_a_day_without_anything_there_was_nobody(rollup_pool: ConnectionPool) -> None:
    """Whatever the zone; a day with a rollup is known as far as it was rolled up for the zone."""
    assert halves(rollup_pool, "Asia/Kathmandu", 0, 1) == {CASES_DAY: Halves(0, 0)}
    with rollup_pool.connection() as connection:
        connection.execute("UPDATE sites SET time_zone = 'Asia/Kathmandu' WHERE id = 1")
        write_events(connection, events_of("17:00 /a"))
    new_job(rollup_pool).roll_day(1, CASES_DAY)
    assert halves(rollup_pool, "Europe/Berlin", 0, 1) == {}
    assert halves(rollup_pool, "Asia/Kathmandu", 0, 1) == {CASES_DAY: Halves(1, 0)}


def test_another_zone_takes_the_place_of_the_old(rollup_pool: ConnectionPool) -> None:
    """When the day is rolled up again."""
    with rollup_pool.connection() as connection:
        connection.execute("UPDATE sites SET time_zone = 'Asia/Kathmandu' WHERE id = 1")
        write_events(connection, events_of("17:00 /a, 23:00 /a"))
    job = new_job(rollup_pool)
    job.roll_day(1, CASES_DAY)
    for zone, expected in (("Europe/Berlin", {CASES_DAY: Halves(1, 1)}), ("UTC", {})):
        with rollup_pool.connection() as connection:
            connection.execute("UPDATE sites SET time_zone = %s WHERE id = 1", [zone])
        job.roll_day(1, CASES_DAY, force=True)
        assert halves(rollup_pool, "Asia/Kathmandu", 0) == {}
        assert expected == halves(rollup_pool, zone, 0)


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Europe/Berlin", "America/St_Johns"])
async def test_visitors_of_local_days_are_what_the_definitions_say(postgres_database: str, zone: str) -> None:
    """From rollups where nothing is marked, from rows where something is; in other zones from rows."""
    with psycopg.connect(postgres_database) as connection:
        connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
        connection.execute(
            "INSERT INTO sites (account_id, domain, time_zone) SELECT id, 'one.example', %s FROM accounts", [zone]
        )
    random = seeded(5)
    history = make_history(random, site=1, first_day=FIRST_DAY, days=DAYS)
    late = random.sample(history.events, k=10)
    with open_pool(postgres_database, size=4) as pool:
        service = Reports(pool, clock=StillClock(), telemetry=NoTelemetry())
        job = RollupJob(pool=pool, clock=StillClock(), telemetry=NoTelemetry())
        early = [row for row in history.events if row not in late]
        await commit(postgres_database, History(1, early, history.sessions))
        for day in range(DAYS):
            await asyncio.to_thread(job.roll_day, 1, FIRST_DAY + day * DAY)
        await commit(postgres_database, History(1, late, []))
        for _ in range(20):
            first = FIRST + timedelta(days=random.randrange(-1, DAYS))
            days = Days(first=first, last=first + timedelta(days=random.choice((0, 0, 1, 9))))
            seen_in = ZoneInfo(random.choice((zone, zone, "Asia/Kolkata")))
            query = Query(site=1, days=days, zone=seen_in, bots=random.random() < 0.5)
            summary = await service.summary(query)
            assert expected_totals(history, query, Span(*query.ends)) == summary.totals, query
        service.close()


async def test_what_is_rolled_up_is_read_unless_it_is_marked(postgres_database: str) -> None:
    """Both ends of a local day come from the rollup, or from rows."""
    zone, day = "Asia/Kathmandu", FIRST_DAY
    with open_pool(postgres_database, size=2) as pool:
        with pool.connection() as connection:
            for part in (day, day + DAY):
                wrong = [ZoneVisitors(0, 100, 20), ZoneVisitors(1, 0, 0)]
                zones.replace(connection, site=1, day=part, zone=zone, visitors=wrong)
        service = Reports(pool, clock=StillClock(), telemetry=NoTelemetry())
        last = instant(day + DAY).date()
        query = Query(site=1, days=Days(first=last, last=last), zone=ZoneInfo(zone), bots=True)
        assert (await service.summary(query)).totals.visitors == 120
        with pool.connection() as connection:
            marks.put(connection, site=1, hours=[day + 3 * HOUR], partition=0)
        assert (await service.summary(query)).totals.visitors == 100
        service.close()


@pytest.mark.parametrize(
    ("rollup_store", "zones"),
    [
        ("postgres", ["Asia/Kathmandu", "UTC"]),
        pytest.param("timescale", ["Europe/Berlin", "America/St_Johns"], marks=pytest.mark.timescale),
    ],
    indirect=["rollup_store"],
)
async def test_a_changed_zone_changes_the_past(
    rollup_store: str, rollup_pool: ConnectionPool, zones: list[str]
) -> None:
    """From UTC to another, on or back: by the new days at once, the same when the scheduler has rolled them up."""
    random = seeded(8)
    history = make_history(random, site=1, first_day=FIRST_DAY, days=ZONED_DAYS)
    late = random.sample(history.events, k=6)
    await commit(rollup_store, History(1, [row for row in history.events if row not in late], history.sessions))
    stage = Stage(rollup_pool, StillClock().now_ms())
    for day in range(ZONED_DAYS):
        await asyncio.to_thread(stage.job.roll_day, 1, FIRST_DAY + day * DAY)
    await commit(rollup_store, History(1, late, []))
    service = Reports(rollup_pool, clock=StillClock(), telemetry=NoTelemetry())
    for name in zones:
        with rollup_pool.connection() as connection:
            site = sites.of_account(connection, None)[0]
            assert sites.configure(connection, site.uuid, {"time_zone": name}) is not None
        for _ in range(2):
            await assert_as_defined(service, history, ZoneInfo(name))
            await asyncio.to_thread(stage.round)
        assert stage.scalar("SELECT count(*) FROM rollup_gaps") == 0
        assert stage.scalar("SELECT coalesce(array_agg(DISTINCT zone), '{}') FROM roll_zone") == (
            [] if name == "UTC" else [name]
        )
    service.close()


async def assert_as_defined(service: Reports, history: History, zone: ZoneInfo) -> None:
    """Every day by itself, every week, and all of them."""
    days = Days(first=FIRST, last=FIRST + timedelta(days=ZONED_DAYS))
    for bots in (False, True):
        query = Query(site=1, days=days, zone=zone, bots=bots)
        summary = await service.summary(query)
        assert expected_totals(history, query, Span(*query.ends)) == summary.totals
        for metric in (Metric.UNIQUE_VISITORS, Metric.VISITS, Metric.PAGEVIEWS):
            expected = [
                (day, value_of(metric, expected_totals(history, query, Span(begin, end))))
                for day, begin, end in zip(days, query.edges, query.edges[1:], strict=False)
            ]
            assert expected == list((await service.timeseries(query, metric)).points)
            weeks = (await service.series(query, Asked(metric, Interval.WEEK, Calendar(zone=zone)))).points
            assert [point.value for point in weeks] == [
                value_of(metric, expected_totals(history, query, Span(point.slot.begin, point.slot.end)))
                for point in weeks
            ]
            assert len(weeks) > 1
