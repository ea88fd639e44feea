"""Whatever is killed, whenever: what was answered with 202 is counted exactly once."""

from __future__ import annotations

import os
import time
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.counting import assert_exact
from tests.faults.load import Load
from tests.faults.watching import Watcher

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.cluster import Cluster
    from tests.faults.node import Node

pytestmark = pytest.mark.faults

KILLS: Final = int(os.environ.get("FOOTFALL_KILLS", "20"))
NODE_KILLS: Final = max(8, KILLS // 5)
#: A kill and its start take up to ten seconds on a small, busy machine.
TIMEOUT: Final = 240 + 12 * KILLS
PAUSES: Final = (1.0, 3.0)
#: Events between two kills, of which every second does not wait for them.
SOME: Final = 100
_BRIEFLY: Final = 20.0
#: What the start after a supervisor's death may take: the end of its children, PostgreSQL's recovery, ours.
RECOVERY: Final = 25.0


@pytest.mark.kafka
@pytest.mark.timescale
@pytest.mark.timeout(TIMEOUT)
def test_cluster_counts_exactly_through_kills(running: Cluster) -> None:
    """SIGKILL of collector, worker, scheduler, broker and database under load, each started again at once."""
    site = running.installation.create_site("kills.example")
    random = Random(KILLS)  # noqa: S311 - moments, no secret
    kills = running.kinds()
    turns = deck(random, list(kills))
    held: list[str] = []
    done: list[str] = []

    with Load(running.installation.collect_url, site) as load, Watcher(running.installation, site, load) as watcher:
        while len(done) < KILLS:
            time.sleep(random.uniform(*PAUSES))
            running.tend()
            some_accepted(random, load)
            kind = held.pop() if held and running.may_kill_worker() else next(turns)
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
    assert len(load.acknowledged) > SOME * KILLS / 2, load.answers
    assert_exact(running.installation, running.dsn, site, load)


@pytest.mark.timeout(TIMEOUT)
def test_single_node_counts_exactly_through_kills(node: Node) -> None:
    """SIGKILL of supervisor, http, engine and PostgreSQL under load; only the supervisor has to be started again."""
    site = node.installation.create_site("kills.example")
    random = Random(NODE_KILLS)  # noqa: S311 - moments, no secret
    kills = node.kinds()
    turns = deck(random, list(kills))
    done: list[str] = []

    recoveries: list[float] = []

    with (
        Load(node.installation.collect_url, site, per_second=200) as load,
        Watcher(node.installation, site, load) as watcher,
    ):
        while len(done) < NODE_KILLS:
            time.sleep(random.uniform(*PAUSES))
            some_accepted(random, load)
            done.append(next(turns))
            kills[done[-1]]()
            if done[-1] == "supervisor":
                recoveries.append(node.recover())
        node.recover()
        load.stop()

    assert set(kills) == set(done)
    assert watcher.problems == []
    assert max(recoveries) < RECOVERY, recoveries
    assert len(load.acknowledged) > SOME * NODE_KILLS / 2, load.answers
    assert_exact(node.installation, node.dsn, site, load)


def deck(random: Random, kinds: Sequence[str]) -> Iterator[str]:
    """All kinds in random order, again and again."""
    while True:
        yield from random.sample(kinds, len(kinds))


def some_accepted(random: Random, load: Load) -> None:
    """Half of the times, return when some more events were accepted, if that happens soon; otherwise at once."""
    if random.random() < 0.5:
        return
    enough, deadline = len(load.acknowledged) + SOME, time.monotonic() + _BRIEFLY
    while len(load.acknowledged) < enough and time.monotonic() < deadline:
        time.sleep(0.1)
