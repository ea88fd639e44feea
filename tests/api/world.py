"""A whole application over a real database, with a log that only remembers."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import httpx
import psycopg

from api.app import Collecting, Reporting, create_app
from api.limits import COLLECT_RATE, KEY_RATE, LocalLimit, SharedLimit
from core.accounts import Api, Role
from core.networks import parse_network
from ops.clock import SystemClock
from storage import accounts, keys, sites
from storage.pool import open_async_pool, open_pool
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path
    from uuid import UUID

    from api.asgi import Application, Message
    from core.clock import Clock
    from core.events import Event
    from core.sites import Site

BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CRAWLER: Final = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


class MemoryLog:
    """`core.ports.EventLog` that keeps what it is given, or fails as it is told."""

    def __init__(self) -> None:
        self.appended: list[list[tuple[int, Event]]] = []
        self.failure: Exception | None = None

    async def append(self, events: Sequence[tuple[int, Event]]) -> None:
        """Keep them."""
        if self.failure is not None:
            raise self.failure
        self.appended.append(list(events))

    async def ready(self) -> None:
        """Fail as told."""
        if self.failure is not None:
            raise self.failure

    @property
    def events(self) -> list[Event]:
        """All events, in order."""
        return [event for batch in self.appended for _, event in batch]


class World:
    """A served application and what is behind it."""

    def __init__(self, app: Application, dsn: str, log: MemoryLog, measurements: Measurements) -> None:
        self.app = app
        self.dsn = dsn
        self.log = log
        self.measurements = measurements
        self.client = client(app)
        with psycopg.connect(dsn) as connection:
            self.admin_key = keys.create(connection, Api.TINYTRAIL, Role.ADMIN, "admins")
            connection.commit()  # what is made in one transaction has one age
            self.user_key = keys.create(connection, Api.TINYTRAIL, Role.USER, "users")
            self.account: UUID = accounts.ensure(connection, "users")
            self.site = self._site(connection, "example.com")

    async def collect(self, body: object, **headers: str) -> httpx.Response:
        """POST a body, given as JSON value or bytes, as a browser would."""
        sent = {"User-Agent": BROWSER, "Origin": "https://example.com", **headers}
        if isinstance(body, bytes):
            return await self.client.post("/api/v1/collect", content=body, headers=sent)
        return await self.client.post("/api/v1/collect", json=body, headers=sent)

    async def until_collect_answers(self, status: int, **headers: str) -> None:
        """Send page views until one is answered with this status; fail after five seconds."""
        for _ in range(100):
            if (await self.collect(self.view(), **headers)).status_code == status:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"no event was answered with {status} within 5 s")

    def view(self, **fields: object) -> dict[str, Any]:
        """The body of a page view."""
        return {
            "website_id": str(self.site.uuid),
            "event_type": "page_view",
            "url": "https://example.com/blog/post-1?utm_source=twitter",
            "path": "/blog/post-1",
            "referrer": "https://t.co/abc123",
            "screen_width": 1920,
            "screen_height": 1080,
        } | fields

    def make_site(self, domain: str) -> Site:
        """A new site of the users' account."""
        with psycopg.connect(self.dsn) as connection:
            return self._site(connection, domain)

    def execute(self, statement: str, *values: object) -> None:
        """Change the database behind the application's back."""
        with psycopg.connect(self.dsn) as connection:
            connection.execute(statement.encode(), values)

    def _site(self, connection: psycopg.Connection, domain: str) -> Site:
        site = sites.insert(connection, account_id=self.account, domain=domain)
        assert site is not None
        return site


def client(app: Application, address: str = "198.51.100.7") -> httpx.AsyncClient:
    """A client with this address; errors of the application are answers, as behind a server."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://footfall")


@asynccontextmanager
async def serving(
    dsn: str,
    *,
    clock: Clock | None = None,
    rate_limits: bool = False,
    shared: bool = False,
    trusted: Sequence[str] = (),
    telemetry: Measurements | None = None,
    reports: bool = True,
    place_files: Sequence[Path] = (),
    patience: float = 30,
    metrics_token: str = "",
) -> AsyncIterator[World]:
    """A migrated database with an application over it, its background tasks running."""
    clock = clock or SystemClock()
    log, measurements = MemoryLog(), telemetry or Measurements()
    async_pool = await open_async_pool(dsn, size=4, patience=patience)
    pool = open_pool(dsn, size=4, patience=patience)

    async def exposition() -> bytes:
        return b"footfall_up 1\n"

    counted = SharedLimit(KEY_RATE, pool=pool, clock=clock) if shared else LocalLimit(KEY_RATE, clock=clock)
    limits = {Api.TINYTRAIL: counted} if rate_limits else {}
    try:
        app = create_app(
            collecting=Collecting(
                pool=async_pool,
                log=log,
                trusted_proxies=[parse_network(text) for text in trusted],
                rate=COLLECT_RATE if rate_limits else None,
                place_files=place_files,
            ),
            reporting=Reporting(pool=pool, limits=limits) if reports else None,
            telemetry=measurements,
            clock=clock,
            exposition=exposition,
            metrics_token=metrics_token,
        )
        async with lifespan(app):
            yield World(app, dsn, log, measurements)
    finally:
        await async_pool.close()
        pool.close()


@asynccontextmanager
async def lifespan(app: Application) -> AsyncIterator[None]:
    """Start and stop an application as a server does."""
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    task = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}}, inbox.get, outbox.put))
    await inbox.put({"type": "lifespan.startup"})
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        assert (await outbox.get())["type"] == "lifespan.shutdown.complete"
        await task
