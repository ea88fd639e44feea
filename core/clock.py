"""The clock as a port: whoever needs the time is given one, so tests can turn it."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """What time it is. Neither method blocks or raises."""

    def now_ms(self) -> int:
        """Wall clock, milliseconds since 1970-01-01 UTC. May jump when the machine's clock is set."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never go back; for measuring how long something took."""
        ...
