"""Who asks: the `X-API-KEY` header, its user, and what that user may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request

from api.errors import HttpError
from core.accounts import Api, Principal
from storage import keys

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from api.limits import Limit
    from core.clock import Clock

_HEADER: Final = "x-api-key"
#: A key that was revoked opens nothing after this long.
_BELIEVED_SECONDS: Final = 5
_MAX_BELIEVED: Final = 10_000
#: No key is longer.
_MAX_KEY: Final = 256


class Keys:
    """Looks keys up and believes the answer for a few seconds. Safe in threads."""

    def __init__(self, *, pool: ConnectionPool, clock: Clock, limit: Limit | None) -> None:
        self._pool = pool
        self._monotonic = clock.monotonic
        self._limit = limit
        self._believed: dict[tuple[Api, bytes], tuple[Principal | None, float]] = {}

    def principal(self, api: Api, key: str) -> Principal:
        """Return whose key this is, and count the request.

        Raises:
            HttpError: 401 for a missing or unknown key, 429 beyond the key's limit.
        """
        principal = self.owner(api, key)
        if self._limit is not None and (retry_after := self._limit.retry_after(keys.key_hash(key))):
            raise HttpError.rate_limited(retry_after)
        return principal

    def owner(self, api: Api, key: str) -> Principal:
        """Return whose key this is; counts nothing.

        Raises:
            HttpError: 401 for a missing or unknown key.
        """
        if not key or len(key) > _MAX_KEY:
            raise HttpError(401, "send a valid key in the X-API-KEY header")
        principal = self._find(api, key)
        if principal is None:
            raise HttpError(401, "send a valid key in the X-API-KEY header")
        return principal

    def forget(self) -> None:
        """Believe nothing any more: a key or its owner was taken away."""
        self._believed = {}

    def _find(self, api: Api, key: str) -> Principal | None:
        known = (api, keys.key_hash(key))
        now = self._monotonic()
        principal, until = self._believed.get(known, (None, 0.0))
        if now < until:
            return principal
        with self._pool.connection() as connection:
            principal = keys.find(connection, api, key)
        if len(self._believed) >= _MAX_BELIEVED:
            self._believed = {}
        self._believed[known] = principal, now + _BELIEVED_SECONDS
        return principal


def tinytrail_user(request: Request) -> Principal:
    """Return who asks, for routes of the TinyTrail API that any user may ask."""
    known: Keys = request.app.state.keys
    return known.principal(Api.TINYTRAIL, request.headers.get(_HEADER, ""))


def tinytrail_again(request: Request) -> Principal:
    """Return who asked, as things are now: a request that lasts is looked at again, and counted once.

    Raises:
        HttpError: 401, the key opens nothing any more.
    """
    known: Keys = request.app.state.keys
    return known.owner(Api.TINYTRAIL, request.headers.get(_HEADER, ""))


def tinytrail_admin(principal: Annotated[Principal, Depends(tinytrail_user)]) -> Principal:
    """Return who asks, for routes of the TinyTrail API that only an admin may ask.

    Raises:
        HttpError: 403 for anybody else.
    """
    if not principal.is_admin:
        raise HttpError(403, "this needs the key of an admin")
    return principal


#: A parameter of a route for any user, or for admins only.
User = Annotated[Principal, Depends(tinytrail_user)]
Admin = Annotated[Principal, Depends(tinytrail_admin)]
