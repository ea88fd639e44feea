"""The scripts of other versions of ours, which pages have pinned by their hash."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg_pool import PoolTimeout

from storage import scripts
from tracker.builds import builds

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

    from tracker.builds import Build

_log = logging.getLogger(__name__)

#: How often it is looked for scripts that a newer process brought, and again after a store that was away.
_LOOK_SECONDS: Final = 30
_AGAIN_SECONDS: Final = 2


class PinnedScripts:
    """All scripts by hash and name, some 100 kB for each version that changed them; an `api.keepers.Keeper`.

    Args:
        pool: the store, which is told of today's scripts and tells those of other versions.
    """

    def __init__(self, *, pool: AsyncConnectionPool) -> None:
        self._pool = pool
        self._known: dict[tuple[str, str], Build] = {}
        self.ready = asyncio.Event()

    def get(self, digest: str, name: str) -> Build | None:
        """Return the script of that name that had this hash, if any had."""
        return self._known.get((digest, name))

    async def keep(self) -> None:
        """Follow the store for ever."""
        ours = builds()
        while True:
            pause = _LOOK_SECONDS
            try:
                async with self._pool.connection() as connection:
                    if not self.ready.is_set():
                        await scripts.offer(connection, ours)
                    found = await scripts.others(connection, {digest for digest, _ in self._known})
                self._known |= found
                self.ready.set()
            except (psycopg.Error, PoolTimeout, OSError) as error:
                _log.debug("pinned scripts cannot be read now: %s", error)
                pause = _AGAIN_SECONDS
            await asyncio.sleep(pause)
