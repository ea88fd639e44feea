"""Deleted sites and forgotten visitors leave the windows, also those of whom no event comes any more."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, Protocol

import psycopg
from psycopg_pool import PoolTimeout

from core.spans import MINUTE
from storage.forgotten import sites_after
from storage.tombstones import deleted_sites

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg_pool import AsyncConnectionPool

    from core.clock import Clock

_log = logging.getLogger(__name__)

#: Seconds between two looks: a deleted site is gone within five.
_EVERY: Final = 4.0


class Forgetful(Protocol):
    """Windows that can let go of sites."""

    def forget(self, sites: Collection[int]) -> None:
        """Let go of them."""
        ...

    def restart(self, sites: Collection[int]) -> None:
        """Begin anew with them."""
        ...


async def forget_deleted(pool: AsyncConnectionPool, windows: Forgetful, *, clock: Clock) -> None:
    """Let who is gone leave the windows, until cancelled. While the store is away nothing can be deleted either.

    A visitor cannot be taken out of what was counted: the windows of the site begin anew.
    """
    since, last = clock.now_ms() - MINUTE, 0
    while True:
        try:
            async with pool.connection() as connection:
                windows.forget(await deleted_sites(connection))
                found = await sites_after(connection, after=last, since=since)
            if found:
                windows.restart(found)
                last = max(found.values())
        except (psycopg.OperationalError, PoolTimeout) as error:
            _log.debug("deleted sites cannot be read: %s", error)
        await asyncio.sleep(_EVERY)
