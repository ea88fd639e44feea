"""Both ways to run, as one parameter."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.databases import fresh_database
from tests.end_to_end.processes import cluster, single_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.end_to_end.processes import Installation


@pytest.fixture(scope="module", params=["single node", "cluster"])
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running Footfall, once as a single node and once through Kafka, Faust and TimescaleDB."""
    folder = tmp_path_factory.mktemp("installation")
    stack = ExitStack()
    if request.param == "single node":
        running = single_node(folder)
    else:
        bootstrap = request.getfixturevalue("kafka_bootstrap")
        template = request.getfixturevalue("timescale_template")
        dsn = stack.enter_context(fresh_database(request.getfixturevalue("timescale_dsn"), template=template))
        running = cluster(folder, bootstrap=bootstrap, dsn=dsn)
    stack.callback(running.stop)
    with stack:
        yield running
