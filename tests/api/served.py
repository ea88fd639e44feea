"""The application as it is wired, behind a real server in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg

from api.app import Collecting, create_app
from core.accounts import Api, Role
from core.networks import parse_network
from ops import web
from ops.clock import SystemClock
from ops.settings import Settings
from ops.wiring import shared
from storage import accounts, keys, sites
from storage.key_vault import KeyVault
from storage.migrate import migrate
from storage.pool import open_async_pool, open_pool
from streams.realtime import StoredRealtime
from tests.api.world import MemoryLog
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg_pool import AsyncConnectionPool

    from api.asgi import Application
    from core.ports import EventLog
    from core.realtime import Realtime
    from core.sites import Site
    from storage.archive.store import ArchiveStore

_SOON: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Where it is, and who may ask."""

    url: str
    app: Application
    dsn: str
    admin_key: str
    user_key: str
    site: Site
    #: Ends the server in order, as SIGTERM does.
    stop: asyncio.Event
    loop: asyncio.AbstractEventLoop
    #: Done when the server has ended.
    ended: Future[None]

    def terminate(self) -> None:
        """Do what SIGTERM does."""
        self.loop.call_soon_threadsafe(self.stop.set)


@contextlib.contextmanager
def served(
    dsn: str,
    *,
    realtime: Realtime | None = None,
    grace: float = 20,
    log: Callable[[AsyncConnectionPool], EventLog] = lambda _: MemoryLog(),
    archive: ArchiveStore | None = None,
    replica: str = "",
    **settings: object,
) -> Iterator[Served]:
    """A migrated database with the wired application over it, without rate limits unless they are set.

    What it collects goes to `log`, which nobody reads unless it is another one. Reports are read from the `replica`.
    """
    migrate(dsn)
    with psycopg.connect(dsn) as connection:
        admin_key = keys.create(connection, Api.TINYTRAIL, Role.ADMIN, "admins")
        user_key = keys.create(connection, Api.TINYTRAIL, Role.USER, "users")
        site = sites.insert(connection, account_id=accounts.ensure(connection, "users"), domain="example.com")
    assert site is not None
    chosen = Settings.model_validate({"rate_limits": "off"} | settings)
    listener = web.listen("127.0.0.1", 0)
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, Application]] = Future()
    ended: Future[None] = Future()

    async def main() -> None:
        stop = asyncio.Event()
        clock, telemetry = SystemClock(), Measurements()
        async_pool = await open_async_pool(dsn, size=4)
        try:
            with open_pool(dsn, size=4) as pool, open_pool(replica or dsn, size=2) as reading:
                reporting = shared.reporting(
                    chosen,
                    pool=pool,
                    archive=archive,
                    vault=KeyVault(),
                    realtime=realtime or StoredRealtime(pool),
                    ending=stop,
                    limits={},
                    tries=None,
                    clock=clock,
                    telemetry=telemetry,
                    replica=reading if replica else None,
                )
                with reporting as given:
                    app = create_app(
                        collecting=Collecting(
                            pool=async_pool,
                            log=log(async_pool),
                            rate=None,
                            trusted_proxies=[parse_network(text) for text in chosen.trusted_proxies],
                        ),
                        reporting=given,
                        telemetry=telemetry,
                        clock=clock,
                        exposition=_exposition,
                    )
                    await web.serve(
                        app,
                        listener,
                        ending=stop,
                        grace=grace,
                        started=lambda: started.set_result((asyncio.get_running_loop(), stop, app)),
                    )
        finally:
            await async_pool.close()

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:  # noqa: BLE001 - whoever waits is told
            if not started.done():
                started.set_exception(error)
            ended.set_exception(error)
        else:
            ended.set_result(None)

    threading.Thread(target=run, name="server", daemon=True).start()
    loop, stop, app = started.result(_SOON)
    found = Served(
        url=f"http://127.0.0.1:{listener.getsockname()[1]}",
        app=app,
        dsn=dsn,
        admin_key=admin_key,
        user_key=user_key,
        site=site,
        stop=stop,
        loop=loop,
        ended=ended,
    )
    try:
        yield found
    finally:
        if not ended.done():
            found.terminate()
        ended.result(_SOON)


async def _exposition() -> bytes:
    return b"footfall_up 1\n"
