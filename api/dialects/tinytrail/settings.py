"""`GET` and `PATCH /api/v1/websites/:id/settings`: what the API's own text does not know of a website."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends

from api.auth import User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.tinytrail.access import ABSENT, ID, site_finder
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.identifiers import identifier
from api.dialects.tinytrail.wire import SettingsBody, settings
from api.json_body import json_body
from core.errors import NotFound
from core.site_settings import check_settings
from storage import sites

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool


def router(pool: ConnectionPool) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/v1/websites")
    find_site = site_finder(pool)

    @routes.get("/{website_id}/settings")
    def show_settings(user: User, website_id: str) -> dict[str, Any]:
        """Show the settings of a website."""
        return success(settings(find_site(user, identifier(website_id, ID))))

    @routes.patch("/{website_id}/settings")
    def change_settings(
        user: User, website_id: str, body: Annotated[SettingsBody, Depends(json_body(SettingsBody))]
    ) -> dict[str, Any]:
        """Change the settings that are sent; the others stay."""
        uuid, changes = identifier(website_id, ID), check_settings(body.root)
        with pool.connection() as connection:
            site = sites.configure(connection, uuid, changes, account_id=None if user.is_admin else user.account_id)
        if site is None:
            raise NotFound(ABSENT)
        return success(settings(site))

    return routes
