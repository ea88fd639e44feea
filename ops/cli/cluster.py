"""`footfall collect`, `work`, `schedule`, `api`: the processes of a cluster."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidInput
from ops import process
from ops.cli.common import begin, epilog
from ops.cli.exits import Exit
from ops.cli.serve import Host, Port
from ops.cli.topics import bootstrap
from ops.waiting import for_database, until_there

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    import typer

    from api.asgi import Application
    from core.telemetry import Telemetry
    from ops.readiness import Readiness
    from ops.settings import Settings
    from streams.kafka.topics import Topic

_log = logging.getLogger(__name__)

_WHERE: Final = "DATABASE_URL=postgresql://db/footfall KAFKA_BOOTSTRAP_SERVERS=kafka:9092"


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command(epilog=epilog(f"{_WHERE} footfall collect --port 8000"))(collect)
    app.command(epilog=epilog(f"{_WHERE} footfall work"))(work)
    app.command(epilog=epilog(f"{_WHERE} footfall schedule"))(schedule)
    app.command(epilog=epilog(f"{_WHERE} footfall api --port 8001"))(api)


def collect(*, host: Host = None, port: Port = None) -> None:
    """Take events in over HTTP and append them to Kafka. As many as you like."""
    from ops.wiring import cluster

    _serve(*_begin(host=host, port=port), lambda settings, topic, _: cluster.collector(settings, topic))


def api(*, host: Host = None, port: Port = None) -> None:
    """Answer reports over HTTP. As many as you like."""
    from ops.wiring import cluster

    _serve(*_begin(host=host, port=port), cluster.reports)


def work() -> None:
    """Apply Kafka's events to the database. As many as there are partitions; any may be killed at any time."""
    from ops.wiring import cluster
    from streams.kafka.worker import WorkerFailed

    settings, topic = _begin()
    try:
        _probed(settings, topic, "work", cluster.work)
    except WorkerFailed:
        _log.critical("the worker cannot go on", exc_info=True)
        os._exit(Exit.UNREACHABLE)  # threads of the application that it gave up may never end


def schedule() -> None:
    """Roll up what has changed, and forget what must not be kept. One works, others stand by."""
    from ops.wiring import cluster

    _probed(*_begin(), "schedule", cluster.schedule)


def _begin(**given: Any) -> tuple[Settings, Topic]:  # noqa: ANN401 - handed on to the settings, which check it
    """Set out, and wait until the database is there and migrated and the topic is made."""
    from ops.wiring.cluster import topic_of

    settings = begin(**given)
    brokers = bootstrap(settings)
    if not settings.database_url:
        raise InvalidInput("this needs a cluster: set DATABASE_URL=postgresql://user:password@host/footfall")
    process.end_while_waiting()
    for_database(settings.database_url)
    return settings, until_there(f"Kafka at {brokers}", lambda: topic_of(settings))


def _serve(
    settings: Settings,
    topic: Topic,
    application: Callable[[Settings, Topic, asyncio.Event], AbstractAsyncContextManager[Application]],
) -> None:
    from ops import web

    listener = web.listen(settings.host, settings.port)

    def started() -> None:
        process.calm_collector()
        _log.info("listening on %s port %d", *listener.getsockname()[:2])

    async def main(ending: asyncio.Event) -> None:
        async with application(settings, topic, ending) as app:
            await web.serve(app, listener, ending=ending, grace=settings.shutdown_grace, started=started)

    process.run(main)


def _probed(
    settings: Settings,
    topic: Topic,
    name: str,
    work: Callable[[Settings, Topic, Telemetry, Readiness, asyncio.Event], Awaitable[None]],
) -> None:
    """Run a process without HTTP of its own, with metrics and health on the metrics port."""
    from ops.clock import SystemClock
    from ops.heartbeat import Heartbeat
    from ops.probe import Shown, probe
    from ops.readiness import Readiness
    from ops.telemetry import PrometheusTelemetry
    from ops.wiring.shared import background

    telemetry, heartbeat, readiness = PrometheusTelemetry(name), Heartbeat(SystemClock()), Readiness()

    async def main(ending: asyncio.Event) -> None:
        async with background(heartbeat.beat()):
            process.calm_collector()
            await work(settings, topic, telemetry, readiness, ending)

    shown = Shown(
        exposition=telemetry.exposition,
        live=heartbeat.problem,
        ready=readiness.problem,
        token=settings.metrics_token.get_secret_value(),
    )
    with probe(settings.host, settings.metrics_port, shown):
        process.run(main)
