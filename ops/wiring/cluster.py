"""The processes of a cluster."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Final

from api.app import create_app
from api.limits import SharedLimit
from core.telemetry import NoTelemetry
from ops.archives import archive_of_cluster
from ops.clock import SystemClock
from ops.installation import vault
from ops.postgres_monitor import PostgresMonitor
from ops.telemetry import PrometheusTelemetry
from ops.wiring.jobs import jobs
from ops.wiring.shared import background, collecting, key_limits, reporting, scheduler, sign_in_rate, vitals
from storage import positions
from storage.pool import open_async_pool, open_pool
from streams.engine import PartitionEngine
from streams.kafka import topics
from streams.kafka.app import GROUP, WorkerSettings
from streams.kafka.lag import LagMonitor
from streams.kafka.log import KafkaLog, LogSettings
from streams.kafka.partition import RetrySettings
from streams.kafka.producer import ProducerSettings
from streams.kafka.worker import Worker
from streams.realtime import PartitionRealtime, StoredRealtime, SummedRealtime, forget_deleted

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable

    from api.asgi import Application
    from core.clock import Clock
    from core.ports import EventLog
    from core.telemetry import Telemetry
    from ops.readiness import Readiness
    from ops.settings import Settings
    from streams.kafka.topics import Topic


#: Connections over which a collector counts the requests of keys.
_LIMIT_CONNECTIONS: Final = 2


def topic_of(settings: Settings) -> Topic:
    """Return the topic that the settings name. Blocks for seconds.

    Raises:
        NotFound: it was not made yet.
        Unavailable: no broker answers.
    """
    return topics.current(settings.kafka_bootstrap_servers, generation=settings.topic_generation or None)


def group_of(topic: Topic) -> str:
    """Return the name of the workers' consumer group: each generation of the topic has its own."""
    return f"{GROUP}-{topic.generation}"


@contextlib.asynccontextmanager
async def collector(settings: Settings, topic: Topic) -> AsyncIterator[Application]:
    """HTTP in, Kafka out."""
    clock, telemetry = SystemClock(), PrometheusTelemetry("collect")

    async def exposition() -> bytes:
        return telemetry.exposition()

    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(vitals("collect", clock=clock, telemetry=telemetry))
        monitor = await stack.enter_async_context(lag(settings, topic, clock=clock, telemetry=telemetry))
        log = _kafka_log(settings, topic, telemetry=telemetry, refusal=monitor.refusal)
        await log.start()
        stack.push_async_callback(log.close)
        pool = stack.enter_context(open_pool(settings.database_url, size=_LIMIT_CONNECTIONS, name="footfall limits"))
        limits = key_limits(settings, partial(SharedLimit, pool=pool, clock=clock))
        yield create_app(
            collecting=await stack.enter_async_context(
                collecting(settings, dsn=settings.database_url, log=log, limits=limits),
            ),
            telemetry=telemetry,
            clock=clock,
            exposition=exposition,
            metrics_token=settings.metrics_token.get_secret_value(),
        )


@contextlib.asynccontextmanager
async def reports(settings: Settings, topic: Topic, ending: asyncio.Event) -> AsyncIterator[Application]:
    """Answers reports. Streams end when `ending` is set."""
    clock, telemetry = SystemClock(), PrometheusTelemetry("api")

    async def exposition() -> bytes:
        return telemetry.exposition()

    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(vitals("api", clock=clock, telemetry=telemetry))
        pool = stack.enter_context(
            open_pool(settings.database_url, size=settings.database_connections, name="footfall api")
        )
        replica = None
        if settings.replica_url:
            size = settings.database_connections
            replica = stack.enter_context(open_pool(settings.replica_url, size=size, name="footfall reports"))
        tries = sign_in_rate(settings)
        realtime = SummedRealtime(pool, log=topic.name, partitions=topic.partitions, truth=StoredRealtime(pool))
        yield create_app(
            reporting=stack.enter_context(
                reporting(
                    settings,
                    pool=pool,
                    archive=archive_of_cluster(settings),
                    vault=vault(settings, data=None),
                    realtime=realtime,
                    ending=ending,
                    limits=key_limits(settings, partial(SharedLimit, pool=pool, clock=clock)),
                    tries=None if tries is None else SharedLimit(tries, pool=pool, clock=clock),
                    clock=clock,
                    telemetry=telemetry,
                    warm=True,
                    replica=replica,
                )
            ),
            telemetry=telemetry,
            clock=clock,
            exposition=exposition,
            metrics_token=settings.metrics_token.get_secret_value(),
        )


async def schedule(
    settings: Settings, topic: Topic, telemetry: Telemetry, readiness: Readiness, ending: asyncio.Event
) -> None:
    """Roll up what is due and run jobs until `ending` is set, the day at work is done, and the jobs have ended."""
    clock = SystemClock()
    monitor = PostgresMonitor(settings.database_url, telemetry=telemetry)
    async with (
        vitals("schedule", clock=clock, telemetry=telemetry),
        lag(settings, topic, clock=clock, telemetry=telemetry),
        background(monitor.run()),
    ):
        dsn, archive = settings.database_url, archive_of_cluster(settings)
        keys = vault(settings, data=None)
        with (
            scheduler(settings, dsn=dsn, archive=archive, clock=clock, telemetry=telemetry) as work,
            jobs(settings, dsn=dsn, archive=archive, vault=keys, clock=clock, telemetry=telemetry) as runner,
        ):
            readiness.tell(lambda: work.problem() or runner.problem())
            await ending.wait()


async def work(
    settings: Settings, topic: Topic, telemetry: Telemetry, readiness: Readiness, ending: asyncio.Event
) -> None:
    """Take part in the group until `ending` is set.

    Raises:
        WorkerFailed: it cannot go on; the process has to end and be started again.
    """
    clock = SystemClock()
    timeout = settings.broker_session_timeout
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(vitals("work", clock=clock, telemetry=telemetry))
        pool = await open_async_pool(
            settings.database_url, size=settings.database_connections, name="footfall work", check=False
        )
        stack.push_async_callback(pool.close)
        realtime = PartitionRealtime(pool, topic.name, clock=clock)
        await stack.enter_async_context(background(realtime.run()))
        await stack.enter_async_context(background(forget_deleted(pool, realtime, clock=clock)))
        worker = Worker(
            bootstrap=settings.kafka_bootstrap_servers,
            topic=topic,
            engine=lambda partition: PartitionEngine(
                pool, topic.name, partition, clock=clock, telemetry=telemetry, observers=[realtime]
            ),
            clock=clock,
            telemetry=telemetry,
            settings=WorkerSettings(
                group=group_of(topic),
                session_timeout=timeout,
                heartbeat_interval=timeout / 6,
                rebalance_timeout=timeout * 4 / 3,
                request_timeout=timeout * 2,
            ),
            retry=RetrySettings(attempts=settings.flush_failures),
        )
        readiness.tell(worker.problem)
        await worker.run(ending)


@contextlib.asynccontextmanager
async def lag(settings: Settings, topic: Topic, *, clock: Clock, telemetry: Telemetry) -> AsyncIterator[LagMonitor]:
    """The consumer lag measured every few seconds, beside the workers, so that a missing one shows."""
    pool = await open_async_pool(settings.database_url, size=1, name="footfall lag")

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
    try:
        async with background(monitor.run()):
            yield monitor
    finally:
        await pool.close()


@contextlib.asynccontextmanager
async def event_log(settings: Settings, topic: Topic) -> AsyncIterator[EventLog]:
    """The log in Kafka, connected."""
    log = _kafka_log(settings, topic, telemetry=NoTelemetry(), refusal=lambda: None)
    await log.start()
    try:
        await log.connected()
        yield log
    finally:
        await log.close()


def _kafka_log(
    settings: Settings, topic: Topic, *, telemetry: Telemetry, refusal: Callable[[], str | None]
) -> KafkaLog:
    return KafkaLog(
        bootstrap=settings.kafka_bootstrap_servers,
        topic=topic,
        clock=SystemClock(),
        telemetry=telemetry,
        settings=LogSettings(
            window=settings.batch_window / 1_000,
            most_events=settings.in_flight_events,
            producer=ProducerSettings(delivery_timeout=settings.delivery_timeout),
        ),
        refusal=refusal,
    )
