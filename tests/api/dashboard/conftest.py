"""The page as it is wired, without a server, and somebody who is signed in to it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx
import psycopg
import pytest

from api.app import create_app
from api.limits import LocalLimit, Rate
from core.accounts import Api, Role
from ops.clock import SystemClock
from ops.settings import Settings
from ops.wiring import shared
from storage import accounts, keys, sites
from storage.key_vault import KeyVault
from storage.migrate import migrate
from storage.pool import open_pool
from streams.realtime import StoredRealtime
from tests.api.world import lifespan
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.asgi import Application
    from core.clock import Clock
    from core.sites import Site
    from storage.archive.store import ArchiveStore

#: Whoever asks like this is a browser on this machine, over plain HTTP.
BASE: Final = "http://localhost:8000"
#: What a browser says of a form that a page of ours sends, and of an address that is followed.
SENT: Final = {"Sec-Fetch-Site": "same-origin", "Origin": BASE}
PAGE: Final = "text/html,application/xhtml+xml,*/*;q=0.8"
FRAGMENT: Final = "text/html; fragment=report"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWorld:
    """The application behind `client`, who is signed in with `user_key` and sees `site`."""

    app: Application
    client: httpx.AsyncClient
    dsn: str
    user_key: str
    admin_key: str
    site: Site

    def stranger(self, *, base: str = BASE, address: str = "127.0.0.1") -> httpx.AsyncClient:
        """A browser that is not signed in, at this address."""
        return browser(self.app, base=base, address=address)

    async def sign_in(self, client: httpx.AsyncClient, key: str, **fields: str) -> httpx.Response:
        """Send the form of the sign-in."""
        return await client.post("/sign-in", data={"key": key, **fields}, headers=SENT)

    def execute(self, statement: str, *values: object) -> None:
        """Change the database behind the application's back."""
        with psycopg.connect(self.dsn) as connection:
            connection.execute(statement.encode(), values)

    def make_site(self, domain: str, account: str = "users") -> Site:
        """A new site of an account, which is made if missing."""
        with psycopg.connect(self.dsn) as connection:
            site = sites.insert(connection, account_id=accounts.ensure(connection, account), domain=domain)
        assert site is not None
        return site

    def make_key(self, account: str, role: Role = Role.USER) -> str:
        """A new key of an account, which is made if missing."""
        with psycopg.connect(self.dsn) as connection:
            return keys.create(connection, Api.TINYTRAIL, role, account)


def browser(app: Application, *, base: str = BASE, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A browser that follows no redirects."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 40_000))
    return httpx.AsyncClient(transport=transport, base_url=base, headers={"Accept": PAGE})


@asynccontextmanager
async def page_world(
    dsn: str,
    *,
    clock: Clock | None = None,
    limit: Rate | None = None,
    tries: Rate | None = None,
    settings: Settings | None = None,
    archive: ArchiveStore | None = None,
    patience: float = 30,
    telemetry: Measurements | None = None,
    warm: bool = False,
) -> AsyncIterator[PageWorld]:
    """A migrated database with the wired application over it, its rates as they are given."""
    await asyncio.to_thread(migrate, dsn)
    with psycopg.connect(dsn) as connection:
        admin_key = keys.create(connection, Api.TINYTRAIL, Role.ADMIN, "admins")
        user_key = keys.create(connection, Api.TINYTRAIL, Role.USER, "users")
        account = accounts.ensure(connection, "users")
        site = sites.insert(connection, account_id=account, domain="example.com")
        (site,) = [site] if site else sites.of_account(connection, account)  # it was there before
    clock, telemetry = clock or SystemClock(), telemetry or Measurements()
    async with AsyncExitStack() as stack:
        pool = stack.enter_context(open_pool(dsn, size=4, patience=patience))
        reporting = stack.enter_context(
            shared.reporting(
                settings or Settings.model_validate({}),
                pool=pool,
                archive=archive,
                vault=KeyVault(),
                realtime=StoredRealtime(pool),
                ending=asyncio.Event(),
                limits={} if limit is None else {Api.TINYTRAIL: LocalLimit(limit, clock=clock)},
                tries=None if tries is None else LocalLimit(tries, clock=clock),
                clock=clock,
                telemetry=telemetry,
                warm=warm,
            )
        )
        app = create_app(reporting=reporting, telemetry=telemetry, clock=clock, exposition=_exposition)
        await stack.enter_async_context(lifespan(app))
        client = await stack.enter_async_context(browser(app))
        world = PageWorld(app=app, client=client, dsn=dsn, user_key=user_key, admin_key=admin_key, site=site)
        signed_in = await world.sign_in(client, user_key)
        assert signed_in.status_code == 303, signed_in.text
        yield world


@pytest.fixture
async def page_world_(postgres_database: str) -> AsyncIterator[PageWorld]:
    """The page without rate limits."""
    async with page_world(postgres_database) as world:
        yield world


@pytest.fixture
def page_client(page_world_: PageWorld) -> httpx.AsyncClient:
    """A browser that is signed in and sees the site example.com."""
    return page_world_.client


async def _exposition() -> bytes:
    return b"footfall_up 1\n"
