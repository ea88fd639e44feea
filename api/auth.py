"""Who asks: a key in a header, its user, and what that user may do. A key of one API opens no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from fastapi import Depends, Request

from api.errors import HttpError
from core.accounts import Api, Principal
from storage import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from psycopg_pool import ConnectionPool

    from api.limits import Limit, Standing
    from core.clock import Clock

_HEADER: Final = "x-api-key"
_NO_KEY: Final = "send a valid key in the X-API-KEY header"
#: A key that was revoked opens nothing after this long.
BELIEVED_SECONDS: Final = 5
_MAX_BELIEVED: Final = 10_000
#: No key is longer.
MAX_KEY: Final = 256


class Known(NamedTuple):
    """Whose key it is, and how it stands with its API's limit, if that has one."""

    principal: Principal
    standing: Standing | None


class Keys:
    """Looks keys up and believes the answer for a few seconds. Safe in threads."""

    def __init__(self, *, pool: ConnectionPool, clock: Clock, limits: Mapping[Api, Limit]) -> None:
        self._pool = pool
        self._monotonic = clock.monotonic
        self._limits = limits
        self._believed: dict[tuple[Api, bytes], tuple[Principal | None, float]] = {}

    def known(self, api: Api, key: str, *, refusal: str = _NO_KEY) -> Known:
        """Return whose key this is, and count the request.

        Raises:
            HttpError: 401 for a missing or unknown key, with `refusal`; 429 beyond the key's limit.
        """
        principal = self.owner(api, key, refusal=refusal)
        limit = self._limits.get(api)
        standing = None if limit is None else limit.count(keys.key_hash(key))
        if standing is not None and standing.retry_after:
            raise TooManyRequests(standing)
        return Known(principal, standing)

    def owner(self, api: Api, key: str, *, refusal: str = _NO_KEY) -> Principal:
        """Return whose key this is; counts nothing.

        Raises:
            HttpError: 401 for a missing or unknown key, with `refusal`.
        """
        if not key or len(key) > MAX_KEY:
            raise HttpError(401, refusal)
        principal = self._find(api, key)
        if principal is None:
            raise HttpError(401, refusal)
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
            if principal is not None and principal.key_id is not None:
                keys.use(connection, principal.key_id)
        if len(self._believed) >= _MAX_BELIEVED:
            self._believed = {}
        self._believed[known] = principal, now + BELIEVED_SECONDS
        return principal


class TooManyRequests(HttpError):  # noqa: N818 - named by what happened
    """A key asked too often."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(429, "Rate limit exceeded", {"Retry-After": str(standing.retry_after)})
        self.standing = standing


def token_of(authorization: str) -> str:
    """Return the key of an `Authorization: Bearer` header (RFC 6750), or '' if it is none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def bearer(*apis: Api, refusal: str) -> Callable[[Request], Principal]:
    """Return a dependency that tells who asks by a bearer key of one of the APIs.

    It raises HttpError 401 with `refusal`, and `TooManyRequests`; `request.state.standing` is how the key stands, None
    where its API has no limit.
    """

    def principal(request: Request) -> Principal:
        known: Keys = request.app.state.keys
        token = token_of(request.headers.get("authorization", ""))
        for api in apis[:-1]:
            try:
                found = known.known(api, token, refusal=refusal)
            except TooManyRequests:
                raise
            except HttpError:
                continue
            break
        else:
            found = known.known(apis[-1], token, refusal=refusal)
        request.state.standing = found.standing
        return found.principal

    return principal


def tinytrail_user(request: Request) -> Principal:
    """Return who asks, for routes of the TinyTrail API that any user may ask."""
    known: Keys = request.app.state.keys
    return known.known(Api.TINYTRAIL, request.headers.get(_HEADER, "")).principal


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
