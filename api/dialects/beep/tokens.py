"""`POST /api/tokens/generate`, `GET /api/tokens`, `DELETE /api/tokens/{id}`; the first token can be had without one."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response

from api.dialects.beep.access import User, token_owner
from api.dialects.beep.wire import made_token, token
from api.errors import HttpError
from core.accounts import Api, Role
from core.errors import InvalidInput, NotFound
from storage import accounts, keys, users
from storage.locks import wait_for_first_token

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg_pool import ConnectionPool

    from api.dialects.parts import Parts
    from core.accounts import Principal
    from storage.keys import Made

_log = logging.getLogger(__name__)
#: Whose the first token is.
_ACCOUNT: Final = "default"
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,19}")


def router(parts: Parts) -> APIRouter:
    """Return the routes."""
    pool = parts.pool
    routes = APIRouter(prefix="/api/tokens")

    @routes.post("/generate")
    def generate(request: Request) -> dict[str, Any]:
        """Make a token for the owner of the one that asks, or the first one of all for anybody. No body is read."""
        try:
            user = token_owner(request)
        except HttpError as error:
            made = _first(pool) if error.status == 401 and parts.beep_bootstrap else None
            if made is None:
                raise
            request.app.state.keys.forget()
            _log.warning("the first token of beep-analytics was made, for whoever asked: it is token %d", made.number)
            return made_token(made)
        with pool.connection() as connection:
            return made_token(keys.insert(connection, Api.BEEP, user.user_id))

    @routes.get("")
    def list_tokens(user: User) -> list[dict[str, Any]]:
        """List the tokens of the own account, an admin those of all, without what they are."""
        with pool.connection() as connection:
            return [token(key) for key in keys.numbered(connection, Api.BEEP, account_id=_account(user))]

    @routes.delete("/{number}")
    def revoke(request: Request, user: User, number: str) -> Response:
        """Let a token open nothing any more. Without the last one of all, the next can be had without one again."""
        if not _NUMBER.fullmatch(number) or abs(int(number)) >= 2**63:
            raise InvalidInput("invalid token id")
        with pool.connection() as connection:
            if not keys.revoke_number(connection, Api.BEEP, int(number), account_id=_account(user)):
                raise NotFound("token not found")
        request.app.state.keys.forget()
        _log.info("Token %s was revoked by user %s", number, user.user_id)
        return Response(status_code=204)

    return routes


def warn_if_open(pool: ConnectionPool) -> None:
    """Say in the log that anybody can have the first token, if that is so."""
    with pool.connection() as connection:
        if keys.numbered(connection, Api.BEEP):
            return
    _log.warning(
        "anybody who reaches this server can make the first beep-analytics token and read and change the account"
        " '%s': make one with `footfall keys create --api beep --role user`, or set FOOTFALL_BEEP_BOOTSTRAP=off",
        _ACCOUNT,
    )


def _first(pool: ConnectionPool) -> Made | None:
    """Make the first token that works, or none if there is one. Of many who ask at once one gets it."""
    with pool.connection() as connection:
        if keys.numbered(connection, Api.BEEP):
            return None
        wait_for_first_token(connection)
        if keys.numbered(connection, Api.BEEP):
            return None
        account = accounts.ensure(connection, _ACCOUNT)
        owner = users.insert(connection, account_id=account, role=Role.USER)
        return keys.insert(connection, Api.BEEP, owner.id)


def _account(user: Principal) -> UUID | None:
    """Whose tokens a user sees: None for everybody's."""
    return None if user.is_admin else user.account_id
