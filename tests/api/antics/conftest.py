"""An application with the Antics API over a site with a few visits, behind a proxy and beside it."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from aggregations.reports import Reports
from api import failures
from api.auth import Keys
from api.collector.clients import Clients
from api.dialects.antics.routes import router
from api.dialects.parts import Parts
from api.dialects.tinytrail.envelope import failure
from core.accounts import Api, Role
from core.networks import parse_network
from core.realtime import RealtimeView
from core.spans import DAY, HOUR, MINUTE
from core.telemetry import NoTelemetry
from storage import accounts, keys, sites
from storage.key_vault import KeyVault
from storage.pool import open_pool
from tests.cases import event_at
from tests.clocks import SetClock
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from core.events import Event
    from core.sites import Site

TODAY: Final = int(datetime(2026, 3, 18, tzinfo=UTC).timestamp()) * 1_000
PROXY: Final = "192.0.2.1"
SEARCHED: Final = {
    "referrer_host": "google.com",
    "channel": "Organic Search",
    "country": "DE",
    "browser": "Firefox",
    "os": "Linux",
    "device": "desktop",
}
MAILED: Final = {
    "referrer_host": "",
    "channel": "Direct",
    "country": "US",
    "browser": "Chrome",
    "os": "Windows",
    "device": "desktop",
    "utm_source": "news",
    "utm_medium": "email",
    "utm_campaign": "spring",
}
TOLD: Final = {
    "referrer_host": "twitter.com",
    "channel": "Social",
    "country": "",
    "browser": "Safari",
    "os": "",
    "device": "mobile",
    "utm_source": "news",
    "utm_medium": "social",
}


class FixedRealtime:
    """Seven are here."""

    async def view(self, _site: int, _now_ms: int, window_ms: int) -> RealtimeView:
        """See `core.realtime.Realtime`."""
        assert window_ms == 5 * MINUTE
        return RealtimeView(7, (), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who can be asked, with which keys, and by way of the proxy."""

    client: httpx.AsyncClient
    proxied: httpx.AsyncClient
    dsn: str
    clock: SetClock
    site: Site
    key: str
    stranger: str
    admin: str

    async def ask(self, method: str, path: str, *, key: str | None = None, body: object = None) -> httpx.Response:
        """Ask, with the owner's key where none is given; '' is none at all."""
        own = self.key if key is None else key
        headers = {"Authorization": f"Bearer {own}"} if own else {}
        return await self.client.request(method, path, headers=headers, json=body)

    async def vouched(
        self, method: str, path: str, *, groups: str | None = None, body: object = None
    ) -> httpx.Response:
        """Ask by way of the proxy, as somebody who signed in there."""
        headers = {"Remote-User": "ann"} | ({} if groups is None else {"Remote-Groups": groups})
        return await self.proxied.request(method, path, headers=headers, json=body)

    def make_site(self, domain: str, account: str = "default") -> Site:
        """A new site."""
        with psycopg.connect(self.dsn) as connection:
            made = sites.insert(connection, account_id=accounts.ensure(connection, account), domain=domain)
        assert made is not None
        return made


def _events(site: int) -> Iterator[Event]:
    """Visits of two days, and one of the week before."""
    told: list[tuple[int, int, dict[str, Any], str]] = [
        (-8 * DAY, 5, SEARCHED, "0 /"),
        (-DAY, 3, TOLD, "0 /pricing"),
        (0, 1, SEARCHED, "0 /, 1 /about, 3 /pricing, 4 signup"),
        (0, 2, MAILED, "10 /, 11 /about, 12 /pricing"),
        (0, 4, SEARCHED, "20 /, 21 signup"),
    ]
    for day, person, columns, text in told:
        for number, item in enumerate(text.split(", ")):
            minute, what = item.split()
            is_view = what.startswith("/")
            event = event_at(
                TODAY + day + 10 * HOUR + int(minute) * MINUTE,
                number,
                site=site,
                person=person,
                event_type="page_view" if is_view else "custom",
                name="" if is_view else what,
                path=what if is_view else "/",
            )
            yield event._replace(**columns)


@pytest.fixture(scope="module")
def site(module_database: str) -> Site:
    """A site of the default account, with its visits."""
    with psycopg.connect(module_database) as connection:
        made = sites.insert(
            connection, account_id=accounts.ensure(connection, "default"), domain="example.com", by_origin=True
        )
        assert made is not None
        write_events(connection, list(_events(made.id)))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """An application and its keys, for all tests of a module."""

    app: FastAPI
    dsn: str
    clock: SetClock
    site: Site
    key: str
    stranger: str
    admin: str

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[Asking]:
        """Ask it on the evening of the last visits' day."""
        self.clock.now = TODAY + 20 * HOUR

        def client(address: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, client=(address, 40_000))
            return httpx.AsyncClient(transport=transport, base_url="http://test")

        async with client("198.51.100.7") as direct, client(PROXY) as proxied:
            yield Asking(
                client=direct,
                proxied=proxied,
                dsn=self.dsn,
                clock=self.clock,
                site=self.site,
                key=self.key,
                stranger=self.stranger,
                admin=self.admin,
            )


@contextmanager
def staged(dsn: str, site: Site, *, remote_user: bool) -> Iterator[Stage]:
    """An application that believes its proxy, or does not."""
    clock = SetClock(TODAY)
    with psycopg.connect(dsn) as connection:
        key, stranger, admin = (
            keys.create(connection, Api.ANTICS, role, account)
            for role, account in ((Role.USER, "default"), (Role.USER, "strangers"), (Role.ADMIN, "admins"))
        )
    with open_pool(dsn, size=2) as pool:
        reports = Reports(pool, clock=clock, telemetry=NoTelemetry())
        app = FastAPI()
        app.state.keys = Keys(pool=pool, clock=clock, limits={})
        failures.install(app, enveloped=failure)
        app.include_router(
            router(
                Parts(
                    pool=pool,
                    reports=reports,
                    realtime=FixedRealtime(),
                    vault=KeyVault(),
                    clients=Clients([parse_network(PROXY)]),
                    clock=clock,
                    telemetry=NoTelemetry(),
                    remote_user=remote_user,
                )
            )
        )
        yield Stage(app=app, dsn=dsn, clock=clock, site=site, key=key, stranger=stranger, admin=admin)
        reports.close()


@pytest.fixture(scope="module")
def stage(module_database: str, site: Site) -> Iterator[Stage]:
    """An application that believes its proxy."""
    with staged(module_database, site, remote_user=True) as stage:
        yield stage


@pytest.fixture
async def asking(stage: Stage) -> AsyncIterator[Asking]:
    """Those who ask it."""
    async with stage.asking() as asking:
        yield asking
