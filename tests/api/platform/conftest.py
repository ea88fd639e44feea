"""An application with the Platform API v2, over a database in which its text's examples are true."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from aggregations.reports import Reports
from api import failures
from api.auth import Keys
from api.collector.clients import Clients
from api.dialects.parts import Parts
from api.dialects.platform.routes import router
from api.dialects.tinytrail.envelope import failure
from api.limits import PLATFORM_RATE, LocalLimit
from core.accounts import Api, Role
from core.dimensions import NUMBERS, Dimension
from core.realtime import RealtimeView
from core.spans import DAY, HOUR, MINUTE
from core.telemetry import NoTelemetry
from storage import accounts, keys, sites
from storage.key_vault import KeyVault
from storage.pool import open_pool
from tests.api.tinytrail.test_golden_reports import roll
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: The id of the text's example: it has 25 characters.
EXAMPLE: Final = "6507f1f77bcf86cd799439011"
#: The last day of the example's chart.
TODAY: Final = int(datetime(2025, 3, 22, tzinfo=UTC).timestamp()) * 1_000


class FixedRealtime:
    """Those of the text's example."""

    async def view(self, _site: int, _now_ms: int, window_ms: int) -> RealtimeView:
        """See `core.realtime.Realtime`."""
        assert window_ms == 5 * MINUTE
        return RealtimeView(42, (("/", 15), ("/pricing", 8)), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who can be asked, and with which keys."""

    client: httpx.AsyncClient
    dsn: str
    clock: SetClock
    key: str
    stranger: str
    admin: str
    others: dict[Api, str] = field(default_factory=dict)

    async def get(self, path: str, *, key: str | None = None, **query: str) -> httpx.Response:
        """Ask, with the owner's key where none is given; '' is none at all."""
        own = self.key if key is None else key
        headers = {"Authorization": f"Bearer {own}"} if own else {}
        return await self.client.get(path, headers=headers, params=query or None)


def _fill(connection: psycopg.Connection) -> None:
    """Make the examples true."""
    site = sites.insert(
        connection, account_id=accounts.ensure(connection, "users"), domain="example.com", name="My Website"
    )
    assert site is not None
    connection.execute(
        "UPDATE sites SET object_id = %s, created_at = '2025-01-15 10:30+00' WHERE id = %s", [EXAMPLE, site.id]
    )
    first = TODAY - 6 * DAY

    def put(table: str, day: int, **columns: int | str) -> None:
        roll(connection, table, day, site=site.id, **columns)

    sums = {"visits": 1_500, "new": 1_234, "quiet_bounces": 630, "bounces": 700, "duration_ms": 145_200 * 1_500}
    put("roll_site", first, views=3_958, **sums)
    put("roll_site", TODAY - DAY, views=800)
    put("roll_site", TODAY, views=920)
    put("roll_site", first - DAY, views=99, visits=9, new=9)
    put("roll_path", first, path="/", views=2_000, d1=1_000)
    put("roll_path", first, path="/pricing", views=300, d1=200)
    put("roll_path", TODAY, path="/pricing", views=500, d1=300)
    for dimension, value, visits, views in (
        (Dimension.REFERRER, "", 1_000, 4_000),
        (Dimension.REFERRER, "google.com", 500, 1_678),
        (Dimension.BROWSER, "Chrome", 900, 3_000),
        (Dimension.COUNTRY, "", 800, 3_678),
        (Dimension.COUNTRY, "US", 700, 2_000),
    ):
        put("roll_dim", first, dim=NUMBERS[dimension], value=value, visits=visits, views=views)
    put("roll_event", first, type="custom", name="signup_click", count=234)
    put("roll_event", TODAY, type="custom", name="download_pdf", count=89)
    put("roll_event", first, type="page_view", name="", count=5_678)


@pytest.fixture(scope="module")
def filled(module_database: str) -> str:
    """A database in which the examples are true."""
    with psycopg.connect(module_database) as connection:
        _fill(connection)
    return module_database


@pytest.fixture
async def asking(filled: str) -> AsyncIterator[Asking]:
    """An application on the evening of the example's last day; each key may ask 100 times."""
    clock = SetClock(TODAY + 20 * HOUR)
    with psycopg.connect(filled) as connection:
        key, stranger, admin = (
            keys.create(connection, Api.PLATFORM, role, account)
            for role, account in ((Role.USER, "users"), (Role.USER, "strangers"), (Role.ADMIN, "admins"))
        )
        others: dict[Api, str] = {
            api: keys.create(connection, api, Role.ADMIN, "users") for api in Api if api is not Api.PLATFORM
        }
    with open_pool(filled, size=2) as pool:
        reports = Reports(pool, clock=clock, telemetry=NoTelemetry())
        app = FastAPI()
        app.state.keys = Keys(pool=pool, clock=clock, limits={Api.PLATFORM: LocalLimit(PLATFORM_RATE, clock=clock)})
        failures.install(app, enveloped=failure)
        app.include_router(
            router(
                Parts(
                    pool=pool,
                    reports=reports,
                    realtime=FixedRealtime(),
                    vault=KeyVault(),
                    clients=Clients(),
                    clock=clock,
                    telemetry=NoTelemetry(),
                )
            )
        )
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Asking(client=client, dsn=filled, clock=clock, key=key, stranger=stranger, admin=admin, others=others)
        reports.close()
