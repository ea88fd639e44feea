"""What a single node and a cluster have in common."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final

from aggregations.job import RollupJob
from aggregations.reports import Reports
from api.app import Collecting, Reporting
from api.collector.clients import Clients
from api.dashboard.page import Page
from api.dialects.antics import routes as antics
from api.dialects.beep import routes as beep
from api.dialects.beep.tokens import warn_if_open
from api.dialects.parts import Parts
from api.dialects.platform import routes as platform
from api.dialects.shared_sites import routes as shared_sites
from api.dialects.tinylytics import routes as tinylytics
from api.dialects.tinytrail import stream
from api.dialects.tinytrail.access import site_finder
from api.dialects.tinytrail.named import StoredNamed
from api.dialects.tinytrail.reports import reports_router
from api.event_streams import OpenStreams
from api.limits import SIGN_IN_RATE, Rate
from core.accounts import Api
from core.networks import parse_network
from core.spans import SECOND
from ops.aggregation import aggregate_day
from ops.places import place_files
from ops.scheduler import Scheduler
from ops.vitals import Vitals
from storage.pool import open_async_pool, open_pool
from streams.realtime import Briefly

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
    from contextlib import AbstractAsyncContextManager
    from datetime import date

    from fastapi import APIRouter
    from psycopg_pool import ConnectionPool

    from api.limits import Limit
    from core.clock import Clock
    from core.ports import EventLog
    from core.realtime import Realtime
    from core.telemetry import Telemetry
    from ops.settings import Settings
    from storage.archive.store import ArchiveStore
    from storage.key_vault import KeyVault

#: The routes of the other APIs.
ROUTERS: Final[tuple[Callable[[Parts], APIRouter], ...]] = (
    shared_sites.router,
    beep.router,
    antics.router,
    platform.router,
    tinylytics.router,
)
#: Connections of a scheduler: its lock, its work, and what its pool lends otherwise.
_SCHEDULER_CONNECTIONS: Final = 3


@contextlib.asynccontextmanager
async def collecting(
    settings: Settings, *, dsn: str, log: EventLog, limits: Mapping[Api, Limit]
) -> AsyncIterator[Collecting]:
    """What taking events in needs; `limits` are those of keys."""
    pool = await open_async_pool(dsn, size=settings.database_connections, name="footfall collect")
    try:
        yield Collecting(
            pool=pool,
            log=log,
            trusted_proxies=[parse_network(text) for text in settings.trusted_proxies],
            rate=collect_rate(settings),
            place_files=place_files(settings),
            limits=limits,
        )
    finally:
        await pool.close()


@contextlib.contextmanager
def reporting(  # noqa: PLR0913 - the parts it is made of
    settings: Settings,
    *,
    pool: ConnectionPool,
    archive: ArchiveStore | None,
    vault: KeyVault,
    realtime: Realtime,
    ending: asyncio.Event,
    limits: Mapping[Api, Limit],
    tries: Limit | None,
    clock: Clock,
    telemetry: Telemetry,
    warm: bool = False,
    replica: ConnectionPool | None = None,
) -> Iterator[Reporting]:
    """What answering reports needs, in programs and on the page; streams end when `ending` is set.

    With `warm`, it is made ready in the background when serving begins. Reports are read from the `replica`, if there
    is one.
    """
    shown, find_site = Briefly(realtime, clock=clock), site_finder(pool)
    reports = Reports(replica or pool, clock=clock, telemetry=telemetry, archive=archive)
    job = RollupJob(pool=pool, clock=clock, telemetry=telemetry, archive=archive)

    async def aggregate(day: date) -> None:
        start = int(datetime.combine(day, time(), UTC).timestamp()) * SECOND
        await asyncio.to_thread(aggregate_day, pool, job, start)

    router = reports_router(
        reports=reports,
        realtime=shown,
        aggregate=aggregate,
        find_site=find_site,
        named=StoredNamed(pool),
        clock=clock,
    )
    streams = OpenStreams(most=settings.streams, ending=ending, telemetry=telemetry)
    live = stream.router(realtime=shown, find_site=find_site, streams=streams, clock=clock)
    clients = Clients([parse_network(text) for text in settings.trusted_proxies])
    parts = Parts(
        pool=pool,
        reports=reports,
        realtime=shown,
        vault=vault,
        clients=clients,
        clock=clock,
        telemetry=telemetry,
        rates=key_rates(settings),
        public_url=settings.public_url,
        beep_bootstrap=settings.beep_bootstrap == "on",
        remote_user=settings.remote_user == "on",
    )
    if parts.beep_bootstrap:
        warn_if_open(pool)
    page = Page(
        pool=pool,
        reports=reports,
        realtime=shown,
        streams=streams,
        clock=clock,
        telemetry=telemetry,
        vault=vault,
        clients=clients,
        limit=limits.get(Api.TINYTRAIL),
        tries=tries,
        public_url=settings.public_url,
        asks_others=settings.outbound == "on",
        sends_mails=bool(settings.smtp_host),
    )
    try:
        yield Reporting(
            pool=pool,
            vault=vault,
            routers=[router, live, *(make(parts) for make in ROUTERS), page.router()],
            pages=page.failed,
            limits=limits,
            public_url=settings.public_url,
            trusted_proxies=[parse_network(text) for text in settings.trusted_proxies],
            warming=page.warming if warm else None,
        )
    finally:
        reports.close()


def collect_rate(settings: Settings) -> Rate | None:
    """How often one address may send; None for as often as it likes."""
    rate = Rate(settings.collect_limit_requests, settings.collect_limit_seconds)
    return rate if settings.rate_limits == "on" else None


def key_limits(settings: Settings, counting: Callable[[Rate], Limit]) -> dict[Api, Limit]:
    """How often one key of each API may ask, as `counting` counts it; none of an API whose keys may as they like."""
    return {api: counting(rate) for api, rate in key_rates(settings).items()}


def key_rates(settings: Settings) -> dict[Api, Rate]:
    """How often one key of each API may ask; none of an API whose keys may as they like."""
    if settings.rate_limits == "off":
        return {}
    return {
        Api.TINYTRAIL: Rate(settings.key_limit_requests, settings.key_limit_seconds),
        Api.PLATFORM: Rate(settings.platform_limit_requests, settings.platform_limit_seconds),
        Api.TINYLYTICS: Rate(settings.tinylytics_limit_requests, settings.tinylytics_limit_seconds),
    }


def sign_in_rate(settings: Settings) -> Rate | None:
    """How often one address may try to sign in; None for as often as it likes."""
    return SIGN_IN_RATE if settings.rate_limits == "on" else None


@contextlib.contextmanager
def scheduler(  # noqa: PLR0913 - the parts it is made of
    settings: Settings,
    *,
    dsn: str,
    archive: ArchiveStore | None,
    clock: Clock,
    telemetry: Telemetry,
    has_room: Callable[[], bool] = lambda: True,
) -> Iterator[Scheduler]:
    """A scheduler in a thread of its own as long as the context lasts, and until its day is done."""
    pool = open_pool(dsn, size=_SCHEDULER_CONNECTIONS, name="footfall scheduler")
    job = RollupJob(pool=pool, clock=clock, telemetry=telemetry, archive=archive)
    stop = threading.Event()
    work = Scheduler(
        pool=pool,
        job=job,
        clock=clock,
        telemetry=telemetry,
        retention_days=settings.retention_days,
        has_room=has_room,
    )
    thread = threading.Thread(target=work.run, args=(stop,), name="scheduler")
    thread.start()
    try:
        yield work
    finally:
        stop.set()
        thread.join()
        pool.close()


def vitals(process: str, *, clock: Clock, telemetry: Telemetry) -> AbstractAsyncContextManager[None]:
    """What the process tells of itself, measured as long as the context lasts."""
    return background(Vitals(process, clock=clock, telemetry=telemetry).run())


@contextlib.asynccontextmanager
async def background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do something beside what happens inside."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
