"""`PUT /api/sites/:id` and `PUT /api/sites/:id/folder`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from psycopg.errors import ForeignKeyViolation

from api.dialects.antics import wire
from api.dialects.antics.access import Asking, site_of
from api.dialects.antics.wire import FolderChoice, SiteChange
from api.dialects.shared_sites.wire import shown
from api.json_body import json_body
from core.errors import InvalidInput, NotFound
from core.sites import check_site_name
from storage import folders, sites

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from api.viewers import Viewer
    from core.sites import Site


def router(pool: ConnectionPool) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/sites")

    @routes.put("/{site_id}")
    def change_site(
        of: Asking, site_id: str, body: Annotated[SiteChange, Depends(json_body(SiteChange))]
    ) -> dict[str, Any]:
        """Change what is sent of a site."""
        given = body.model_fields_set
        if not given:
            raise InvalidInput("send at least one of name and public")
        with pool.connection() as connection:
            changed = sites.update(
                connection,
                site_of(connection, of, site_id).uuid,
                account_id=None,
                name=check_site_name(body.name) if "name" in given else None,
                public=body.public if "public" in given else None,
            )
        return _shown(changed)

    @routes.put("/{site_id}/folder")
    def move_site(
        of: Asking, site_id: str, body: Annotated[FolderChoice, Depends(json_body(FolderChoice))]
    ) -> dict[str, Any]:
        """Put a site into a folder, or into none."""
        try:
            with pool.connection() as connection:
                site = site_of(connection, of, site_id)
                chosen = None if body.folder_id is None else _folder(connection, of, site, body.folder_id)
                moved = sites.put_in_folder(connection, site.id, chosen)
        except ForeignKeyViolation:
            # It was deleted just now.
            raise NotFound(wire.NO_FOLDER) from None
        return _shown(moved)

    return routes


def _folder(connection: Connection, of: Viewer, site: Site, folder_id: str) -> UUID:
    """The id of a folder of the site's account that is there for the viewer."""
    found = folders.find(connection, wire.folder_id(folder_id), account_id=site.account_id)
    if found is None or not of.sees_folder(found):
        raise NotFound(wire.NO_FOLDER)
    return found.id


def _shown(site: Site | None) -> dict[str, Any]:
    if site is None:
        # It was deleted just now.
        raise NotFound(wire.NO_SITE)
    return shown(site)
