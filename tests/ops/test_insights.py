"""The job of insights on a real database: what is written, told, and shown by the API and the command."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest

from aggregations.reports import Reports
from api.dialects.tinylytics.documents import shapes
from core.jobs import Job, JobKind
from core.messages import Channel
from core.query import Query
from core.ranges import Days
from core.spans import DAY, HOUR, MINUTE, SECOND
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from ops.insights import KEPT, InsightWork
from storage import insights
from storage.jobs import plan
from storage.pool import open_pool
from tests.api.tinylytics.stage import SITE, staged
from tests.cases import event_at
from tests.clocks import SetClock
from tests.commands import footfall
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg_pool import ConnectionPool

    from core.events import Event

ZONE: Final = "America/New_York"
#: 01:00 in New York.
DUE: Final = int(datetime(2026, 2, 14, 6, tzinfo=UTC).timestamp()) * SECOND
YESTERDAY: Final = date(2026, 2, 13)
#: Midnight in New York, after that day.
_MIDNIGHT: Final = DUE - HOUR
#: Hits of a day of the weeks before, and of the week in question: 296 and 378 in all.
_BEFORE: Final = (42, 42, 42, 42, 42, 42, 44)
_NOW: Final = (54,) * 7


def hits(begin: int, count: int, *, week: int) -> list[Event]:
    """Hits of a day that begins then, each a visit; in the week in question a page and a referrer get many of them."""
    found = []
    for number in range(count):
        new = week == 0 and number % 4 == 0
        hit = event_at(
            begin + 9 * HOUR + number * 5 * MINUTE,
            number,
            site=SITE,
            person=number + 1,
            path="/blog/rails" if new else f"/{number % 3}",
            channel="Social" if new else "Direct",
        )
        found.append(hit._replace(referrer_host="news.example" if new else "", hostname="example.com"))
    return found


def two_months() -> Iterator[Event]:
    """The week in question and four before it."""
    for week in range(5):
        for day, count in enumerate(_BEFORE if week else _NOW):
            yield from hits(_MIDNIGHT - (7 * week + 7 - day) * DAY, count, week=week)


class World:
    """A site with two months of hits, and the job."""

    def __init__(self, pool: ConnectionPool, clock: SetClock) -> None:
        self.clock = clock
        self._pool = pool
        self.reports = Reports(pool, clock=clock, telemetry=NoTelemetry())
        self.work = InsightWork(pool=pool, reports=self.reports, clock=clock)

    async def run(self, now: int = DUE, *, site: int = SITE) -> int | None:
        """Run the job of a site at that time, ms."""
        self.clock.now = now
        return await self.work.run(Job(1, JobKind.INSIGHTS, site, now))

    def kept(self) -> list[insights.Insight]:
        """All that is kept, the newest first."""
        with self._pool.connection() as connection:
            return insights.page(connection, site=SITE, limit=100).rows

    def messages(self) -> list[dict[str, Any]]:
        """All that recipients are told, the oldest first."""
        with self._pool.connection() as connection:
            found = connection.execute("SELECT kind, address, title, text, data FROM messages ORDER BY id").fetchall()
        return [dict(zip(("kind", "address", "title", "text", "data"), row, strict=True)) for row in found]

    def execute(self, statement: str, *values: object) -> None:
        """Change the database."""
        with self._pool.connection() as connection:
            connection.execute(statement.encode(), values)


@pytest.fixture(scope="module")
def pool(module_database: str) -> Iterator[ConnectionPool]:
    """A database with the site and its hits, and with another one of none."""
    with open_pool(module_database, size=3) as pool:
        with pool.connection() as connection:
            connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
            for number, domain in ((SITE, "example.com"), (SITE + 1, "new.example")):
                connection.execute(
                    "INSERT INTO sites (id, account_id, domain, time_zone) OVERRIDING SYSTEM VALUE"
                    " SELECT %s, id, %s, %s FROM accounts",
                    [number, domain, ZONE],
                )
            for address, kind in (("me@example.com", "insights"), ("other@example.com", "monitor_down")):
                connection.execute(
                    "INSERT INTO recipients (site, channel, address, kinds) VALUES (%s, %s, %s, %s)",
                    [SITE, Channel.EMAIL, address, [kind]],
                )
            write_events(connection, list(two_months()))
        yield pool


@pytest.fixture
def world(pool: ConnectionPool) -> Iterator[World]:
    """The night after the week; nothing was said yet."""
    world = World(pool, SetClock(DUE))
    world.execute("TRUNCATE insights, messages, jobs")
    world.execute(
        "UPDATE sites SET insights = true, deleted_at = NULL, file_retention_days = NULL, rollup_retention_days = NULL"
    )
    yield world
    world.reports.close()


async def test_what_a_night_finds(world: World) -> None:
    """The numbers are those of reports; what is found is kept and told once, however often it runs."""
    assert await world.run() == DUE + DAY
    (kept,) = world.kept()
    assert (kept.day, kept.generated_at) == (YESTERDAY, DUE)
    signals = {signal["type"]: signal for signal in kept.document["signals"]}
    change = signals["traffic_change"]
    assert change["headline"] == "Traffic is up 28% this week"
    assert change["summary"] == "The site picked up 378 hits in the last 7 days, up from 296 the week before."
    assert change["importance_score"] == 64
    assert change["window"] == {"started_at": "2026-02-07T05:00:00Z", "ended_at": "2026-02-14T05:00:00Z"}
    assert signals["page_breakout"]["payload_excerpt"]["path"] == "/blog/rails"
    assert signals["referrer_surge"]["payload_excerpt"]["referrer"] == "news.example"
    days = Days(first=YESTERDAY - timedelta(days=6), last=YESTERDAY)
    found = await world.reports.summary(Query(site=SITE, days=days, zone=ZoneInfo(ZONE)))
    assert found.totals.views == change["payload_excerpt"]["current_hits"]

    assert await world.run(DUE + HOUR) == DUE + DAY
    assert world.kept() == [kept]
    (message,) = world.messages()
    assert (message["kind"], message["address"]) == ("insights", "me@example.com")
    assert message["title"] == f"example.com: {kept.document['signals'][0]['headline']}"
    assert change["summary"] in message["text"]
    assert message["data"] == {"insights_for_date": "2026-02-13", **kept.document}


async def test_no_news(world: World) -> None:
    """What is remarkable for a week is told once: again when it is gone for a night, or after a week."""
    await world.run()
    await world.run(DUE + DAY)
    assert world.kept()[0].document["signals"]
    assert len(world.messages()) == 1
    for statement in (
        "UPDATE insights SET insights_for_date = '2026-02-07' WHERE insights_for_date = '2026-02-13'",
        """UPDATE insights SET insights_for_date = '2026-02-13', document = '{"signals": []}'""",
    ):
        world.execute("DELETE FROM insights WHERE insights_for_date = '2026-02-14'")
        world.execute(statement)
        await world.run(DUE + DAY)
    days = [message["data"]["insights_for_date"] for message in world.messages()]
    assert days == ["2026-02-13", "2026-02-14", "2026-02-14"]


async def test_a_missed_day(world: World) -> None:
    """Of three days without a scheduler the latest is made up for, in whatever hour it comes back."""
    await world.run()
    assert await world.run(DUE + 3 * DAY + 5 * HOUR) == DUE + 4 * DAY
    assert [kept.day for kept in world.kept()] == [YESTERDAY + timedelta(days=3), YESTERDAY]


@pytest.mark.parametrize(("retention", "kept_for"), [(None, KEPT), (500, KEPT), (100, timedelta(days=100))])
async def test_what_is_old(world: World, retention: int | None, kept_for: timedelta) -> None:
    """Insights are kept for 400 days, or as long as the site's owner lets sums be kept."""
    world.execute("UPDATE sites SET file_retention_days = %s, rollup_retention_days = %s", retention, retention)
    for age in (kept_for, kept_for + timedelta(days=1)):
        world.execute(
            "INSERT INTO insights (site, insights_for_date, generated_at, document) VALUES (%s, %s, now(), '{}')",
            *(SITE, YESTERDAY - age),
        )
    await world.run()
    assert [kept.day for kept in world.kept()] == [YESTERDAY, YESTERDAY - kept_for]


async def test_sites_of_which_nothing_is_said(world: World) -> None:
    """Too few hits; none at all; switched off; deleted."""
    assert await world.run(DUE + 20 * DAY) == DUE + 21 * DAY
    assert await world.run(site=SITE + 1) == DUE + DAY
    world.execute("UPDATE sites SET insights = false")
    assert await world.run() is None
    world.execute("UPDATE sites SET insights = true, deleted_at = now()")
    assert await world.run() is None
    assert (world.kept(), world.messages()) == ([], [])


async def test_who_has_a_job(module_database: str, world: World) -> None:
    """Sites that have insights, and their first at once."""
    world.execute("UPDATE sites SET deleted_at = now() WHERE id = %s", SITE + 1)
    async with await psycopg.AsyncConnection.connect(module_database) as connection:
        now = SystemClock().now_ms()
        assert await plan(connection, JobKind.INSIGHTS, now) == 1
        rows = await (await connection.execute("SELECT subject, due_at <= now() FROM jobs")).fetchall()
        assert rows == [(SITE, True)]
        await connection.execute("UPDATE sites SET insights = false")
        assert await plan(connection, JobKind.INSIGHTS, now) == 0
        assert await (await connection.execute("SELECT subject FROM jobs")).fetchall() == []


async def test_what_the_api_shows(postgres_database: str) -> None:
    """What the job found, in the shapes of the document; a site that has them off shows what there was."""
    with open_pool(postgres_database, size=3) as pool:
        async with staged(postgres_database, clock=SetClock(DUE)) as stage:
            stage.execute("UPDATE sites SET time_zone = %s WHERE id = %s", ZONE, SITE)
            with psycopg.connect(postgres_database) as connection:
                write_events(connection, list(two_months()))
            world = World(pool, SetClock(DUE))
            nothing = await stage.found(f"/sites/{SITE}/insights")
            assert nothing["insights"] == []
            assert nothing["site"]["daily_insight_reports_active"] is False
            for number in range(3):
                await world.run(DUE + number * DAY)
            world.reports.close()
            stage.execute("INSERT INTO jobs (kind, subject, due_at) VALUES ('insights', %s, '2026-02-17 06:00Z')", SITE)

            found = await stage.found(f"/sites/{SITE}/insights")
            shapes.Insights.model_validate_json(json.dumps(found))
            days = [each["insights_for_date"] for each in found["insights"]]
            assert days == ["2026-02-15", "2026-02-14", "2026-02-13"]
            first = found["insights"][-1]
            assert (first["generated_at"], first["formatted_insights_date"]) == (
                "2026-02-14T06:00:00Z",
                "February 13, 2026",
            )
            assert {"traffic_change", "page_breakout"} <= {signal["type"] for signal in first["signals"]}
            assert {signal["detected_at"] for signal in first["signals"]} == {"2026-02-14T06:00:00Z"}
            page = await stage.found(f"/sites/{SITE}/insights?per_page=2&page=2")
            assert (page["insights"], page["pagination"]) == (
                [first],
                {"current_page": 2, "per_page": 2, "total_count": 3, "total_pages": 2},
            )
            assert (await stage.found(f"/sites/{SITE}/insights?per_page=1000"))["pagination"]["per_page"] == 50
            refused = await stage.get(f"/sites/{SITE}/insights?page=x")
            assert (refused.status_code, refused.json()) == (
                400,
                {"error": "page must be a whole number from 1 to 1000000000"},
            )

            stage.execute("UPDATE sites SET insights = false WHERE id = %s", SITE)
            off = await stage.found(f"/sites/{SITE}/insights")
            assert off["insights"] == found["insights"]
            assert {name: off["site"][name] for name in list(off["site"])[-3:]} == {
                "insights_enabled": False,
                "daily_insight_reports_active": False,
                "next_insight_job_scheduled_at": None,
            }


def test_the_command_shows_and_stores_nothing(module_database: str, world: World) -> None:
    """What the job would keep, for people and as JSON; of a week without hits it says so."""
    told = footfall("insights", "example.com", "--date", "2026-02-13", DATABASE_URL=module_database)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("example.com, the 7 days up to 2026-02-13\n\n")
    assert " 64  traffic_change   Traffic is up 28% this week\n" in told.stdout
    shown = footfall("insights", "example.com", "--date", "2026-02-13", "--json", DATABASE_URL=module_database)
    assert {signal["type"] for signal in json.loads(shown.stdout)["signals"]} >= {"traffic_change", "page_breakout"}
    assert world.kept() == []
    empty = footfall("insights", "example.com", "--date", "2026-03-13", DATABASE_URL=module_database)
    assert empty.returncode == 1
    assert "example.com has too few hits in the 7 days up to 2026-03-13" in empty.stderr
    ahead = footfall("insights", "example.com", "--date", "2999-01-01", DATABASE_URL=module_database)
    assert ahead.returncode == 2
    assert "this day is not over yet" in ahead.stderr
