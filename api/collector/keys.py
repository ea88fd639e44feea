"""Whose key it is, for routes that take events in from programs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg_pool import PoolTimeout

from api.auth import BELIEVED_SECONDS, MAX_KEY, TooManyRequests
from api.errors import HttpError
from core.errors import Unavailable
from storage import keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg_pool import AsyncConnectionPool

    from api.limits import Limit
    from core.accounts import Api, Principal
    from core.clock import Clock

_ASK_SECONDS: Final = 5
_MAX_BELIEVED: Final = 10_000


class CollectorKeys:
    """Looks keys up without blocking the loop, and believes the answer for a few seconds."""

    def __init__(self, *, pool: AsyncConnectionPool, clock: Clock, limits: Mapping[Api, Limit]) -> None:
        self._pool = pool
        self._monotonic = clock.monotonic
        self._limits = limits
        self._believed: dict[tuple[Api, bytes], tuple[Principal | None, float]] = {}

    async def principal(self, api: Api, key: str, *, refusal: str) -> Principal:
        """Return whose key this is, and count the request.

        Raises:
            HttpError: 401 for a missing or unknown key, with `refusal`; 429 beyond the key's limit.
            Unavailable: the store cannot be asked.
        """
        if not key or len(key) > MAX_KEY:
            raise HttpError(401, refusal)
        found = keys.key_hash(key)
        try:
            principal = await self._find(api, key, found)
            if principal is None:
                raise HttpError(401, refusal)
            limit = self._limits.get(api)
            if limit is not None:
                standing = await asyncio.to_thread(limit.count, found) if limit.blocks else limit.count(found)
                if standing.retry_after:
                    raise TooManyRequests(standing)
        except (psycopg.Error, PoolTimeout, OSError, TimeoutError) as error:
            raise Unavailable("the store cannot be asked for this key", retry_after=_ASK_SECONDS) from error
        return principal

    async def _find(self, api: Api, key: str, found: bytes) -> Principal | None:
        now = self._monotonic()
        principal, until = self._believed.get((api, found), (None, 0.0))
        if now < until:
            return principal
        async with asyncio.timeout(_ASK_SECONDS), self._pool.connection(timeout=_ASK_SECONDS) as connection:
            principal = await keys.find_async(connection, api, key)
            if principal is not None and principal.key_id is not None:
                await keys.use_async(connection, principal.key_id)
        if len(self._believed) >= _MAX_BELIEVED:
            self._believed = {}
        self._believed[api, found] = principal, now + BELIEVED_SECONDS
        return principal
