"""Workers join and leave in order, under load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.counting import assert_exact
from tests.faults.load import Load
from tests.faults.waiting import until

if TYPE_CHECKING:
    from tests.faults.cluster import Cluster

pytestmark = [pytest.mark.faults, pytest.mark.kafka, pytest.mark.timescale, pytest.mark.timeout(300)]

ROUNDS: Final = 1
SOME: Final = 500


def test_two_workers_join_and_leave(running: Cluster) -> None:
    """Each worker leaves by SIGTERM, with status 0, and comes back while the other goes on; all is counted once."""
    site = running.installation.create_site("workers.example")
    statuses = []

    with Load(running.installation.collect_url, site, per_second=300) as load:
        for name in ("work1", "work2") * ROUNDS:
            _count_more(running, load)
            statuses.append(running.processes[name].stop())
            _count_more(running, load)
            running.processes[name].start()
            _own_something(running, name)
        _count_more(running, load)
        load.stop()
    running.catch_up()

    assert statuses == [0, 0] * ROUNDS
    assert load.sent == load.acknowledged, load.answers
    assert_exact(running.installation, running.dsn, site, load)


def _count_more(running: Cluster, load: Load) -> None:
    """Return when some more events were accepted, and one of the workers stores."""
    begin, position = len(load.acknowledged), running.position()
    until("more events are accepted", lambda: len(load.acknowledged) > begin + SOME, within=30)
    until("more messages are applied", lambda: running.position() > position, within=30)


def _own_something(running: Cluster, name: str) -> None:
    """Return when the worker that has just been started was given partitions."""
    log = running.processes[name].log
    begin = log.read_text().count("own partitions [")
    until(f"{name} owns partitions", lambda: log.read_text().count("own partitions [") > begin, within=60)
