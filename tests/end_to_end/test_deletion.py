"""A site that is deleted on a running cluster, while events of it are in the log and more are sent."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack, contextmanager
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Final

import httpx
import psycopg
import pytest
from psycopg import sql

from core.ranges import date_at
from ops.clock import SystemClock
from streams.kafka import topics
from streams.kafka.ends import ends
from tests.databases import fresh_database
from tests.end_to_end.processes import Installation, cluster
from tests.faults.counting import assert_exact
from tests.faults.load import Load
from tests.faults.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKERS: Final = ("work1", "work2")
#: A site's tables that a few seconds of load fill, and those that a rollup of them fills.
WRITTEN: Final = {"events", "event_properties", "sessions", "marks"}
ROLLED_UP: Final = {"roll_site", "roll_path", "roll_event", "roll_dim"}


class Store:
    """What the cluster has stored, and what is in its log.

    Args:
        dsn: the database's address.
        bootstrap: the broker's.
        generation: the topic's.
    """

    def __init__(self, dsn: str, bootstrap: str, *, generation: int) -> None:
        self.dsn = dsn
        self._bootstrap = bootstrap
        self._topic = topics.current(bootstrap, generation=generation)

    def number_of(self, site: str) -> int:
        """The number of a site by its UUID."""
        with psycopg.connect(self.dsn) as connection:
            return int(connection.execute("SELECT id FROM sites WHERE uuid = %s", [site]).fetchall()[0][0])

    def tables_with(self, site: int) -> set[str]:
        """Every table that has a row of the site."""
        with psycopg.connect(self.dsn) as connection:
            tables = connection.execute(
                "SELECT table_name FROM information_schema.columns JOIN information_schema.tables"
                " USING (table_schema, table_name)"
                " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name = 'site'"
            ).fetchall()
            return {
                table
                for (table,) in tables
                if connection.execute(
                    sql.SQL("SELECT FROM {} WHERE site = %s LIMIT 1").format(sql.Identifier(table)), [site]
                ).fetchall()
            }

    def waiting(self) -> int:
        """How many messages of the log are not applied."""
        last = ends(self._bootstrap, self._topic)
        with psycopg.connect(self.dsn) as connection:
            rows = connection.execute("SELECT partition, next FROM positions WHERE log = %s", [self._topic.name])
            applied: dict[int, int] = dict(rows.fetchall())
        return sum(where.end - applied.get(number, 0) for number, where in last.items())

    def is_swept(self, site: int, *, times: int) -> bool:
        """Whether the site was swept so often."""
        with psycopg.connect(self.dsn) as connection:
            return int(connection.execute("SELECT swept FROM sites WHERE id = %s", [site]).fetchall()[0][0]) >= times

    def age(self, site: int, span: str) -> None:
        """Let the site's deletion be that much longer ago."""
        with psycopg.connect(self.dsn) as connection:
            connection.execute("UPDATE sites SET deleted_at = deleted_at - %s::interval WHERE id = %s", [span, site])


@pytest.fixture
def installation(
    tmp_path: Path, kafka_bootstrap: str, timescale_dsn: str, timescale_template: str
) -> Iterator[tuple[Installation, Store]]:
    """A cluster with two workers, and its store."""
    with ExitStack() as stack:
        dsn = stack.enter_context(fresh_database(timescale_dsn, template=timescale_template))
        running = cluster(
            tmp_path, bootstrap=kafka_bootstrap, dsn=dsn, workers=2, FOOTFALL_TRUSTED_PROXIES="127.0.0.1/32"
        )
        stack.callback(running.stop)
        generation = int(running.processes["collect"].environment["FOOTFALL_TOPIC_GENERATION"])
        yield running, Store(dsn, kafka_bootstrap, generation=generation)


def test_nothing_of_a_deleted_site_is_left(installation: tuple[Installation, Store]) -> None:
    """Not of what was stored, not of what the log held, not of what was sent later; the other site lost nothing."""
    running, store = installation
    gone, kept = running.create_site("gone.example"), running.create_site("kept.example")
    number, today = store.number_of(gone), date_at(SystemClock().now_ms(), UTC).isoformat()
    loads = [Load(running.collect_url, site, per_second=80, seed=seed) for seed, site in enumerate((gone, kept))]
    with ExitStack() as stack:
        for load in loads:
            stack.enter_context(load)
        until("it is written", lambda: store.tables_with(number) >= WRITTEN, within=60)
        running.aggregate(today)
        assert store.tables_with(number) >= ROLLED_UP

        with _workers_paused(running):
            time.sleep(1.5)
            in_flight = store.waiting()
            deleted = httpx.delete(
                f"{running.api_url}/api/v1/websites/{gone}", headers={"X-API-KEY": running.key}, timeout=30
            )
            time.sleep(0.5)
        assert deleted.status_code in {200, 204}, deleted.text
        assert in_flight > 0
        until("the collector refuses it", partial(_refuses, running, gone), within=15)
        time.sleep(1)
    for load in loads:
        load.stop()
    until("all of the log is applied", lambda: store.waiting() == 0, within=90)

    for sweeps, span in enumerate(("0 s", "11 minutes", "9 days"), start=1):
        store.age(number, span)
        until(f"sweep {sweeps} is done", partial(store.is_swept, number, times=sweeps), within=60)
    time.sleep(1)
    assert store.tables_with(number) == set()
    assert_exact(running, store.dsn, kept, loads[1])
    assert store.waiting() == 0
    assert store.tables_with(number) == set()


@contextmanager
def _workers_paused(running: Installation) -> Iterator[None]:
    """Hold the workers for less than the group waits for them."""
    for name in WORKERS:
        running.processes[name].running.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for name in WORKERS:
            running.processes[name].running.send_signal(signal.SIGCONT)


def _refuses(running: Installation, site: str) -> bool:
    """Whether an event of the site is not accepted any more."""
    event = {"website_id": site, "event_type": "page_view", "url": "https://gone.example/", "path": "/"}
    answer = httpx.post(f"{running.collect_url}/api/v1/collect", json=event, timeout=20)
    return answer.status_code != 202
