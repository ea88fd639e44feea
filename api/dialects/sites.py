"""Which site a user means by the ids of the APIs, and whether there is one for that user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from core.errors import NotFound
from storage import sites

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from core.accounts import Principal
    from core.sites import Site

T = TypeVar("T")

#: What is said of a site that is not there, and of one that is somebody else's.
ABSENT: Final = "site not found"


def number_finder(pool: ConnectionPool) -> Callable[[Principal, int], Site]:
    """Return what finds a site by its `id` for a user: one of the own account, for an admin any.

    It raises `NotFound`, and blocks.
    """
    return _finder(pool, sites.of_number)


def object_finder(pool: ConnectionPool) -> Callable[[Principal, str], Site]:
    """Return what finds a site by its `object_id` likewise."""
    return _finder(pool, sites.of_object)


def _finder(pool: ConnectionPool, look_up: Callable[[Connection, T], Site | None]) -> Callable[[Principal, T], Site]:
    def find(user: Principal, name: T) -> Site:
        with pool.connection() as connection:
            site = look_up(connection, name)
        if site is None or not user.may_see(site.account_id):
            raise NotFound(ABSENT)
        return site

    return find
