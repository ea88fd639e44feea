"""The machine's clock."""

from __future__ import annotations

import time


class SystemClock:
    """`core.clock.Clock` by the operating system; the only place that reads the time."""

    def now_ms(self) -> int:
        """Wall clock, milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000  # noqa: TID251 - this is the adapter

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never go back."""
        return time.monotonic()
