"""`GET /api/v1/websites/:id/snippet`, an extension: what to paste into a website's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from api.auth import User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.tinytrail.access import ID, site_finder
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.identifiers import identifier
from core.errors import InvalidInput
from tracker.builds import Extra
from tracker.snippet import snippet

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool


def router(pool: ConnectionPool, *, public_url: str) -> APIRouter:
    """Return the route; `public_url` is how browsers reach the scripts, '' for the address that was asked."""
    routes = APIRouter(prefix="/api/v1/websites")
    find_site = site_finder(pool)

    @routes.get("/{website_id}/snippet")
    def show_snippet(user: User, website_id: str, request: Request, extras: str = "") -> dict[str, Any]:
        """The tags of a website, by its settings."""
        uuid, wanted = identifier(website_id, ID), _extras(extras)
        site = find_site(user, uuid)
        made = snippet(
            site.uuid,
            public_url or str(request.base_url),
            wanted,
            honour_gpc=site.honour_gpc,
            honour_dnt=site.honour_dnt,
        )
        return success(made._asdict())

    return routes


def _extras(text: str) -> list[Extra]:
    """The extras of a list with commas.

    Raises:
        InvalidInput: one is none.
    """
    try:
        return [Extra(word) for part in text.split(",") if (word := part.strip())]
    except ValueError:
        raise InvalidInput(f"extras must be of {', '.join(Extra)}, with commas between them") from None
