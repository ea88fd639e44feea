"""`GET` and `POST /api/folders`, `PUT` and `DELETE /api/folders/:id`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.dialects.antics import wire
from api.dialects.antics.access import Asking  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.antics.wire import FolderBody, FolderChange
from api.json_body import json_body
from api.viewers import visible_folders
from core.errors import InvalidInput, NotFound
from storage import folders

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from api.viewers import Viewer
    from storage.folders import Folder


def router(pool: ConnectionPool) -> APIRouter:
    """Return the routes. They are about the folders of the viewer's own account."""
    routes = APIRouter(prefix="/folders")

    @routes.get("")
    def list_folders(of: Asking) -> list[dict[str, Any]]:
        """List the folders by name."""
        with pool.connection() as connection:
            return [wire.folder(found) for found in visible_folders(connection, of)]

    @routes.post("")
    def make_folder(of: Asking, body: Annotated[FolderBody, Depends(json_body(FolderBody))]) -> dict[str, Any]:
        """Make a folder; with a group, those whom a proxy vouches for see it only as members."""
        name, group = wire.check_folder_name(body.name), wire.check_group(body.authelia_group)
        with pool.connection() as connection:
            made = folders.insert(connection, account_id=of.principal.account_id, name=name, authelia_group=group)
        return wire.folder(made)

    @routes.put("/{folder_id}")
    def change_folder(
        of: Asking, folder_id: str, body: Annotated[FolderChange, Depends(json_body(FolderChange))]
    ) -> dict[str, Any]:
        """Change what is sent of a folder; null lets everybody see it."""
        given = body.model_fields_set
        if not given:
            raise InvalidInput("send at least one of name and authelia_group")
        name = wire.check_folder_name(body.name) if "name" in given else None
        group = wire.check_group(body.authelia_group) if "authelia_group" in given else None
        with pool.connection() as connection:
            found = _folder(connection, of, folder_id)
            changed = folders.update(connection, found.id, account_id=found.account_id, name=name, authelia_group=group)
        if changed is None:
            # It was deleted just now.
            raise NotFound(wire.NO_FOLDER)
        return wire.folder(changed)

    @routes.delete("/{folder_id}")
    def delete_folder(of: Asking, folder_id: str) -> Response:
        """Delete a folder; its sites are in none then."""
        with pool.connection() as connection:
            found = _folder(connection, of, folder_id)
            folders.delete(connection, found.id, account_id=found.account_id)
        return Response(status_code=204)

    return routes


def _folder(connection: Connection, of: Viewer, folder_id: str) -> Folder:
    """The folder that a path names, if it is there for the viewer."""
    found = folders.find(connection, wire.folder_id(folder_id), account_id=of.principal.account_id)
    if found is None or not of.sees_folder(found):
        raise NotFound(wire.NO_FOLDER)
    return found
