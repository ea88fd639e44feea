"""SIGKILL of the engine process under load."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from core.errors import Unavailable
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from streams.local.client import SocketLog
from tests.streams.scenes import event, rows, stored_ids

if TYPE_CHECKING:
    from pathlib import Path

KILLS = int(os.environ.get("FOOTFALL_KILLS", "4"))
CLOCK = SystemClock()


@pytest.mark.faults
async def test_what_was_acknowledged_is_there_once(plain_store: str, tmp_path: Path) -> None:
    """Every acknowledged event is stored exactly once, every other at most once, and sessions hold all of them."""
    path = tmp_path / "engine"
    log = SocketLog(path, clock=CLOCK, telemetry=NoTelemetry())
    await log.start()
    ids = iter(range(10**9))
    acknowledged: list[int] = []
    sent = 0
    over = asyncio.Event()

    async def visit(visitor: int) -> None:
        nonlocal sent
        while not over.is_set():
            view = event(next(ids), visitor=visitor, path=f"/{visitor % 5}")._replace(ts=CLOCK.now_ms())
            try:
                await log.append([(0, view)])
            except Unavailable:
                await asyncio.sleep(0.02)
            else:
                acknowledged.append(view.event_id)
            sent += 1

    visitors = [asyncio.create_task(visit(visitor)) for visitor in range(1, 41)]
    for _ in range(KILLS):
        engine = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.streams.engine_process", plain_store, str(path)
        )
        before = len(acknowledged)
        async with asyncio.timeout(30):
            while len(acknowledged) < before + 200:  # noqa: ASYNC110 - forty tasks move it
                await asyncio.sleep(0.01)
        await asyncio.sleep(random.uniform(0, 0.2))  # noqa: S311 - when to kill is no secret
        engine.kill()
        await engine.wait()
    over.set()
    with suppress(Unavailable):
        await asyncio.gather(*visitors)
    await log.stop()
    # The server may still be committing for the dead process: whoever takes the position over waits for it.
    rows(plain_store, "SELECT next FROM positions FOR UPDATE")
    stored = stored_ids(plain_store)
    assert len(set(stored)) == len(stored)
    assert set(acknowledged) <= set(stored)
    assert len(set(acknowledged)) >= 200 * KILLS
    assert len(stored) <= sent
    # A run over midnight cuts each session, for these visitors carry no hash of the day before.
    assert rows(plain_store, "SELECT sum(events)::int, count(*) IN (40, 80) FROM sessions") == [(len(stored), True)]
