"""Whatever dies, is away, joins or leaves: what the collector answered with 202 is counted exactly once.

All in one file, so that one cluster serves all tests.
"""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from storage.migrate import Migration, migrate, migrations
from tests.end_to_end.processes import free_port
from tests.faults.chaos import ACCEPTED, KILLS, TIMEOUT, Chaos
from tests.faults.conftest import IN_FLIGHT
from tests.faults.counting import assert_exact
from tests.faults.load import Load
from tests.faults.outages import SECONDS, accepted, bounded
from tests.faults.waiting import until
from tests.faults.watching import Watcher

if TYPE_CHECKING:
    from tests.faults.cluster import Cluster

pytestmark = [pytest.mark.faults, pytest.mark.kafka, pytest.mark.timescale, pytest.mark.timeout(300)]

PER_SECOND: Final = 300


@pytest.mark.timeout(TIMEOUT)
def test_kills(running: Cluster) -> None:
    """SIGKILL of collector, worker, scheduler, broker and database under load, each started again at once."""
    site = running.installation.create_site("kills.example")
    kills = running.kinds()
    chaos = Chaos(kills, seed=KILLS)
    held: list[str] = []
    done: list[str] = []

    with Load(running.installation.collect_url, site) as load, Watcher(running.installation, site, load) as watcher:
        while len(done) < KILLS:
            chaos.wait(load)
            running.tend()
            kind = held.pop() if held and running.may_kill_worker() else chaos.next()
            if kind == "worker" and not running.may_kill_worker():
                held.append(kind)
                continue
            kills[kind]()
            done.append(kind)
        running.restore()
        load.stop()
        running.catch_up()

    assert set(kills) == set(done)
    assert watcher.problems == []
    assert len(load.acknowledged) > ACCEPTED * KILLS, load.answers
    assert_exact(running.installation, running.dsn, site, load)


def test_broker_is_away(running: Cluster) -> None:
    """The collector holds as much as it may, refuses the rest with 503 and Retry-After, and goes on with the broker."""
    site = running.installation.create_site("broker.example")
    pids = running.pids()

    with Load(running.installation.collect_url, site, per_second=PER_SECOND) as load:
        accepted(load)
        with bounded(running.memory):
            running.broker.kill()
            refused = load.answers["503"]
            time.sleep(SECONDS)
            refused = load.answers["503"] - refused
            in_flight = running.gauge("footfall_log_in_flight_events")
            running.broker.start()
            accepted(load)
        load.stop()
    running.catch_up()

    assert refused > SECONDS, load.answers
    assert in_flight <= IN_FLIGHT
    assert pids == running.pids()
    assert_exact(running.installation, running.dsn, site, load)


def test_database_is_away(running: Cluster) -> None:
    """The collector goes on without a pause, and the workers catch up with the log once the database is back."""
    site = running.installation.create_site("database.example")
    pids = running.pids()

    with Load(running.installation.collect_url, site, per_second=PER_SECOND) as load:
        accepted(load)
        with bounded(running.memory):
            running.database.kill()
            time.sleep(SECONDS)
            accepted(load)
            running.database.start()
            accepted(load)
        load.stop()
    running.catch_up()

    assert load.sent == load.acknowledged, load.answers
    assert pids == running.pids()
    assert_exact(running.installation, running.dsn, site, load)


def test_workers_join_and_leave(running: Cluster) -> None:
    """Each worker leaves by SIGTERM, with status 0, and comes back while the other goes on; nobody is refused."""
    site = running.installation.create_site("workers.example")
    statuses = []

    with Load(running.installation.collect_url, site, per_second=PER_SECOND) as load:
        for name in ("work1", "work2"):
            _go_on(running, load)
            statuses.append(running.processes[name].stop())
            _go_on(running, load)
            owned = running.assignments(name)
            running.processes[name].start()
            until(f"{name} owns partitions", lambda: running.assignments(name) > owned, within=60)  # noqa: B023 - called at once
        _go_on(running, load)
        load.stop()
    running.catch_up()

    assert statuses == [0, 0]
    assert load.sent == load.acknowledged, load.answers
    assert_exact(running.installation, running.dsn, site, load)


def test_scale(running: Cluster) -> None:
    """A second collector and a third worker join under load and do their part; what they do is not done twice."""
    site = running.installation.create_site("scale.example")
    port = free_port()
    more = f"http://127.0.0.1:{port}"
    with (
        running.joined_by("collect", port=port) as collector,
        Load([running.installation.collect_url, more], site, per_second=PER_SECOND) as load,
    ):
        collector.wait_for(f"{more}/health")
        _go_on(running, load)
        with running.joined_by("work1"):
            until("the third worker owns partitions", lambda: running.assignments("work1-more") > 0, within=60)
            _go_on(running, load)
        _go_on(running, load)
        load.stop()
        accepted_there = dataclasses.replace(running.installation, collect_url=more).metrics()
    running.catch_up()

    assert 'footfall_events_accepted_total{traffic="human"}' in accepted_there
    assert_exact(running.installation, running.dsn, site, load)


def test_migrations_under_load(running: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """New columns of the busiest tables, an index and a change of every site, while everything goes on as before."""
    site = running.installation.create_site("migrations.example")
    later = Migration(
        9_998,
        "9998_later",
        """
        ALTER TABLE events ADD COLUMN later smallint NOT NULL DEFAULT 0;
        ALTER TABLE sessions ADD COLUMN later smallint;
        CREATE INDEX events_later ON events (site, ts) WHERE later > 0;
        UPDATE sites SET name = name;
        """,
    )
    with Load(running.installation.collect_url, site, per_second=PER_SECOND) as load:
        _go_on(running, load)
        monkeypatch.setattr("storage.migrate.migrations", lambda: [*migrations(), later])
        applied = migrate(running.dsn)
        _go_on(running, load)
        load.stop()
    running.catch_up()
    with psycopg.connect(running.dsn) as connection:
        connection.execute("ALTER TABLE events DROP COLUMN later")
        connection.execute("ALTER TABLE sessions DROP COLUMN later")
        connection.execute("DELETE FROM schema_migrations WHERE number = 9998")

    assert applied == ["9998_later"]
    assert load.sent == load.acknowledged, load.answers
    assert_exact(running.installation, running.dsn, site, load)


def _go_on(running: Cluster, load: Load) -> None:
    """Return when some more events were accepted, and a worker has applied some more messages."""
    position = running.position()
    accepted(load)
    until("more messages are applied", lambda: running.position() > position, within=30)
