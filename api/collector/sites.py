"""The sites that a collector knows: those it was asked for, kept right by the store's notifications."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout

from core.errors import Unavailable
from storage import sites

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

    from core.clock import Clock
    from core.sites import Site

_log = logging.getLogger(__name__)

#: How long a site that is not there is believed not to be, and how many of them are remembered.
_ABSENT_SECONDS: Final = 5
_MAX_ABSENT: Final = 10_000
#: How long the listener waits before it looks whether its connection still lives, and before it connects again.
_HEARTBEAT_SECONDS: Final = 1
_ALIVE_SECONDS: Final = 2
_ASK_SECONDS: Final = 5


class Sites:
    """Live sites by UUID. While the store is away the known ones are served on."""

    def __init__(self, *, pool: AsyncConnectionPool, clock: Clock) -> None:
        self._pool = pool
        self._monotonic = clock.monotonic
        self._known: dict[str, Site] = {}
        self._absent: dict[str, float] = {}
        self._asked: dict[str, asyncio.Task[Site | None]] = {}
        #: Those of `_asked` that changed while the question was on its way.
        self._overtaken: set[str] = set()
        #: The UUIDs of the sites that domains and numbers stand for, as long as nothing is heard of any site.
        self._meant: dict[str | int, str] = {}
        #: How often something was heard.
        self._heard = 0
        self._listening = False
        self.ready = asyncio.Event()

    def known(self, text: str) -> Site | None:
        """Return the site if it is in memory; costs one look-up."""
        return self._known.get(text)

    async def find(self, text: str) -> Site | None:
        """Return the site of this UUID, or None if there is none, it was deleted, or the text is no UUID.

        Raises:
            Unavailable: the site is not in memory and the store cannot be asked.
        """
        try:
            uuid = UUID(text)
        except ValueError:
            return None
        key = str(uuid)
        known = self._known.get(key)
        if known is not None:
            return known
        believed_until = self._absent.get(key)
        if believed_until is not None and self._monotonic() < believed_until:
            return None
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(self._ask(uuid))
            task.add_done_callback(lambda _: self._answered(key))
        # One request that goes away must not take the answer from the others that wait for it.
        return await asyncio.shield(task)

    async def of_domain(self, domain: str) -> Site | None:
        """Return the site that a domain, in lower case, stands for.

        Raises:
            Unavailable: it is not in memory and the store cannot be asked.
        """
        return await self._of(domain, lambda connection: sites.of_domain_async(connection, domain))

    async def of_number(self, number: int) -> Site | None:
        """Return the site whose `id` this is.

        Raises:
            Unavailable: it is not in memory and the store cannot be asked.
        """
        return await self._of(number, lambda connection: sites.of_number_async(connection, number))

    async def _of(self, name: str | int, ask: Callable[[AsyncConnection], Awaitable[Site | None]]) -> Site | None:
        meant = self._meant.get(name)
        site = None if meant is None else self._known.get(meant)
        if site is not None:
            return site
        key = f"\0{name!r}"
        believed_until = self._absent.get(key)
        if believed_until is not None and self._monotonic() < believed_until:
            return None
        heard = self._heard
        try:
            async with asyncio.timeout(_ASK_SECONDS), self._pool.connection(timeout=_ASK_SECONDS) as connection:
                site = await ask(connection)
                await connection.commit()
        except (psycopg.Error, PoolTimeout, OSError, TimeoutError) as error:
            raise Unavailable("the store cannot be asked for this site", retry_after=_ASK_SECONDS) from error
        if site is None:
            self._believe_absent(key)
        elif self._listening and heard == self._heard:
            # What was heard of meanwhile may have been about this one.
            self._meant[name] = str(site.uuid)
            self._known[str(site.uuid)] = site
        return site

    async def keep(self) -> None:
        """Listen for changes for ever; after each interruption look at every known site again."""
        while True:
            try:
                async with self._pool.connection() as connection:
                    try:
                        await self._listen(connection)
                    finally:
                        await _as_lent(connection)
            except (psycopg.Error, PoolTimeout, OSError) as error:
                if self._listening:
                    _log.warning("changes of sites are not heard, the known ones are served on: %s", error)
            self._listening = False
            await asyncio.sleep(_HEARTBEAT_SECONDS)

    async def _ask(self, uuid: UUID) -> Site | None:
        key = str(uuid)
        try:
            async with asyncio.timeout(_ASK_SECONDS), self._pool.connection(timeout=_ASK_SECONDS) as connection:
                site = await self._find(connection, uuid)
        except (psycopg.Error, PoolTimeout, OSError, TimeoutError) as error:
            raise Unavailable("the store cannot be asked for this site", retry_after=_ASK_SECONDS) from error
        if site is None:
            self._believe_absent(key)
        elif self._listening:
            # While nobody listens its changes might never be heard of.
            self._known[key] = site
        return site

    def _answered(self, key: str) -> None:
        del self._asked[key]
        self._overtaken.discard(key)

    async def _find(self, connection: AsyncConnection, uuid: UUID) -> Site | None:
        """Ask again as long as a change overtakes the answer."""
        key = str(uuid)
        while True:
            self._overtaken.discard(key)
            site = await sites.find_async(connection, uuid)
            await connection.commit()
            if key not in self._overtaken:
                return site

    def _believe_absent(self, key: str) -> None:
        while len(self._absent) >= _MAX_ABSENT:
            del self._absent[next(iter(self._absent))]
        self._absent.pop(key, None)
        self._absent[key] = self._monotonic() + _ABSENT_SECONDS

    async def _listen(self, connection: AsyncConnection) -> None:
        await connection.set_autocommit(True)
        await connection.execute("LISTEN sites")
        self._overtaken.update(self._asked)
        self._absent.clear()
        self._forget_meant()
        live = await sites.refresh(connection, [site.uuid for site in self._known.values()])
        self._known = {str(site.uuid): site for site in live}
        self._listening = True
        self.ready.set()
        while True:
            heard = [told.payload async for told in connection.notifies(timeout=_HEARTBEAT_SECONDS, stop_after=1)]
            async with asyncio.timeout(_ALIVE_SECONDS):
                for key in heard:
                    await self._renew(connection, key)
                if not heard:
                    await connection.execute("SELECT 1")

    def _forget_meant(self) -> None:
        self._meant.clear()
        self._heard += 1

    async def _renew(self, connection: AsyncConnection, key: str) -> None:
        self._forget_meant()
        if key in self._asked:
            self._overtaken.add(key)
        # A site that was made may be the one that a domain stands for.
        self._absent = {name: until for name, until in self._absent.items() if name != key and name[:1] != "\0"}
        if key in self._known:
            site = await sites.find_async(connection, UUID(key))
            if site is None:
                del self._known[key]
            else:
                self._known[key] = site


async def _as_lent(connection: AsyncConnection) -> None:
    """Undo what listening changed, so that the pool may lend a connection that still lives to others."""
    with suppress(psycopg.Error):
        await connection.execute("UNLISTEN *")
        await connection.set_autocommit(False)
