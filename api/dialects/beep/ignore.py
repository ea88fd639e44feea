"""`POST` and `GET /api/ignore`, `DELETE /api/ignore/{ip}`: addresses that no browser collector counts."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.dialects.beep.access import User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.beep.wire import read_ignored
from core.errors import InvalidInput
from core.ignore_list import one_form, require_room
from storage import ignored

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

_log = logging.getLogger(__name__)


async def _sent(request: Request) -> str:
    """The address or network in the body, in its one form."""
    return one_form(read_ignored(await request.body()))


def router(pool: ConnectionPool) -> APIRouter:
    """Return the routes. The list is the installation's: collectors ask it before they know whose a visit is."""
    routes = APIRouter(prefix="/api/ignore")

    @routes.get("")
    def list_ignored(_: User) -> list[str]:
        """List what is ignored, in the order of the texts."""
        with pool.connection() as connection:
            return ignored.all_networks(connection)

    @routes.post("")
    def ignore(user: User, network: Annotated[str, Depends(_sent)]) -> Response:
        """Count visits from an address or network no more, within seconds."""
        with pool.connection() as connection:
            require_room(ignored.all_networks(connection), network)
            ignored.add(connection, network)
        _log.info("The ignore list grew, by user %s", user.user_id)
        return Response(status_code=201)

    @routes.delete("/{ip:path}")
    def unignore(user: User, ip: str) -> Response:
        """Count visits from it again; what is not ignored may be taken away too."""
        with suppress(InvalidInput), pool.connection() as connection:
            if ignored.remove(connection, one_form(ip)):
                _log.info("The ignore list shrank, by user %s", user.user_id)
        return Response(status_code=204)

    return routes
