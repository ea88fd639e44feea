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


#: What the other APIs' texts say of one key; those that are not here say nothing.
PLATFORM_RATE: Final = Rate(100, 60)
TINYLYTICS_RATE: Final = Rate(1_000, 3_600)


class Standing(NamedTuple):
    """How a key stands once a request of it was counted."""

    limit: int
    remaining: int  # requests that would be let through now
    resets_in: float  # seconds until one more would
    retry_after: int  # whole seconds; 0 if this request was let through


class Limit(Protocol):
    """A rate for each of many keys. Safe in threads."""

    #: Whether counting waits for the store.
    blocks: bool

    def count(self, key: bytes) -> Standing:
        """Count a request of this key unless there were too many.

        Raises:
            psycopg.OperationalError: nobody can count now.
            psycopg_pool.PoolTimeout: the same.
        """
        ...

    def retry_after(self, key: bytes) -> int:
        """Count a request of this key and return 0, or return the whole seconds until one would be let through.

        Raises as `count` does.
        """
        ...


class LocalLimit:
    """Counted in the memory of this process: exact where it is the only one."""

    blocks = False

    def __init__(self, rate: Rate, *, clock: Clock) -> None:
        self._rate = rate
        self._window = SlidingWindow(limit=rate.requests, seconds=rate.seconds, clock=clock)
        self._lock = Lock()

    def count(self, key: bytes) -> Standing:
        """See `Limit`."""
        with self._lock:
            wait = self._window.retry_after(key)
            return Standing(self._rate.requests, *self._window.left(key), wait)

    def retry_after(self, key: bytes) -> int:
        """See `Limit`."""
        with self._lock:
            return self._window.retry_after(key)


class SharedLimit:
    """Counted in the store, by the store's clock, for all processes that share it: exact however many there are.

    A key that was refused is refused from memory until the moment that the store named, so that whoever asks far too
    often costs the store nothing.
    """

    blocks = True

    def __init__(self, rate: Rate, *, pool: ConnectionPool, clock: Clock) -> None:
        self._rate = rate
        self._pool = pool
        self._monotonic = clock.monotonic
        self._refused: dict[bytes, float] = {}

    def count(self, key: bytes) -> Standing:
        """See `Limit`."""
        asked = self._monotonic()
        until = self._refused.get(key)
        if until is not None and asked < until:
            return self._standing(0, until - asked, until - asked)
        with self._pool.connection(timeout=_PATIENCE_SECONDS) as connection:
            taken = rate_limits.take(connection, key, requests=self._rate.requests, seconds=self._rate.seconds)
        if taken.wait is None:
            self._refused.pop(key, None)
        else:
            if len(self._refused) >= _MAX_REFUSED:
                self._refused = {}
            self._refused[key] = asked + taken.wait
        return self._standing(self._rate.requests - taken.counted, taken.frees, taken.wait)

    def retry_after(self, key: bytes) -> int:
        """See `Limit`."""
        return self.count(key).retry_after

    def _standing(self, remaining: int, resets_in: float, wait: float | None) -> Standing:
        return Standing(self._rate.requests, max(0, remaining), resets_in, 0 if wait is None else _whole(wait))


def _whole(seconds: float) -> int:
    return max(1, ceil(seconds))
