"""What a page sends when it is left late, from collect to the reports, on a clock that is moved."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg
import pytest

from aggregations.reports import Reports
from api.app import Collecting, Reporting, create_app
from api.dialects.tinytrail.named import StoredNamed
from api.dialects.tinytrail.reports import reports_router
from core.accounts import Api, Role
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage import accounts, keys, sites
from storage.pool import open_async_pool, open_pool
from streams.engine import PartitionEngine
from streams.local.runner import Runner
from streams.realtime import StoredRealtime
from tests.api.world import BROWSER, client, lifespan
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date

    import httpx

    from core.events import Event

MINUTE: Final = 60


class StoppedClock(SetClock):
    """Runs as the store's until it is stopped: a collector does not start on another."""

    running = True

    def now_ms(self) -> int:
        """The wall clock's ms."""
        if self.running:
            self.now = SystemClock().now_ms()
        return self.now


class RunnerLog:
    """`core.ports.EventLog` of an engine in this process."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def append(self, events: Sequence[tuple[int, Event]]) -> None:
        """Return when they are committed."""
        await self._runner.append([event for _, event in events])

    async def ready(self) -> None:
        """Always."""


class Shop(NamedTuple):
    """A site that is served by a whole Footfall in this process."""

    http: httpx.AsyncClient
    site: str
    clock: SetClock
    first_day: str

    async def send(self, event_type: str, path: str = "/", **properties: object) -> int:
        """Send one event of the only visitor; return the answer's status."""
        page = {"website_id": self.site, "url": f"https://shop.example{path}", "path": path}
        body = page | {"event_type": event_type, "properties": properties}
        return (await self.http.post("/api/v1/collect", json=[body])).status_code

    async def report(self, name: str) -> dict[str, Any]:
        """Return the data of a report from the first event on."""
        query = {"website_id": self.site, "start_date": self.first_day}
        data: dict[str, Any] = (await self.http.get(f"/api/v1/reports/{name}", params=query)).json()["data"]
        return data

    async def metrics(self) -> dict[str, float]:
        """Return the summary as plain numbers."""
        summary = (await self.report("summary"))["metrics"]
        names = ("visits", "unique_visitors", "pageviews", "bounce_rate", "avg_session_duration_sec")
        return {name: summary[name]["value"] for name in names}

    async def types(self) -> dict[str, int]:
        """Return the events of the last half hour by type."""
        return {row["eventType"]: row["count"] for row in (await self.report("realtime"))["events_by_type"]}


@pytest.fixture
async def shop(postgres_database: str) -> AsyncIterator[Shop]:
    """A new one."""
    clock, telemetry = StoppedClock(0), NoTelemetry()
    with psycopg.connect(postgres_database) as connection:
        key = keys.create(connection, Api.TINYTRAIL, Role.ADMIN, "shops")
        site = sites.insert(connection, account_id=accounts.ensure(connection, "shops"), domain="shop.example")
    assert site is not None
    async with AsyncExitStack() as stack:
        pool = await open_async_pool(postgres_database, size=6)
        stack.push_async_callback(pool.close)
        runner = Runner(PartitionEngine(pool, "local", 0, clock=clock, telemetry=telemetry), clock=clock)
        await runner.start()
        stack.push_async_callback(runner.stop)
        reading = stack.enter_context(open_pool(postgres_database, size=4))
        reports = Reports(reading, clock=clock, telemetry=telemetry)
        stack.callback(reports.close)
        router = reports_router(
            reports=reports,
            realtime=StoredRealtime(reading),
            aggregate=_aggregate,
            find_site=lambda _principal, _uuid: site,
            named=StoredNamed(reading),
            clock=clock,
        )
        app = create_app(
            collecting=Collecting(pool=pool, log=RunnerLog(runner), rate=None),
            reporting=Reporting(pool=reading, routers=[router]),
            telemetry=telemetry,
            clock=clock,
            exposition=_nothing,
        )
        await stack.enter_async_context(lifespan(app))
        http = await stack.enter_async_context(client(app))
        http.headers.update({"User-Agent": BROWSER, "X-API-KEY": key})
        clock.running = False
        first_day = datetime.fromtimestamp(clock.now / 1_000, UTC).date().isoformat()
        yield Shop(http, str(site.uuid), clock, first_day)


async def _nothing() -> bytes:
    return b""


async def _aggregate(_day: date) -> None:
    """Nothing is rolled up here."""


async def test_a_tab_that_is_closed_after_forty_minutes(shop: Shop) -> None:
    """Its leaving and its scroll marks are kept and counted by type; the visit stays one, as short as it was."""
    assert await shop.send("page_view") == 202
    shop.clock.pass_seconds(40 * MINUTE)
    assert await shop.send("close_tab", engaged_ms=5_000) == 202
    assert await shop.send("scroll_50") == 202
    assert await shop.types() == {"close_tab": 1, "scroll_50": 1}
    assert await shop.metrics() == {
        "visits": 1,
        "unique_visitors": 1,
        "pageviews": 1,
        "bounce_rate": 100,
        "avg_session_duration_sec": 0,
    }


async def test_a_tab_that_is_closed_within_the_half_hour(shop: Shop) -> None:
    """It makes the visit longer; whoever then comes back, after another half hour, makes a second one."""
    assert await shop.send("page_view") == 202
    shop.clock.pass_seconds(25 * MINUTE)
    assert await shop.send("close_tab", engaged_ms=5_000) == 202
    assert await shop.types() == {"page_view": 1, "close_tab": 1}
    assert (await shop.metrics())["visits"] == 1
    assert (await shop.metrics())["avg_session_duration_sec"] == 25 * MINUTE
    shop.clock.pass_seconds(31 * MINUTE)
    assert await shop.send("page_view", "/b") == 202
    assert (await shop.metrics())["visits"] == 2


async def test_a_tab_that_is_used_again(shop: Shop) -> None:
    """What it sends late opens no visit, a view soon after it does, which then began with what came first."""
    assert await shop.send("page_view") == 202
    shop.clock.pass_seconds(40 * MINUTE)
    assert await shop.send("scroll_75") == 202
    assert (await shop.metrics())["visits"] == 1
    shop.clock.pass_seconds(5 * MINUTE)
    assert await shop.send("page_view", "/b") == 202
    found = await shop.metrics()
    assert (found["visits"], found["pageviews"], found["avg_session_duration_sec"]) == (2, 2, 150)
