"""A clock to be turned by hand."""

from __future__ import annotations


class SetClock:
    """`core.clock.Clock` that shows what it was set to."""

    def __init__(self, now: int) -> None:
        self.now = now  #: ms since 1970 UTC
        self.seconds = 1000.0

    def now_ms(self) -> int:
        """The wall clock's ms."""
        return self.now

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return self.seconds

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass."""
        self.now += round(seconds * 1000)
        self.seconds += seconds
