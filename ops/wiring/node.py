"""The two processes of a single node."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING, Final

from api.app import create_app
from api.limits import LocalLimit
from core.errors import Unavailable
from core.telemetry import NoTelemetry
from ops.archives import archive_of_node
from ops.clock import SystemClock
from ops.disk import MEGABYTE, Disk, RoomyLog
from ops.installation import vault
from ops.postgres_monitor import PostgresMonitor
from ops.telemetry import PrometheusTelemetry
from ops.wiring.jobs import jobs
from ops.wiring.shared import background, collecting, key_limits, reporting, scheduler, sign_in_rate, vitals
from storage.embedded import EmbeddedPostgres, make_private, socket_directory
from storage.pool import open_async_pool, open_pool
from streams.engine import PartitionEngine
from streams.local.client import SocketLog
from streams.local.runner import Runner
from streams.local.server import Server
from streams.realtime import AskedRealtime, LocalRealtime, StoredRealtime, forget_deleted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from api.asgi import Application
    from core.clock import Clock
    from core.ports import EventLog
    from core.telemetry import Telemetry
    from ops.settings import Settings

#: The log of a single node: no log at all, its offsets are given by the engine.
LOCAL_LOG: Final = "local"
_SOCKET: Final = "engine.sock"
#: The engine is there, or comes, within two seconds.
_ATTEMPTS: Final = 20
_PAUSE: Final = 0.1


def engine_socket(data: Path) -> Path:
    """Return where the engine listens."""
    return socket_directory(data.absolute() / "run", _SOCKET) / _SOCKET


@contextlib.asynccontextmanager
async def engine(settings: Settings) -> AsyncIterator[None]:
    """The engine process: stream core, windows and rollups, asked through the local socket."""
    clock, telemetry = SystemClock(), PrometheusTelemetry("engine")
    dsn = EmbeddedPostgres(settings.data).dsn
    archive = archive_of_node(settings, settings.data)
    path = engine_socket(settings.data)
    make_private(path.parent)

    async def metrics(_: bytes) -> bytes:
        return telemetry.exposition()

    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(vitals("engine", clock=clock, telemetry=telemetry))
        await stack.enter_async_context(background(PostgresMonitor(dsn, telemetry=telemetry).run()))
        pool = await open_async_pool(dsn, size=settings.database_connections, name="footfall engine", check=False)
        stack.push_async_callback(pool.close)
        disk = _disk(settings, clock=clock, telemetry=telemetry)
        stack.enter_context(
            scheduler(settings, dsn=dsn, archive=archive, clock=clock, telemetry=telemetry, has_room=disk.has_room)
        )
        keys = vault(settings, data=settings.data)
        stack.enter_context(jobs(settings, dsn=dsn, archive=archive, vault=keys, clock=clock, telemetry=telemetry))
        realtime = LocalRealtime(clock=clock)
        await realtime.fill(pool)  # before the engine opens, or events would come twice
        await stack.enter_async_context(background(forget_deleted(pool, realtime, clock=clock)))
        core = PartitionEngine(pool, LOCAL_LOG, 0, clock=clock, telemetry=telemetry, observers=[realtime])
        runner = Runner(core, clock=clock, limit=settings.in_flight_events)
        server = Server(path, runner, {"metrics": metrics, "realtime": realtime.answer})
        stack.push_async_callback(server.stop)
        stack.push_async_callback(runner.stop)  # first: what waits is written and answered
        await runner.start()
        await server.start()
        yield


def _disk(settings: Settings, *, clock: Clock, telemetry: Telemetry) -> Disk:
    return Disk(settings.data, reserve=settings.disk_reserve * MEGABYTE, clock=clock, telemetry=telemetry)


@contextlib.asynccontextmanager
async def event_log(data: Path) -> AsyncIterator[EventLog]:
    """The log of a single node that runs.

    Raises:
        Unavailable: it does not run.
    """
    log = SocketLog(engine_socket(data), clock=SystemClock(), telemetry=NoTelemetry())
    await log.start()
    try:
        await _connected(log)
        yield log
    finally:
        await log.stop()


async def _connected(log: EventLog) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            await log.ready()
        except Unavailable:
            if attempt == _ATTEMPTS - 1:
                raise Unavailable("the server does not run: start `footfall serve` first") from None
            await asyncio.sleep(_PAUSE)
        else:
            return


@contextlib.asynccontextmanager
async def http(settings: Settings, ending: asyncio.Event) -> AsyncIterator[Application]:
    """The http process: collector and reports. The engine may be away for a while. Streams end when `ending` is set."""
    clock, telemetry = SystemClock(), PrometheusTelemetry("http")
    dsn = EmbeddedPostgres(settings.data).dsn
    log = SocketLog(engine_socket(settings.data), clock=clock, telemetry=telemetry, limit=settings.in_flight_events)

    disk = _disk(settings, clock=clock, telemetry=NoTelemetry())  # the engine tells how much is free

    async def exposition() -> bytes:
        try:
            return telemetry.exposition([await log.ask("metrics")])
        except Unavailable:
            return telemetry.exposition()

    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(vitals("http", clock=clock, telemetry=telemetry))
        await log.start()
        stack.push_async_callback(log.stop)
        pool = stack.enter_context(open_pool(dsn, size=settings.database_connections, name="footfall reports"))
        tries = sign_in_rate(settings)
        limits = key_limits(settings, partial(LocalLimit, clock=clock))
        realtime = AskedRealtime(partial(log.ask, "realtime"), truth=StoredRealtime(pool))
        yield create_app(
            collecting=await stack.enter_async_context(
                collecting(settings, dsn=dsn, log=RoomyLog(log, disk), limits=limits)
            ),
            reporting=stack.enter_context(
                reporting(
                    settings,
                    pool=pool,
                    archive=archive_of_node(settings, settings.data),
                    vault=vault(settings, data=settings.data),
                    realtime=realtime,
                    ending=ending,
                    limits=limits,
                    tries=None if tries is None else LocalLimit(tries, clock=clock),
                    clock=clock,
                    telemetry=telemetry,
                    warm=True,
                )
            ),
            telemetry=telemetry,
            clock=clock,
            exposition=exposition,
            metrics_token=settings.metrics_token.get_secret_value(),
        )
