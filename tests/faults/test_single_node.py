"""Whatever dies or hangs on a single node: what was answered with 202 is counted exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.chaos import ACCEPTED, NODE_KILLS, TIMEOUT, Chaos
from tests.faults.counting import assert_exact
from tests.faults.load import Load
from tests.faults.outages import SECONDS, accepted, bounded
from tests.faults.waiting import until
from tests.faults.watching import Watcher

if TYPE_CHECKING:
    from tests.faults.node import Node

pytestmark = [pytest.mark.faults, pytest.mark.timeout(TIMEOUT)]

PER_SECOND: Final = 200
#: What the start after a supervisor's death may take on a crowded machine: the end of its children, PostgreSQL's
#: recovery, its own.
RECOVERY: Final = 90.0


def test_kills(node: Node) -> None:
    """SIGKILL of supervisor, http, engine and PostgreSQL under load; only the supervisor has to be started again."""
    node.recover()
    site = node.installation.create_site("kills.example")
    kills = node.kinds()
    chaos = Chaos(kills, seed=NODE_KILLS)
    done: list[str] = []
    recoveries: list[float] = []

    with (
        Load(node.installation.collect_url, site, per_second=PER_SECOND) as load,
        Watcher(node.installation, site, load) as watcher,
    ):
        while len(done) < NODE_KILLS:
            chaos.wait(load)
            done.append(chaos.next())
            kills[done[-1]]()
            if done[-1] == "supervisor":
                recoveries.append(node.recover())
        node.recover()
        load.stop()

    assert set(kills) == set(done)
    assert watcher.problems == []
    assert max(recoveries) < RECOVERY, recoveries
    assert len(load.acknowledged) > ACCEPTED * NODE_KILLS, load.answers
    assert_exact(node.installation, node.dsn, site, load)


def test_postgres_hangs(node: Node) -> None:
    """Requests get 503 with Retry-After instead of waiting for ever; nobody is restarted, and all goes on with it."""
    node.recover()
    site = node.installation.create_site("hangs.example")
    pids = node.pids()

    with Load(node.installation.collect_url, site, per_second=PER_SECOND) as load:
        accepted(load)
        with bounded(node.memory), node.frozen("postgres"):
            enough = load.answers["503"] + SECONDS
            until("events are refused", lambda: load.answers["503"] > enough, within=120)
        accepted(load)
        load.stop()

    assert pids == node.pids()
    assert_exact(node.installation, node.dsn, site, load)
