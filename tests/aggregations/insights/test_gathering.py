"""The numbers of insights, read from a real database: on days of any length, and of sites that are new."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest

from aggregations.insights.gathering import gather
from aggregations.reports import Reports
from core.ranges import date_at, wall_at
from core.spans import DAY, HOUR, MINUTE, SECOND
from core.subjects import Subject
from core.telemetry import NoTelemetry
from storage import sites
from storage.pool import open_pool
from tests.cases import event_at
from tests.clocks import SetClock
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.sites import Site

#: The day after the one on which the clocks of Europe leap.
DAY_OF: Final = date(2026, 3, 30)
NOW: Final = int(datetime(2026, 3, 31, 6, tzinfo=UTC).timestamp()) * SECOND
#: One site's hits: at half past every hour of UTC, from the 40th day before.
TIMES: Final = range(NOW - 40 * DAY + 30 * MINUTE, NOW, HOUR)


@pytest.fixture(scope="module")
def reports(module_database: str) -> Iterator[Reports]:
    """Reports of two sites; the second one has no hits."""
    with psycopg.connect(module_database) as connection:
        connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
        for domain in ("one.example", "two.example"):
            connection.execute("INSERT INTO sites (account_id, domain) SELECT id, %s FROM accounts", [domain])
        write_events(
            connection,
            [
                event_at(ts, 1, person=number, path=f"/{number % 3}", channel="Social" if number % 3 else "Email")
                for number, ts in enumerate(TIMES, 1)
            ],
        )
    with open_pool(module_database, size=2) as pool:
        reports = Reports(pool, clock=SetClock(NOW), telemetry=NoTelemetry())
        yield reports
        reports.close()


def site(dsn: str, number: int, zone: str = "UTC") -> Site:
    """One of the sites, in a time zone."""
    with psycopg.connect(dsn) as connection:
        connection.execute("UPDATE sites SET time_zone = %s WHERE id = %s", [zone, number])
        found = sites.of_number(connection, number)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])
async def test_days_and_hours_of_a_zone(module_database: str, reports: Reports, name: str) -> None:
    """Each has the hits that clocks there say; pages, sources and audience have those of their week."""
    zone = ZoneInfo(name)
    found = await gather(reports, site(module_database, 1, name), DAY_OF)
    assert found is not None
    by_day = Counter(date_at(ts, zone) for ts in TIMES)
    assert len(found.weeks) == 5
    for number, week in enumerate(found.weeks):
        assert week.first == DAY_OF - timedelta(days=7 * number + 6)
        assert [by_day[week.first + timedelta(days=day)] for day in range(7)] == list(week.days)
        assert week.hits == week.visits == sum(week.pages.values())
        assert week.visits == sum(week.sources.values()) == sum(week.audience[Subject.CHANNEL].values())
        assert ({*week.pages}, week.page_count, week.source_count) == ({"/0", "/1", "/2"}, 3, 2)
    by_hour = Counter((date_at(ts, zone), wall_at(ts, zone).hour) for ts in TIMES)
    assert found.hours[-1].end == found.end
    for hour in found.hours:
        assert by_hour[hour.day, hour.clock] == hour.hits


@pytest.mark.parametrize(
    ("day", "weeks"),
    [
        (date(2026, 3, 30), 5),
        (date(2026, 3, 26), 5),
        (date(2026, 3, 25), 4),
        (date(2026, 3, 5), 2),
        (date(2026, 3, 4), 1),  # a week and six whole days, and the rest of the 19th of February
        (date(2026, 2, 19), 1),
        (date(2026, 2, 18), 0),
    ],
)
async def test_what_is_known_of_a_new_site(module_database: str, reports: Reports, day: date, weeks: int) -> None:
    """The week in question, and whole ones before it; nothing before its first hit."""
    found = await gather(reports, site(module_database, 1), day)
    assert weeks == (0 if found is None else len(found.weeks))


async def test_a_site_without_hits(module_database: str, reports: Reports) -> None:
    """Nothing is known of it."""
    assert await gather(reports, site(module_database, 2), DAY_OF) is None
