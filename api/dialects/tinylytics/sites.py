"""`GET /api/v1/me`, `GET /api/v1/sites` and `GET /api/v1/sites/:id`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotations when it runs

from api.dialects.tinylytics import wire
from api.dialects.tinylytics.access import REFUSAL, Reader
from api.dialects.tinylytics.answers import answered
from api.errors import HttpError
from storage import keys
from storage import kudos as stored_kudos
from storage import sites as stored_sites

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.dialects.parts import Parts
    from api.dialects.tinylytics.asked import Asking
    from core.sites import Site


def router(parts: Parts, asking: Asking) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/v1")
    pool, reports = parts.pool, parts.reports

    @routes.get("/me")
    def show_me(user: Reader) -> Response:
        """Tell whose key it is."""
        if user.key_id is None:
            raise HttpError(401, REFUSAL)
        with pool.connection() as connection:
            details = keys.details(connection, user.key_id)
        if details is None:
            raise HttpError(401, REFUSAL)
        return answered(wire.me(details))

    @routes.get("/sites")
    async def list_sites(user: Reader) -> Response:
        """List the sites of the account; an admin sees all."""

        def found() -> list[Site]:
            with pool.connection() as connection:
                return stored_sites.of_account(connection, None if user.is_admin else user.account_id)

        return answered({"sites": await shown(await run_in_threadpool(found))})

    @routes.get("/sites/{site_id}")
    async def show_site(user: Reader, site_id: str) -> Response:
        """Show one site."""
        (site,) = await shown([await asking.site(user, site_id)])
        return answered(site)

    async def shown(sites: Sequence[Site]) -> list[dict[str, Any]]:
        """The sites with all that was ever counted of them."""
        ids = [site.id for site in sites]

        def given() -> dict[int, int]:
            with pool.connection() as connection:
                return stored_kudos.of_sites(connection, ids)

        lifetimes, kudos = await reports.lifetime(ids), await run_in_threadpool(given)
        return [wire.site(site, lifetimes[site.id], kudos.get(site.id, 0)) for site in sites]

    return routes
