"""The API over a real database, with a log that only remembers."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import psycopg

from aggregations.reports import Reports
from api.app import Collecting, Reporting, create_app
from api.collector.clients import Clients
from api.dialects.parts import Parts
from api.dialects.tinylytics import routes
from api.limits import Rate
from core.accounts import Access, Api, Role
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage import accounts, keys, sites
from storage.key_vault import KeyVault
from storage.pool import open_async_pool, open_pool
from streams.realtime import StoredRealtime
from tests.api.world import MemoryLog, client, lifespan
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path
    from uuid import UUID

    import httpx

    from api.asgi import Application
    from api.limits import Limit
    from core.clock import Clock
    from core.sites import Site

#: The site of the API's text.
SITE: Final = 456
_ACCOUNT: Final = "blog"


class Stage:
    """An application, the site of the API's text, and keys: of its account, and of others."""

    def __init__(self, app: Application, dsn: str, log: MemoryLog) -> None:
        self.dsn = dsn
        self.log = log
        self._client = client(app)
        with psycopg.connect(dsn) as connection:
            self.account: UUID = accounts.ensure(connection, _ACCOUNT)
            connection.execute(
                "INSERT INTO sites (id, account_id, domain, name, uid, created_at, updated_at) OVERRIDING SYSTEM VALUE"
                " VALUES (%s, %s, 'example.com', 'My Blog', 'abc123', '2025-06-01 12:00Z', '2026-02-14 09:30Z')",
                [SITE, self.account],
            )
            site = sites.of_number(connection, SITE)
            self.full = keys.create(connection, Api.TINYLYTICS, Role.USER, _ACCOUNT, email="me@example.com")
            self.read_only = self._key(connection, _ACCOUNT, access=Access.READ_ONLY)
            self.stranger = self._key(connection, "strangers")
            self.admin = keys.create(connection, Api.TINYLYTICS, Role.ADMIN, "admins")
        assert site is not None
        self.site: Site = site

    async def ask(
        self, method: str, path: str, *, key: str | None = None, body: object = None, content: bytes | None = None
    ) -> httpx.Response:
        """Ask below /api/v1, with the full key where none is given; '' is none at all."""
        own = self.full if key is None else key
        headers = {"Authorization": f"Bearer {own}"} if own else {}
        sent: dict[str, Any] = {"content": content} if content is not None else {}
        if body is not None:
            sent["json"] = body
        return await self._client.request(method, f"/api/v1{path}", headers=headers, **sent)

    async def get(self, path: str, *, key: str | None = None) -> httpx.Response:
        """Ask for something below /api/v1."""
        return await self.ask("GET", path, key=key)

    async def found(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        """What is answered when all is well."""
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def execute(self, statement: str, *values: object) -> None:
        """Change the database behind the application's back."""
        with psycopg.connect(self.dsn) as connection:
            connection.execute(statement.encode(), values)

    def live_in(self, zone: str) -> None:
        """Let the account's days begin in this time zone."""
        self.execute("UPDATE accounts SET time_zone = %s WHERE id = %s", zone, self.account)

    def _key(self, connection: psycopg.Connection, account: str, *, access: Access = Access.FULL) -> str:
        return keys.create(connection, Api.TINYLYTICS, Role.USER, account, access=access, name="CLI integration")


@asynccontextmanager
async def staged(
    dsn: str, *, clock: Clock | None = None, limit: Limit | None = None, place_files: Sequence[Path] = ()
) -> AsyncIterator[Stage]:
    """An application over a migrated database; one whose clock is set takes no hits in."""
    log, telemetry = MemoryLog(), Measurements()
    limits = {} if limit is None else {Api.TINYLYTICS: limit}
    async_pool = await open_async_pool(dsn, size=4)
    pool = open_pool(dsn, size=4)
    shown = clock or SystemClock()
    reports = Reports(pool, clock=shown, telemetry=NoTelemetry())
    parts = Parts(
        pool=pool,
        reports=reports,
        realtime=StoredRealtime(pool),
        vault=KeyVault(),
        clients=Clients(),
        clock=shown,
        telemetry=telemetry,
        rates={Api.TINYLYTICS: Rate(500, 60)},
        public_url="https://stats.example.com",
    )
    collecting = Collecting(pool=async_pool, log=log, rate=None, place_files=place_files, limits=limits)
    try:
        app = create_app(
            collecting=collecting if clock is None else None,
            reporting=Reporting(pool=pool, routers=[routes.router(parts)], limits=limits),
            telemetry=telemetry,
            clock=shown,
            exposition=_exposition,
        )
        async with lifespan(app):
            yield Stage(app, dsn, log)
    finally:
        reports.close()
        await async_pool.close()
        pool.close()


async def _exposition() -> bytes:
    return b"footfall_up 1\n"
