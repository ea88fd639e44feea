"""A visitor is a keyed hash that lives for one UTC day; neither the address nor the user agent goes any further.

The hash is the first 64 bits, signed, of HMAC-SHA256 with the random salt of the day over site, IP and user agent. The
salt is deleted the next day, and then nobody can tell whose hash it was.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

from core.errors import Unavailable
from core.spans import DAY, LINK_UNTIL, day_of

if TYPE_CHECKING:
    from collections.abc import Callable

_CACHED: Final = 10_000
#: Partitions are picked by one of this many buckets.
BUCKETS: Final = 1 << 12


class Identity(NamedTuple):
    """Who an event belongs to. `visitor` and `prev` are 0 where there is none; the bucket goes nowhere but the log."""

    visitor: int
    prev: int  # the visitor's hash of the day before
    bucket: int


class DaySalt:
    """Hashes with the salt of one day. Its cache holds addresses and user agents and dies with the salt."""

    def __init__(self, salt: bytes) -> None:
        self._keyed = hmac.new(salt, digestmod="sha256")
        self.hash = lru_cache(_CACHED)(self._hash)

    def _hash(self, who: str) -> int:
        keyed = self._keyed.copy()
        keyed.update(who.encode())
        return int.from_bytes(keyed.digest()[:8], "big", signed=True) or 1


class Visitors:
    """Tells visitors apart. `salt_of` gives the salt of the UTC day that begins at some ms, or None."""

    def __init__(self, *, bucket_key: bytes, salt_of: Callable[[int], DaySalt | None]) -> None:
        self._salt_of = salt_of
        self._bucket_key = bucket_key
        self._bucket = lru_cache(_CACHED)(self._hash_bucket)

    def identify(self, ts: int, site: int, ip: str, user_agent: str) -> Identity:
        """Return the identity of who sent an event at `ts` (ms since 1970 UTC).

        With neither address nor user agent there is no visitor; such events spread over the buckets by their time.

        Raises:
            Unavailable: the salt of the day is not known.
        """
        if not ip and not user_agent:
            return Identity(0, 0, ts % BUCKETS)
        return self._identify(ts, f"{site}\0{ip}\0{user_agent}")

    def _identify(self, ts: int, who: str) -> Identity:
        day = day_of(ts)
        salt = self._salt_of(day)
        if salt is None:
            raise Unavailable("the salt of the day is not known yet", retry_after=5)
        prev = 0
        if ts - day < LINK_UNTIL:
            # Without yesterday's salt the visit is cut at midnight, and replay agrees because it reads this 0.
            yesterday = self._salt_of(day - DAY)
            prev = yesterday.hash(who) if yesterday is not None else 0
        return Identity(salt.hash(who), prev, self._bucket(who))

    def _hash_bucket(self, who: str) -> int:
        digest = blake2b(who.encode(), digest_size=2, key=self._bucket_key).digest()
        return int.from_bytes(digest, "big") % BUCKETS
