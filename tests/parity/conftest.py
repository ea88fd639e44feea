"""The same traffic in two stores, by both ways; read by all tests of this folder."""

from __future__ import annotations

import asyncio
import gc
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ops.clock import SystemClock
from streams.kafka import topics
from tests.databases import fresh_database
from tests.parity.collecting import Collected, collect
from tests.parity.traffic import make_traffic
from tests.parity.ways import applied, go_alone, go_through_kafka, make_store, worker
from tests.streams.kafka.samples import fresh_generation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.sites import Site

REQUESTS = 20_000
SEED = 20_261_121


@dataclass(frozen=True, slots=True, kw_only=True)
class BothWays:
    """Two stores that were given the same events, and all that is known of these. `end` is when, in ms."""

    single_node: str
    cluster: str
    sites: list[Site]
    collected: Collected
    repeated: int  # messages that the log holds twice
    end: int


@pytest.fixture(scope="module")
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BothWays]:
    """The traffic collected once and sent both ways."""
    bootstrap = request.getfixturevalue("kafka_bootstrap")
    with ExitStack() as stack:
        single_node = stack.enter_context(
            fresh_database(
                request.getfixturevalue("postgres_dsn"), template=request.getfixturevalue("postgres_template")
            )
        )
        cluster = stack.enter_context(
            fresh_database(
                request.getfixturevalue("timescale_dsn"), template=request.getfixturevalue("timescale_template")
            )
        )
        topic = topics.create(bootstrap, generation=fresh_generation(), partitions=4)

        def delete_topic() -> None:
            with topics.admin_client(bootstrap) as admin:
                admin.delete_topics([topic.name])

        stack.callback(delete_topic)
        sites = make_store(single_node)
        assert [site.id for site in sites] == [site.id for site in make_store(cluster)]
        end = SystemClock().now_ms()
        collected = collect(make_traffic(REQUESTS, end=end, seed=SEED), sites)
        asyncio.run(go_alone(single_node, collected.accepted))
        with worker(bootstrap, topic, cluster, tmp_path_factory.mktemp("worker") / "worker.log"):
            repeated = asyncio.run(go_through_kafka(bootstrap, topic, collected.accepted))
            asyncio.run(applied(bootstrap, topic, cluster))
        yield BothWays(
            single_node=single_node,
            cluster=cluster,
            sites=sites,
            collected=collected,
            repeated=repeated,
            end=end,
        )
    gc.collect()
