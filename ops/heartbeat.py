"""Whether a process's loop still turns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.clock import Clock

_EVERY: Final = 1.0
#: Seconds without a beat after which something must be stuck.
_STUCK_AFTER: Final = 30.0


class Heartbeat:
    """Beats in the loop, is asked from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._monotonic = clock.monotonic
        self._last = clock.monotonic()

    async def beat(self) -> None:
        """Beat for ever."""
        while True:
            self._last = self._monotonic()
            await asyncio.sleep(_EVERY)

    def problem(self) -> str | None:
        """Return what is the matter, or None."""
        silence = self._monotonic() - self._last
        return f"the loop has not turned for {silence:.0f} s" if silence > _STUCK_AFTER else None
