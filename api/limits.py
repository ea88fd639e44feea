"""How often a key may ask: counted by one process for itself, or by all processes together in the store."""

from __future__ import annotations

from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from api.collector.windows import SlidingWindow
from storage import rate_limits

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from core.clock import Clock

#: No request waits longer for a connection to be counted.
_PATIENCE_SECONDS: Final = 5
#: Keys whose refusal is remembered.
_MAX_REFUSED: Final = 10_000


class Rate(NamedTuple):
    """At most so many requests in any so many seconds. Refused ones do not count."""

    requests: int
    seconds: int


#: Of one address to collect, and of one key to everything else, unless set otherwise.
COLLECT_RATE: Final = Rate(10, 10)
KEY_RATE: Final = Rate(60, 60)
#: Of tries to sign in, of one address.
SIGN_IN_RATE: Final = Rate(5, 60)


class Limit(Protocol):
    """A rate for each of many keys. Safe in threads."""

    def retry_after(self, key: bytes) -> int:
        """Count a request of this key and return 0, or return the whole seconds until one would be let through.

        Raises:
            psycopg.OperationalError: nobody can count now.
            psycopg_pool.PoolTimeout: the same.
        """
        ...


class LocalLimit:
    """Counted in the memory of this process: exact where it is the only one."""

    def __init__(self, rate: Rate, *, clock: Clock) -> None:
        self._window = SlidingWindow(limit=rate.requests, seconds=rate.seconds, clock=clock)
        self._lock = Lock()

    def retry_after(self, key: bytes) -> int:
        """See `Limit`."""
        with self._lock:
            return self._window.retry_after(key)


class SharedLimit:
    """Counted in the store, by the store's clock, for all processes that share it: exact however many there are.

    A key that was refused is refused from memory until the moment that the store named, so that whoever asks far too
    often costs the store nothing.
    """

    def __init__(self, rate: Rate, *, pool: ConnectionPool, clock: Clock) -> None:
        self._rate = rate
        self._pool = pool
        self._monotonic = clock.monotonic
        self._refused: dict[bytes, float] = {}

    def retry_after(self, key: bytes) -> int:
        """See `Limit`."""
        asked = self._monotonic()
        until = self._refused.get(key)
        if until is not None and asked < until:
            return _whole(until - asked)
        with self._pool.connection(timeout=_PATIENCE_SECONDS) as connection:
            wait = rate_limits.take(connection, key, requests=self._rate.requests, seconds=self._rate.seconds)
        if wait is None:
            self._refused.pop(key, None)
            return 0
        if len(self._refused) >= _MAX_REFUSED:
            self._refused = {}
        self._refused[key] = asked + wait
        return _whole(wait)


def _whole(seconds: float) -> int:
    return max(1, ceil(seconds))
