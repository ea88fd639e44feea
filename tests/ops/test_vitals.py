"""What every process tells of itself."""

from __future__ import annotations

import asyncio
import time
from importlib.metadata import version
from typing import TYPE_CHECKING

from ops import vitals as vitals_module
from ops.clock import SystemClock
from ops.telemetry import PrometheusTelemetry
from ops.vitals import Vitals
from storage.pool import open_async_pool
from tests.exposed import samples

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


async def test_a_late_loop_and_a_pool_that_is_used_up_are_told(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst of the last looks, who waits for a connection, and which version this is."""
    monkeypatch.setattr(vitals_module, "_EVERY", 0.02)
    telemetry = PrometheusTelemetry("test")

    def found(name: str, **labels: str) -> float:
        return samples(telemetry.exposition()).get((f"footfall_{name}", frozenset(labels.items())), 0)

    async def until(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - nobody else knows when
                await asyncio.sleep(0.02)

    pool = await open_async_pool(postgres_database, size=1, name="footfall crowded")
    measuring = asyncio.create_task(Vitals("api", clock=SystemClock(), telemetry=telemetry).run())
    try:
        async with pool.connection():
            waiting = asyncio.create_task(pool.getconn(timeout=60))
            await until(lambda: found("pool_waiting", pool="footfall crowded") == 1)
            time.sleep(0.3)  # noqa: ASYNC251 - what must not happen in a loop
            await until(lambda: found("loop_lag_seconds", process="api") >= 0.2)
        await pool.putconn(await waiting)
        assert found("pool_connections", pool="footfall crowded") == 1
        assert found("build_info", process="api", version=version("footfall")) == 1
    finally:
        measuring.cancel()
        await asyncio.gather(measuring, return_exceptions=True)
        await pool.close()
