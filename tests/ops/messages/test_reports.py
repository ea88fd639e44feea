"""Reports of weeks and months: from events in a store to messages, once for everybody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest

from aggregations.answers import Before, Summary
from aggregations.reports import Reports
from aggregations.tables import Breakdown, Row
from core.comparisons import Other
from core.intervals import Interval
from core.jobs import Job, JobKind
from core.messages import Channel, MessageKind
from core.metrics import Totals
from core.ranges import Days
from core.sites import Site
from core.spans import DAY, HOUR, MINUTE
from core.subjects import Subject
from core.telemetry import NoTelemetry
from ops.messages.report_text import Found, compose
from ops.messages.reports import ReportWork
from storage import accounts, messages, recipients, sites
from storage.key_vault import KeyVault
from storage.pool import open_async_pool, open_pool
from storage.sql import load
from tests.api.applying import ApplyingLog
from tests.cases import event_at
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg_pool import ConnectionPool

    from core.messages import Message

GOLDEN: Final = Path(__file__).with_name("golden")
#: Monday, 07:00 UTC.
MONDAY: Final = int(datetime(2026, 11, 23, 7, tzinfo=UTC).timestamp()) * 1_000
WEEK: Final = Days(first=date(2026, 11, 16), last=date(2026, 11, 22))
SITE: Final = Site(id=1, uuid=UUID(int=1), account_id=UUID(int=2), domain="example.com", time_zone="Europe/Berlin")


def listed(subject: Subject, *rows: tuple[tuple[str, ...], int]) -> Breakdown:
    """Rows of a subject."""
    made = tuple(Row(names, Totals(visitors=count)) for names, count in rows)
    return Breakdown(days=WEEK, subject=subject, rows=made, count=len(made), totals=Totals())


FULL: Final = Found(
    interval=Interval.WEEK,
    summary=Summary(
        days=WEEK,
        totals=Totals(
            views=12_345, visits=4_321, visitors=3_210, rated=4_321, bounces=2_000, duration_ms=4_321 * 84_000
        ),
        before=Before(
            other=Other(days=Days(first=date(2026, 11, 9), last=date(2026, 11, 15)), shift=7),
            found=Totals(
                views=13_000, visits=4_321, visitors=1_200, rated=4_321, bounces=2_100, duration_ms=4_321 * 60_000
            ),
        ),
    ),
    lists=[
        listed(
            Subject.PAGE,
            (("/",), 6_000),
            (("/a/very/long/path/of/a/page/that/nobody/would/type",), 1_234),
            (("/zeile\r\numbruch",), 9),
        ),
        listed(Subject.SOURCE, (("google.com",), 2_000), (("",), 1_500), (("news.example",), 12)),
        listed(Subject.COUNTRY, (("DE",), 3_000), (("CI",), 200), (("",), 7)),
        listed(Subject.DEVICE, (("desktop",), 4_000), (("mobile",), 321)),
    ],
)
QUIET: Final = Found(
    interval=Interval.MONTH,
    summary=Summary(
        days=Days(first=date(2026, 10, 1), last=date(2026, 10, 31)),
        totals=Totals(),
        before=Before(other=Other(days=Days(first=date(2026, 9, 1), last=date(2026, 9, 30)), shift=30), found=None),
    ),
    lists=[listed(subject) for subject in (Subject.PAGE, Subject.SOURCE, Subject.COUNTRY, Subject.DEVICE)],
)


@pytest.mark.parametrize(
    ("name", "found", "public_url"), [("week", FULL, "https://footfall.example"), ("month", QUIET, "")]
)
def test_a_report_reads_well(name: str, found: Found, public_url: str) -> None:
    """In columns, with separators and changes; a quiet month without lists."""
    made = compose(SITE, found, public_url)
    assert GOLDEN.joinpath(f"{name}.txt").read_text(encoding="utf-8") == f"{made.title}\n\n{made.text}\n"
    assert max(map(len, made.text.splitlines())) < 78 + len(public_url)


def test_programs_get_the_same_numbers() -> None:
    """With the words of the APIs."""
    data = compose(SITE, FULL, "https://footfall.example").data
    assert {
        "period": "week",
        "from": "2026-11-16",
        "to": "2026-11-22",
        "time_zone": "Europe/Berlin",
        "url": "https://footfall.example/?site=example.com&from=2026-11-16&to=2026-11-22",
        "totals": {
            "unique_visitors": 3_210,
            "visits": 4_321,
            "pageviews": 12_345,
            "bounce_rate": 46.3,
            "avg_session_duration": 84,
        },
    }.items() <= data.items()
    assert data["pages"][0] == {"page": "/", "visitors": 6_000}
    assert data["sources"][0] == {"source": "google.com", "visitors": 2_000}
    assert data["before"]["from"] == "2026-11-09"
    assert compose(SITE, QUIET, "").data["before"] is None


class Stage:
    """A site with visits in two weeks and two readers, and its job."""

    def __init__(self, pool: ConnectionPool) -> None:
        self.pool = pool
        self.clock = SetClock(MONDAY)
        with pool.connection() as connection:
            account = accounts.ensure(connection, "Acme")
            site = sites.insert(connection, account_id=account, domain="example.com")
            assert site is not None
            self.site = site
        self.reports = Reports(pool, clock=self.clock, telemetry=NoTelemetry())

    def add(self, address: str, kind: MessageKind = MessageKind.WEEKLY_REPORT) -> None:
        """A new reader."""
        with self.pool.connection() as connection:
            assert recipients.insert(
                connection, KeyVault(), self.site.id, channel=Channel.EMAIL, address=address, kinds=[kind]
            )

    async def run(self, *, succeeded_at: int | None = MONDAY - 7 * DAY, interval: Interval = Interval.WEEK) -> int:
        """Run the job once; return when it is due again."""
        work = ReportWork(interval, pool=self.pool, reports=self.reports, clock=self.clock, public_url="")
        due = await work.run(Job(1, JobKind.WEEKLY_REPORT, self.site.id, MONDAY, succeeded_at=succeeded_at))
        assert due is not None
        return due

    def written(self) -> list[Message]:
        """All messages, the oldest first."""
        with self.pool.connection() as connection:
            return messages.listed(connection, limit=100)[::-1]


@pytest.fixture
def stage(postgres_database: str) -> Iterator[Stage]:
    """See above."""
    pool = open_pool(postgres_database, size=3, name="test")
    made = Stage(pool)
    yield made
    made.reports.close()
    pool.close()


async def test_a_week_is_told_to_each_reader_once(stage: Stage, postgres_database: str) -> None:
    """By numbers that are those of its days, however often the job runs; a later reader gets the same."""
    pool = await open_async_pool(postgres_database, size=2)
    log = ApplyingLog(pool)
    for days_ago, people in ((9, 1), (3, 4), (0, 2)):
        begin = MONDAY - days_ago * DAY
        events = [event_at(begin + n * MINUTE, n, person=n + 1, site=stage.site.id) for n in range(people)]
        await log.append([(0, event) for event in events])
    await pool.close()
    stage.add("ada@example.org")
    stage.add("bob@example.org")
    stage.add("eve@example.org", MessageKind.INSIGHTS)
    assert await stage.run() == MONDAY + 7 * DAY
    stage.clock.now += 2 * HOUR
    stage.add("late@example.org")
    await stage.run()
    found = stage.written()
    assert sorted(each.address for each in found) == ["ada@example.org", "bob@example.org", "late@example.org"]
    assert len({each.text for each in found}) == 1
    assert found[0].title == "example.com, 16\N{EN DASH}22 Nov 2026: 4 visitors"
    assert "Visitors                                           4    +300 %" in found[0].text
    assert (found[0].data["totals"]["visits"], found[0].data["before"]["totals"]["visits"]) == (4, 1)
    assert found[0].data["countries"][0] == {"country": "DE", "visitors": 4}
    stage.clock.now = MONDAY + 7 * DAY
    await stage.run()
    assert len(stage.written()) == 6


async def test_the_first_run_only_finds_the_time(stage: Stage) -> None:
    """Who asks for reports on a Wednesday gets none of a week of which nobody spoke."""
    stage.add("ada@example.org")
    stage.clock.now += 2 * DAY
    assert await stage.run(succeeded_at=None) == MONDAY + 7 * DAY
    assert stage.written() == []


async def test_months_have_reports_of_their_own(stage: Stage) -> None:
    """To those who want them."""
    stage.add("ada@example.org")
    stage.add("bob@example.org", MessageKind.MONTHLY_REPORT)
    due = await stage.run(interval=Interval.MONTH)
    assert int(datetime(2026, 12, 1, 7, tzinfo=UTC).timestamp()) * 1_000 == due
    (message,) = stage.written()
    assert (message.address, message.title) == ("bob@example.org", "example.com, October 2026: 0 visitors")


async def test_a_site_that_is_gone_has_no_reports(stage: Stage) -> None:
    """Its job ends."""
    with stage.pool.connection() as connection:
        sites.delete(connection, stage.site.uuid)
    work = ReportWork(Interval.WEEK, pool=stage.pool, reports=stage.reports, clock=stage.clock, public_url="")
    assert await work.run(Job(1, JobKind.WEEKLY_REPORT, stage.site.id, MONDAY)) is None


async def test_sites_with_readers_have_jobs(stage: Stage) -> None:
    """As long as somebody wants reports of that kind."""

    def planned(kind: JobKind) -> list[int]:
        with stage.pool.connection() as connection:
            return [row[0] for row in connection.execute(load(f"jobs.of_{kind}"))]

    assert planned(JobKind.WEEKLY_REPORT) == []
    stage.add("ada@example.org")
    assert [[stage.site.id], []] == [planned(JobKind.WEEKLY_REPORT), planned(JobKind.MONTHLY_REPORT)]
    with stage.pool.connection() as connection:
        connection.execute("UPDATE recipients SET unsubscribed_at = now()")
    assert planned(JobKind.WEEKLY_REPORT) == []
    stage.add("bob@example.org")
    with stage.pool.connection() as connection:
        sites.delete(connection, stage.site.uuid)
    assert planned(JobKind.WEEKLY_REPORT) == []
