"""An engine process for tests that kill it: ``python -m tests.streams.engine_process DSN SOCKET``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage.pool import open_async_pool
from streams.engine import PartitionEngine
from streams.local.runner import Runner
from streams.local.server import Server


async def main(dsn: str, path: Path) -> None:
    """Serve until killed."""
    clock = SystemClock()
    pool = await open_async_pool(dsn, size=2, check=False)
    runner = Runner(PartitionEngine(pool, "local", 0, clock=clock, telemetry=NoTelemetry()), clock=clock)
    await runner.start()
    await Server(path, runner, {}).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
