"""The deleted sites, as one engine remembers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage import tombstones

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from core.clock import Clock

#: Seconds after which the store is asked again: within five seconds of a deletion its events are dropped.
_MEMORY: Final = 4.0


class Tombstones:
    """A cache of the ids of deleted sites."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sites: frozenset[int] = frozenset()
        self._read_at: float | None = None

    async def sites(self, connection: AsyncConnection) -> frozenset[int]:
        """Return the ids, read again if the last look was some seconds ago."""
        now = self._clock.monotonic()
        if self._read_at is None or now - self._read_at >= _MEMORY:
            self._sites = await tombstones.deleted_sites(connection)
            self._read_at = now
        return self._sites
