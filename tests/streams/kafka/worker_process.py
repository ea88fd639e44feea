"""A worker as a process: BOOTSTRAP GENERATION GROUP DSN [ATTEMPTS [LOOKS [BLIND]]].

Ends with 0 on SIGTERM, with 1 if it fails. On SIGUSR1 its consumer hears nothing more of its partitions, as after a
broker that went away amid a rebalance; with LOOKS it notices in so many seconds. With BLIND 1 it knows of no topic when
it first hands out the group's partitions, as after a broker that has just come up and told of none.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from aiokafka.consumer.group_coordinator import GroupCoordinator  # type: ignore[import-untyped]  # it has no types

from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage.pool import open_async_pool
from streams.engine import PartitionEngine
from streams.kafka import topics
from streams.kafka import worker as worker_module
from streams.kafka.app import WorkerSettings
from streams.kafka.assignment import FaustReader
from streams.kafka.partition import RetrySettings
from streams.kafka.worker import Worker, WorkerFailed

if TYPE_CHECKING:
    import faust

    from streams.kafka.topics import Topic

#: The broker takes no session shorter than this; a killed worker is missed after it.
SESSION_TIMEOUT = 6.0


class _Reader(FaustReader):
    latest: _Reader

    def __init__(self, app: faust.App, bootstrap: str, topic: Topic) -> None:
        super().__init__(app, bootstrap, topic)
        _Reader.latest = self


def _blind() -> None:
    hand_out = GroupCoordinator._perform_assignment

    async def first(self: GroupCoordinator, response: object) -> Any:  # noqa: ANN401 - as the coordinator has it
        GroupCoordinator._perform_assignment = hand_out
        self._cluster._partitions.clear()
        return await hand_out(self, response)

    GroupCoordinator._perform_assignment = first


async def main(bootstrap: str, generation: int, group: str, dsn: str, *, attempts: int, looks: int, blind: int) -> None:
    """Work until SIGTERM."""
    if blind:
        _blind()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    topic = await topics.wait_for(bootstrap, generation=generation)

    def grow_deaf() -> None:
        for number in range(topic.partitions):
            _Reader.latest.pause(number)

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, grow_deaf)
    clock = SystemClock()
    pool = await open_async_pool(dsn, size=4)
    worker = Worker(
        bootstrap=bootstrap,
        topic=topic,
        engine=lambda number: PartitionEngine(pool, topic.name, number, clock=clock, telemetry=NoTelemetry()),
        clock=clock,
        telemetry=NoTelemetry(),
        settings=WorkerSettings(
            group=group,
            session_timeout=SESSION_TIMEOUT,
            heartbeat_interval=1.5,
            rebalance_timeout=8.0,
            request_timeout=10.0,
            quiet_every=2.0,
            stall_every=1.0,
            stall_looks=looks,
        ),
        retry=RetrySettings(attempts=attempts, longest_pause=1.0),
    )
    with patch.object(worker_module, "FaustReader", _Reader):  # the one way to its consumer
        await worker.run(stop)
    await pool.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    _, server, number, name, address, *rest = sys.argv
    given = dict(zip(("attempts", "looks", "blind"), map(int, rest), strict=False))
    try:
        asyncio.run(main(server, int(number), name, address, **{"attempts": 60, "looks": 60, "blind": 0, **given}))
    except WorkerFailed:
        logging.getLogger(__name__).exception("failed")
        logging.shutdown()
        os._exit(1)
