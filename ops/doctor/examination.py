"""Everything that can be looked at, each by itself: what does not answer is a finding, not the end."""

from __future__ import annotations

import asyncio
import contextlib
from importlib.metadata import version
from platform import python_version
from typing import TYPE_CHECKING

import psycopg

from core.errors import FootfallError
from core.jobs import OUTWARD, JobKind
from core.telemetry import NoTelemetry
from ops import installation
from ops.archives import archive_of_command
from ops.doctor import broker, choices, database, disk, due_jobs, telling
from ops.doctor.finding import Finding, look, ok, wrong
from ops.wiring.cluster import group_of, topic_of
from storage import condition, jobs, keys, positions
from storage.archive import retention
from storage.embedded import EmbeddedPostgres
from storage.migrate import address, pending
from streams.kafka import offsets
from streams.kafka.lag import LagMonitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.clock import Clock
    from ops.settings import Settings


def examine(settings: Settings, *, data: Path | None, clock: Clock) -> Iterator[Finding]:
    """Yield what is found out, one by one.

    Args:
        settings: the environment's.
        data: folder of the single node; None for a cluster.
        clock: what the time is.

    A single node's database is started for the moment where its server does not run.
    """
    yield ok("footfall", f"{version('footfall')} on Python {python_version()}")
    yield from choices.of_settings(settings, cluster=data is None)
    yield disk.of_open_files()
    yield from _archive(settings, data)
    if data is None:
        yield from _guarded("database", _database(settings, settings.database_url, clock=clock, running=True))
        yield from _guarded("kafka", _kafka(settings, clock))
        return
    yield disk.of_folder("disk", data)
    yield from _guarded("database", _node(settings, data, clock))


def _guarded(subject: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    try:
        yield from findings
    except (FootfallError, psycopg.Error) as error:
        yield wrong(subject, str(error).strip().splitlines()[0], "nothing more can be said until this is mended")


def _archive(settings: Settings, data: Path | None) -> Iterator[Finding]:
    try:
        store = archive_of_command(settings, data)
        if store is None:
            return
        next(store.found(), None)
    except FootfallError as error:
        yield wrong("archive", str(error), "mend ARCHIVE_URL, or the store; rows stay in the database meanwhile")
    else:
        yield ok("archive", f"{store.shown} answers")


def _node(settings: Settings, data: Path, clock: Clock) -> Iterator[Finding]:
    running = EmbeddedPostgres(data.absolute()).is_running()
    if not running:
        yield look("server", f"does not run in {data}", f"footfall serve --data {data}")
    with installation.database(settings, data=data) as dsn:
        yield from _database(settings, dsn, clock=clock, running=running)


def _database(settings: Settings, dsn: str, *, clock: Clock, running: bool) -> Iterator[Finding]:
    missing = pending(dsn)
    if missing:
        # Of an older schema not everything can be asked.
        yield wrong("migrations", f"not applied: {', '.join(missing)}", "run `footfall migrate`")
        return
    with contextlib.closing(psycopg.connect(dsn, autocommit=True, application_name="footfall doctor")) as connection:
        found = condition.read(connection, now=clock.now_ms())
        yield from database.of_condition(found, now=clock.now_ms(), running=running)
        if found.timescaledb is not None:
            yield database.of_policies(condition.policies(connection))
        if settings.archive_url or running:
            mark = retention.watermark(connection)
            oldest = retention.oldest_rows(connection) if mark is None else mark.rows_from
            yield database.of_rows(oldest, now=clock.now_ms(), retention_days=settings.retention_days)
        kinds = set(JobKind) - (OUTWARD if settings.outbound == "off" else set())
        yield due_jobs.of_jobs(jobs.find(connection, clock.now_ms(), kinds=kinds), running=running)
        yield telling.of_messages(settings, connection, now=clock.now_ms())
        if not keys.admin_exists(connection):
            yield look(
                "keys",
                f"nobody can administer the installation at {address(dsn)}: no admin has a key",
                "footfall keys create --api tinytrail --role admin --account default",
            )


def _kafka(settings: Settings, clock: Clock) -> Iterator[Finding]:
    topic = topic_of(settings)
    yield broker.of_topic(topic)
    if pending(settings.database_url):
        return
    with psycopg.connect(settings.database_url) as connection:
        stored = {
            partition: position.next for log, partition, position in positions.listed(connection) if log == topic.name
        }
    brokers = settings.kafka_bootstrap_servers

    async def known() -> dict[int, int]:
        return stored

    monitor = LagMonitor(bootstrap=brokers, topic=topic, positions=known, clock=clock, telemetry=NoTelemetry())
    yield broker.of_lag(asyncio.run(monitor.measure()))
    yield broker.of_positions(offsets.compare(brokers, topic, group_of(topic), stored))
