"""Which site a viewer means, and whether it is there for that viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends

from api.dialects.antics.wire import NO_SITE, site_number
from api.viewers import Viewer, viewer, visible_sites
from core.errors import NotFound
from storage import sites

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from core.sites import Site

#: A parameter of a route: who asks.
Asking = Annotated[Viewer, Depends(viewer)]


def site_of(connection: Connection, of: Viewer, site_id: str) -> Site:
    """Return the site that a path names.

    Raises:
        NotFound: there is none, or not for this viewer.
    """
    site = sites.of_number(connection, site_number(site_id))
    if site is None or not of.principal.may_see(site.account_id) or not visible_sites(connection, of, [site]):
        raise NotFound(NO_SITE)
    return site


def site_finder(pool: ConnectionPool) -> Callable[[Viewer, str], Site]:
    """Return `site_of` with a connection of its own. It blocks."""

    def find(of: Viewer, site_id: str) -> Site:
        with pool.connection() as connection:
            return site_of(connection, of, site_id)

    return find
