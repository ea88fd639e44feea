"""A broker or a database that is away for half a minute: nothing promised is lost, nothing grows, nobody restarts."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.counting import assert_exact
from tests.faults.load import Load
from tests.faults.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.cluster import Cluster
    from tests.faults.node import Node

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

SECONDS: Final = 30.0
#: Events sent before the outage begins, and acknowledged after its end.
SOME: Final = 500
#: What a process may take more of while a part is away, bytes.
GROWTH: Final = 100 * 1024 * 1024
RECOVERY: Final = 60.0


@pytest.mark.kafka
@pytest.mark.timescale
def test_broker_is_away(running: Cluster) -> None:
    """The collector holds as much as it may, refuses the rest with 503 and Retry-After, and goes on with the broker."""
    site = running.installation.create_site("broker.example")
    pids = running.pids()

    with Load(running.installation.collect_url, site, per_second=300) as load:
        until("the load is accepted", lambda: len(load.acknowledged) > SOME, within=RECOVERY)
        with bounded(running.memory):
            running.broker.kill()
            refused = load.answers["503"]
            time.sleep(SECONDS)
            refused = load.answers["503"] - refused
            running.broker.start()
            goes_on(load)
        load.stop()
    running.catch_up()

    assert refused > 0, load.answers
    assert pids == running.pids()
    assert_exact(running.installation, running.dsn, site, load)


@pytest.mark.kafka
@pytest.mark.timescale
def test_database_is_away(running: Cluster) -> None:
    """The collector goes on without a pause, and the workers catch up with the log once the database is back."""
    site = running.installation.create_site("database.example")
    pids = running.pids()

    with Load(running.installation.collect_url, site, per_second=300) as load:
        until("the load is accepted", lambda: len(load.acknowledged) > SOME, within=RECOVERY)
        with bounded(running.memory):
            running.database.kill()
            before = len(load.acknowledged)
            time.sleep(SECONDS)
            meanwhile = len(load.acknowledged) - before
            running.database.start()
            goes_on(load)
        load.stop()
    running.catch_up()

    assert meanwhile > 300 * SECONDS / 3, load.answers
    assert pids == running.pids()
    assert_exact(running.installation, running.dsn, site, load)


def test_single_node_without_postgres(node: Node) -> None:
    """PostgreSQL hangs: requests get 503 with Retry-After instead of waiting; it goes on, and so does everything."""
    node.recover()
    site = node.installation.create_site("postgres.example")
    pids = node.pids()

    with Load(node.installation.collect_url, site, per_second=300) as load:
        until("the load is accepted", lambda: len(load.acknowledged) > SOME, within=RECOVERY)
        with bounded(node.memory), node.frozen("postgres"):
            refused = load.answers["503"]
            time.sleep(SECONDS)
            refused = load.answers["503"] - refused
        goes_on(load)
        load.stop()

    assert refused > 0, load.answers
    assert pids == node.pids()
    assert_exact(node.installation, node.dsn, site, load)


def goes_on(load: Load) -> None:
    """Return when new events are acknowledged."""
    begin = len(load.acknowledged)
    until("the load is accepted again", lambda: len(load.acknowledged) > begin + SOME, within=RECOVERY)


@contextmanager
def bounded(memory: Callable[[], dict[str, int]]) -> Iterator[None]:
    """Fail if a process takes much more memory at the end than at the beginning."""
    before = memory()
    yield
    after = memory()
    grown = {name: after[name] - taken for name, taken in before.items() if after[name] - taken > GROWTH}
    assert grown == {}
