"""A cluster is restored beside its log: the workers apply what came after the backup, once."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

import psycopg
import pytest

from core.spans import MINUTE, SECOND
from ops.backup import restoring
from ops.backup.making import Source, make
from ops.backup.progress import silent
from ops.clock import SystemClock
from ops.settings import load
from ops.wiring.cluster import group_of
from storage.key_vault import KeyVault
from streams.kafka import topics
from streams.kafka.log import KafkaLog
from tests.cases import event_at
from tests.parity.ways import applied, worker
from tests.streams.kafka.samples import fresh_generation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from core.events import Event
    from streams.kafka.topics import Topic

pytestmark = pytest.mark.kafka

_PEOPLE = 9


@pytest.fixture
def topic(kafka_bootstrap: str) -> Iterator[Topic]:
    """A topic of its own."""
    made = topics.create(kafka_bootstrap, generation=fresh_generation(), partitions=2)
    yield made
    with topics.admin_client(kafka_bootstrap) as admin:
        admin.delete_topics([made.name])


@pytest.mark.timeout(240)
async def test_what_the_log_has_kept_is_applied_once(
    kafka_bootstrap: str, topic: Topic, postgres_database: str, empty_postgres_database: str, tmp_path: Path
) -> None:
    """Rows and sessions are those of the cluster that was never restored, visits over the backup included."""
    with psycopg.connect(postgres_database) as connection:
        connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
        connection.execute("INSERT INTO sites (account_id, domain) SELECT id, 'one.example' FROM accounts")
    now = SystemClock().now_ms()
    people = Random(3).choices(range(_PEOPLE), k=120)  # noqa: S311 - test data
    events = [
        (person, event_at(now - 20 * MINUTE + number * SECOND, number, person=person))
        for number, person in enumerate(people)
    ]
    with worker(kafka_bootstrap, topic, postgres_database, tmp_path / "first.log", group=group_of(topic)):
        await _append(kafka_bootstrap, topic, events[:70])
        await applied(kafka_bootstrap, topic, postgres_database)
        source = Source(dsn=postgres_database, archive=None, kind="cluster", vault=KeyVault())
        made = await asyncio.to_thread(
            make,
            source,
            tmp_path / "backups",
            clock=SystemClock(),
            with_secret=False,
            keep=None,
            progress=silent,
        )
        await _append(kafka_bootstrap, topic, events[70:])
        await applied(kafka_bootstrap, topic, postgres_database)
    backup = restoring.check(made.folder, progress=silent)
    assert [table.rows for table in backup.manifest.tables if table.name == "events"] == [70]
    settings = load(
        DATABASE_URL=empty_postgres_database,
        KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap,
        topic_generation=topic.generation,
    )
    (told,) = await asyncio.to_thread(restoring.to_cluster, settings, backup, progress=silent)
    assert "messages since the backup are still there" in told
    with worker(kafka_bootstrap, topic, empty_postgres_database, tmp_path / "second.log", group=group_of(topic)):
        await applied(kafka_bootstrap, topic, empty_postgres_database)
    assert len(_rows(empty_postgres_database, "events")) == len(events)
    for table in ("events", "sessions"):
        assert _rows(postgres_database, table) == _rows(empty_postgres_database, table)


async def _append(bootstrap: str, topic: Topic, events: Sequence[tuple[int, Event]]) -> None:
    log = KafkaLog(bootstrap=bootstrap, topic=topic, clock=SystemClock())
    await log.start()
    async with asyncio.timeout(60):
        await log.connected()
        for event in events:
            await log.append([event])
    await log.close()


def _rows(dsn: str, table: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return sorted(connection.execute(f"SELECT t::text FROM {table} AS t").fetchall())  # noqa: S608 - our own names
