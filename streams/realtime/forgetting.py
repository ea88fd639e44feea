"""Deleted sites leave the windows, also those of which no event comes any more."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, Protocol

import psycopg
from psycopg_pool import PoolTimeout

from storage.tombstones import deleted_sites

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg_pool import AsyncConnectionPool

_log = logging.getLogger(__name__)

#: Seconds between two looks: a deleted site is gone within five.
_EVERY: Final = 4.0


class Forgetful(Protocol):
    """Windows that can let go of sites."""

    def forget(self, sites: Collection[int]) -> None:
        """Let go of them."""
        ...


async def forget_deleted(pool: AsyncConnectionPool, windows: Forgetful) -> None:
    """Let deleted sites leave the windows, until cancelled. While the store is away nothing can be deleted either."""
    while True:
        try:
            async with pool.connection() as connection:
                windows.forget(await deleted_sites(connection))
        except (psycopg.OperationalError, PoolTimeout) as error:
            _log.debug("deleted sites cannot be read: %s", error)
        await asyncio.sleep(_EVERY)
