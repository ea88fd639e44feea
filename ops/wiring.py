"""Everything put together, once for each process of each way to run. Everything else is given what it needs."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Final

from aggregations.job import RollupJob
from api.dialects.tinytrail.bodies import read_body
from api.lookups.agents import Agents
from api.lookups.hosts import Hosts
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from ops.imports.job import Import
from ops.imports.staging import Staging
from ops.scheduler import Scheduler
from ops.telemetry import PrometheusTelemetry
from storage import positions
from storage.embedded import EmbeddedPostgres, make_private, socket_directory
from storage.pool import open_async_pool, open_pool
from streams.engine import PartitionEngine
from streams.kafka import topics
from streams.kafka.app import GROUP, WorkerSettings
from streams.kafka.lag import LagMonitor
from streams.kafka.partition import RetrySettings
from streams.kafka.worker import Worker
from streams.local.runner import Runner
from streams.local.server import Server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path
    from uuid import UUID

    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from core.telemetry import Telemetry
    from ops.imports.report import Report
    from ops.settings import Settings
    from streams.kafka.topics import Topic

#: The log of a single node: no log at all, its offsets are given by the engine.
LOCAL_LOG: Final = "local"
_SOCKET: Final = "engine.sock"
#: Connections of a scheduler: its lock, its work, and what its pool lends otherwise.
_SCHEDULER_CONNECTIONS: Final = 3


def engine_socket(data: Path) -> Path:
    """Return where the engine of a single node listens."""
    return socket_directory(data.absolute() / "run", _SOCKET) / _SOCKET


def group_of(topic: Topic) -> str:
    """Return the name of the workers' consumer group: each generation of the topic has its own."""
    return f"{GROUP}-{topic.generation}"


@contextlib.asynccontextmanager
async def engine(settings: Settings) -> AsyncIterator[None]:
    """The single node's engine process: stream core, windows and rollups, asked through the local socket."""
    clock, telemetry = SystemClock(), PrometheusTelemetry("engine")
    dsn = EmbeddedPostgres(settings.data).dsn
    path = engine_socket(settings.data)
    make_private(path.parent)

    async def metrics(_: bytes) -> bytes:
        return telemetry.exposition()

    async with contextlib.AsyncExitStack() as stack:
        pool = await open_async_pool(dsn, size=settings.database_connections, name="footfall engine", check=False)
        stack.push_async_callback(pool.close)
        stack.enter_context(scheduler(dsn, clock=clock, telemetry=telemetry))
        core = PartitionEngine(pool, LOCAL_LOG, 0, clock=clock, telemetry=telemetry)
        runner = Runner(core, clock=clock, limit=settings.in_flight_events)
        server = Server(path, runner, {"metrics": metrics})
        stack.push_async_callback(server.stop)
        stack.push_async_callback(runner.stop)  # first: what waits is written and answered
        await runner.start()
        await server.start()
        yield


def event_import(
    pool: ConnectionPool, file: Path, folder: Path, *, site: UUID | None = None, report: Report | None = None
) -> Import:
    """The import of a file's events; they are put aside in `folder`."""
    clock, telemetry = SystemClock(), NoTelemetry()
    return Import(
        file,
        pool=pool,
        rollups=RollupJob(pool=pool, clock=clock, telemetry=telemetry),
        clock=clock,
        telemetry=telemetry,
        agent=Agents.bundled(),
        source_kind=Hosts.bundled(),
        parse=read_body,
        staging=Staging(folder),
        site=site,
        report=report,
    )


@contextlib.contextmanager
def scheduler(dsn: str, *, clock: Clock, telemetry: Telemetry) -> Iterator[None]:
    """A scheduler in a thread of its own as long as the context lasts, and until its day is done."""
    pool = open_pool(dsn, size=_SCHEDULER_CONNECTIONS, name="footfall scheduler")
    job = RollupJob(pool=pool, clock=clock, telemetry=telemetry)
    stop = threading.Event()
    work = Scheduler(pool=pool, job=job, clock=clock, telemetry=telemetry)
    thread = threading.Thread(target=work.run, args=(stop,), name="scheduler")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        pool.close()


async def work(settings: Settings, *, telemetry: Telemetry, ending: asyncio.Event) -> None:
    """A cluster's worker: takes part in the group until `ending` is set.

    Raises:
        WorkerFailed: it cannot go on; the process has to end and be started again.
    """
    clock = SystemClock()
    topic = await topics.wait_for(settings.kafka_bootstrap_servers, generation=settings.topic_generation or None)
    async with contextlib.AsyncExitStack() as stack:
        pool = await open_async_pool(
            settings.database_url, size=settings.database_connections, name="footfall work", check=False
        )
        stack.push_async_callback(pool.close)

        async def stored() -> dict[int, int]:
            async with pool.connection() as connection:
                return await positions.of_log(connection, topic.name)

        monitor = LagMonitor(
            bootstrap=settings.kafka_bootstrap_servers,
            topic=topic,
            positions=stored,
            clock=clock,
            telemetry=telemetry,
        )
        measuring = asyncio.create_task(monitor.run(), name="lag")
        stack.callback(measuring.cancel)
        worker = Worker(
            bootstrap=settings.kafka_bootstrap_servers,
            topic=topic,
            engine=lambda partition: PartitionEngine(pool, topic.name, partition, clock=clock, telemetry=telemetry),
            clock=clock,
            telemetry=telemetry,
            settings=WorkerSettings(
                group=group_of(topic),
                session_timeout=settings.broker_session_timeout,
                heartbeat_interval=settings.broker_session_timeout / 6,
                rebalance_timeout=settings.broker_session_timeout * 4 / 3,
                request_timeout=settings.broker_session_timeout * 2,
            ),
            retry=RetrySettings(attempts=settings.flush_failures),
        )
        await worker.run(ending)
