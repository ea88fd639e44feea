"""The salts that a collector holds, and whether its clock may be trusted to pick among them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg_pool import PoolTimeout

from core.errors import Unavailable
from core.spans import DAY, HOUR, LINK_UNTIL, MINUTE, SECOND, day_of
from core.visitors import DaySalt, Visitors
from storage import salts

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

    from core.clock import Clock
    from core.visitors import Identity

_log = logging.getLogger(__name__)

_REFRESH_SECONDS: Final = MINUTE // SECOND
_RETRY_SECONDS: Final = 1
_PATIENCE_SECONDS: Final = 20
#: From 23:00 on collectors make tomorrow's salt, so that midnight passes even if the store is away.
_TOMORROW_FROM: Final = 23 * HOUR
#: A clock further off than this would put events on the wrong side of midnight.
_MAX_OFFSET: Final = 2 * SECOND


class Salts:
    """Holds the salts of today, of yesterday until 00:30, and of tomorrow from 23:00 on, and asks the store each 60 s.

    A store that cannot be reached changes nothing while today's salt is known.
    """

    def __init__(self, *, pool: AsyncConnectionPool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._salts: dict[int, DaySalt] = {}
        self._visitors: Visitors | None = None
        self._offset = 0
        self.ready = asyncio.Event()

    def identify(self, ts: int, site: int, ip: str, user_agent: str) -> Identity:
        """Return who sent an event, as `core.visitors.Visitors` does.

        Raises:
            Unavailable: today's salt is not known, or the clock is off.
        """
        return self.check().identify(ts, site, ip, user_agent)

    def check(self) -> Visitors:
        """Return who tells visitors apart, if the clock agrees with the store's.

        Raises:
            Unavailable: it was more than 2 s off when last compared, or no salt was read yet.
        """
        if abs(self._offset) > _MAX_OFFSET:
            raise Unavailable(
                f"this machine's clock is {self._offset / SECOND:+.1f} s off the store's; set it by NTP",
                retry_after=_REFRESH_SECONDS,
            )
        if self._visitors is None:
            raise Unavailable("the salt of the day is not known yet", retry_after=_RETRY_SECONDS)
        return self._visitors

    def check_today(self) -> None:
        """Return if an event of this moment could be given its visitor.

        Raises:
            Unavailable: it could not; the message says why.
        """
        self.check()
        if day_of(self._clock.now_ms()) not in self._salts:
            raise Unavailable("the salt of the day is not known yet", retry_after=_RETRY_SECONDS)

    async def keep(self) -> None:
        """Refresh for ever; soon again while today's salt is missing."""
        while True:
            try:
                await self.refresh()
            except (psycopg.Error, PoolTimeout, OSError) as error:
                _log.warning("the store's salts and clock could not be read: %s", error)
            await asyncio.sleep(self._pause())

    async def refresh(self) -> None:
        """Drop what is no longer needed, compare the clocks, and fetch or make what is needed.

        Raises:
            psycopg.Error, PoolTimeout, TimeoutError: the store cannot be asked; what is known stays.
        """
        now = self._clock.now_ms()
        today = day_of(now)
        first = today - DAY if now - today < LINK_UNTIL else today
        self._salts = {day: salt for day, salt in self._salts.items() if day >= first}
        async with asyncio.timeout(_PATIENCE_SECONDS), self._pool.connection() as connection:
            await self._compare(connection)
            if abs(self._offset) > _MAX_OFFSET:
                return  # such a clock must neither make a day's salt nor delete one
            await salts.forget_async(connection, now)
            await connection.commit()
            await self._fetch(connection, now)
            if self._visitors is None:
                self._visitors = Visitors(bucket_key=await salts.bucket_key(connection), salt_of=self._salt_of)
            self.ready.set()

    def _pause(self) -> float:
        """Seconds until the next refresh: never past the moment at which yesterday is to be forgotten."""
        now = self._clock.now_ms()
        if self._visitors is None or day_of(now) not in self._salts:
            return _RETRY_SECONDS
        left = LINK_UNTIL - (now - day_of(now))
        return min(_REFRESH_SECONDS, left / SECOND) if left > 0 else _REFRESH_SECONDS

    def _salt_of(self, day: int) -> DaySalt | None:
        return self._salts.get(day)

    async def _fetch(self, connection: AsyncConnection, now: int) -> None:
        today = day_of(now)
        wanted = [today, today + DAY] if now - today >= _TOMORROW_FROM else [today]
        if missing := [day for day in wanted if day not in self._salts]:
            self._salts |= {day: DaySalt(salt) for day, salt in (await salts.share(connection, missing)).items()}
        # Yesterday's is only read: made now, it would equal nobody's hash of yesterday.
        if now - today < LINK_UNTIL and today - DAY not in self._salts:
            salt = await salts.known(connection, today - DAY)
            if salt is not None:
                self._salts[today - DAY] = DaySalt(salt)

    async def _compare(self, connection: AsyncConnection) -> None:
        before = self._clock.now_ms()
        store = await salts.clock(connection)
        after = self._clock.now_ms()
        # Somewhere between the two readings the store read its clock: what the way may explain is no offset.
        offset = store - before if store < before else max(0, store - after)
        if abs(offset) > _MAX_OFFSET:
            _log.error("this machine's clock is %+d ms off the store's; events are refused until it is set", -offset)
        self._offset = -offset
