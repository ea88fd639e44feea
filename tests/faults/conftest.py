"""Installations that are injured: services of their own, real processes, and a test that plays the supervisor."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from ops.services.errors import ServiceError
from ops.services.kafka import Broker
from ops.services.timescale import Timescale
from tests.end_to_end import processes
from tests.faults.cluster import Cluster
from tests.faults.node import Node
from tests.services import require

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Whoever is heard is believed: the load comes from one machine and from many people.
TRUSTED = {"FOOTFALL_TRUSTED_PROXIES": "127.0.0.1/32"}
#: Events that a collector may hold; so few that an outage reaches it soon.
IN_FLIGHT = 1_000


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with two workers, on a broker and a database of its own."""
    folder = tmp_path_factory.mktemp("cluster")
    broker, database = Broker(folder / "kafka"), Timescale(folder / "timescale")
    with ExitStack() as stack:
        try:
            stack.callback(broker.stop)
            broker.start()
            stack.callback(database.stop)
            database.start()
        except (ServiceError, OSError) as error:
            require(f"broker and database cannot be had: {error}")
        installation = processes.cluster(
            folder,
            bootstrap=broker.bootstrap,
            dsn=database.dsn,
            workers=2,
            FOOTFALL_IN_FLIGHT_EVENTS=str(IN_FLIGHT),
            **TRUSTED,
        )
        stack.callback(installation.stop)
        yield Cluster(installation=installation, broker=broker, database=database)


@pytest.fixture
def running(cluster: Cluster) -> Cluster:
    """The cluster with all its parts up, whatever the test before has left."""
    cluster.restore()
    return cluster


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A single node."""
    folder = tmp_path_factory.mktemp("node")
    installation = processes.single_node(folder, FOOTFALL_IN_FLIGHT_EVENTS=str(IN_FLIGHT), **TRUSTED)
    try:
        yield Node(installation=installation, data=folder / "data")
    finally:
        installation.stop()
