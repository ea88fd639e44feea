"""Which website a user means, and whether there is one for that user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.errors import NotFound
from storage import sites

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from psycopg_pool import ConnectionPool

    from core.accounts import Principal
    from core.sites import Site

#: What the id in a website's path is called.
ID: Final = "the website's id"
#: What is said of a website that is not there, and of one that is somebody else's.
ABSENT: Final = "there is no such website, or it belongs to another account"


def site_finder(pool: ConnectionPool) -> Callable[[Principal, UUID], Site]:
    """Return what finds a site for a user: one of the own account, for an admin any. It raises `NotFound`, blocks."""

    def find(user: Principal, uuid: UUID) -> Site:
        with pool.connection() as connection:
            site = sites.find(connection, uuid)
        if site is None or not (user.is_admin or site.account_id == user.account_id):
            raise NotFound(ABSENT)
        return site

    return find
