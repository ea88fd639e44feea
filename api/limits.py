"""How often a key may ask, per process."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

if TYPE_CHECKING:
    from core.clock import Clock


class KeyLimit:
    """At most `requests` of one key in any `seconds`. Safe in threads."""

    def __init__(self, *, requests: int, seconds: int, clock: Clock) -> None:
        self._item = RateLimitItemPerSecond(requests, seconds)
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._now_ms = clock.now_ms

    def retry_after(self, key: str) -> int:
        """Count a request of this key and return 0, or return the whole seconds until one would be let through."""
        if self._window.hit(self._item, key):
            return 0
        reset = self._window.get_window_stats(self._item, key).reset_time
        return max(1, ceil(reset - self._now_ms() / 1_000))
