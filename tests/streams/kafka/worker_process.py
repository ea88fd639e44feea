"""A worker as a process: BOOTSTRAP GENERATION GROUP DSN [ATTEMPTS]. Ends with 0 on SIGTERM, with 1 if it fails."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage.pool import open_async_pool
from streams.engine import PartitionEngine
from streams.kafka import topics
from streams.kafka.app import WorkerSettings
from streams.kafka.partition import RetrySettings
from streams.kafka.worker import Worker, WorkerFailed

#: The broker takes no session shorter than this; a killed worker is missed after it.
SESSION_TIMEOUT = 6.0


async def main(bootstrap: str, generation: int, group: str, dsn: str, attempts: int) -> None:
    """Work until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    topic = await topics.wait_for(bootstrap, generation=generation)
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
        ),
        retry=RetrySettings(attempts=attempts, longest_pause=1.0),
    )
    await worker.run(stop)
    await pool.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    _, server, number, name, address, *rest = sys.argv
    try:
        asyncio.run(main(server, int(number), name, address, int(rest[0]) if rest else 60))
    except WorkerFailed:
        logging.getLogger(__name__).exception("failed")
        logging.shutdown()
        os._exit(1)
