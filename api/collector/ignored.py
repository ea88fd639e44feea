"""The ignore list that a collector holds: addresses that no site's visits come from."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg_pool import PoolTimeout

from core.networks import Network, holds, parse_address, parse_network
from storage import ignored

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

_log = logging.getLogger(__name__)

#: A change is heeded after this long.
_REFRESH_SECONDS: Final = 3
_PATIENCE_SECONDS: Final = 5


class Ignored:
    """Knows the list and asks the store for it every few seconds; while the store is away the last one holds."""

    def __init__(self, *, pool: AsyncConnectionPool, refresh_seconds: float = _REFRESH_SECONDS) -> None:
        self._pool = pool
        self._refresh_seconds = refresh_seconds
        self._networks: tuple[Network, ...] = ()
        self.ready = asyncio.Event()

    def holds(self, ip: str) -> bool:
        """Whether the address, in its canonical form or '', is on the list."""
        if not self._networks:
            return False
        address = parse_address(ip)
        return address is not None and holds(self._networks, address)

    async def keep(self) -> None:
        """Ask for ever."""
        while True:
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS), self._pool.connection() as connection:
                    texts = await ignored.all_networks_async(connection)
                self._networks = tuple(map(parse_network, texts))
                self.ready.set()
            except (psycopg.Error, PoolTimeout, OSError) as error:
                _log.warning("the ignore list could not be read: %s", error)
            await asyncio.sleep(self._refresh_seconds)
