"""What every process tells of itself: its version, how late its loop is, and who waits for a database connection."""

from __future__ import annotations

import asyncio
from collections import deque
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from storage import pool

if TYPE_CHECKING:
    from core.clock import Clock
    from core.telemetry import Telemetry

_EVERY: Final = 1.0
#: Looks of which the worst is told: a scrape is not to miss it.
_LOOKS: Final = 15


class Vitals:
    """Measures beside a process's work."""

    def __init__(self, process: str, *, clock: Clock, telemetry: Telemetry) -> None:
        self._process = process
        self._monotonic = clock.monotonic
        self._telemetry = telemetry
        self._late: deque[float] = deque(maxlen=_LOOKS)

    async def run(self) -> None:
        """Measure for ever."""
        release = version("footfall")
        self._telemetry.set("footfall_build_info", 1, process=self._process, version=release)
        while True:
            began = self._monotonic()
            self._measure()
            await asyncio.sleep(_EVERY)
            self._late.append(max(0.0, self._monotonic() - began - _EVERY))

    def _measure(self) -> None:
        put = self._telemetry.set
        put("footfall_loop_lag_seconds", max(self._late, default=0.0), process=self._process)
        for name, standing in pool.standing().items():
            put("footfall_pool_connections", standing.connections, pool=name)
            put("footfall_pool_waiting", standing.waiting, pool=name)
