"""`GET` and `POST /api/sites`, `DELETE /api/sites/{site}`: for keys of beep-analytics and of Antics."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from api.auth import bearer
from api.dialects.shared_sites.wire import read_new_site, shown
from api.dialects.sites import ABSENT
from api.errors import HttpError
from api.viewers import Viewer, Viewers, viewer, visible_sites
from core.accounts import Api
from core.errors import NotFound
from core.sites import check_domain, check_site_name
from storage import accounts, sites

if TYPE_CHECKING:
    from psycopg import Connection

    from api.dialects.parts import Parts
    from core.sites import Site

_log = logging.getLogger(__name__)
_NUMBER: Final = re.compile(r"[0-9]+")

#: What is said to whoever has no key of either API.
_REFUSAL: Final = "unauthorized"

_Viewer = Annotated[Viewer, Depends(viewer)]


async def _sent(request: Request) -> tuple[str, str]:
    """Domain and name in the body, checked."""
    domain, name = read_new_site(await request.body())
    return check_domain(domain), check_site_name(name)


def router(parts: Parts) -> APIRouter:
    """Return the routes. Of what others own nothing is there; a site that is made is its domain's from then on."""
    pool = parts.pool
    known = Viewers(
        pool=pool,
        bearer=bearer(Api.BEEP, Api.ANTICS, refusal=_REFUSAL),
        clients=parts.clients,
        remote_user=parts.remote_user,
    )
    routes = APIRouter(prefix="/api/sites", dependencies=[Depends(known.identify)])

    @routes.get("")
    def list_sites(of: _Viewer) -> list[dict[str, Any]]:
        """List the sites, in the order of their domains."""
        with pool.connection() as connection:
            found = _seen(connection, of)
        return [shown(site) for site in sorted(found, key=lambda site: (site.domain, site.id))]

    @routes.post("")
    def make_site(of: _Viewer, sent: Annotated[tuple[str, str], Depends(_sent)]) -> dict[str, Any]:
        """Make a site in the own account; from then on events with the origin of its domain are its own."""
        domain, name = sent
        with pool.connection() as connection:
            if not accounts.exists(connection, of.principal.account_id):
                raise HttpError(401, _REFUSAL)
            made = sites.insert(
                connection, account_id=of.principal.account_id, domain=domain, name=name, by_origin=True
            )
        if made is None:
            raise HttpError(409, "site already exists")
        return shown(made)

    @routes.delete("/{named}")
    def delete_site(of: _Viewer, named: str) -> Response:
        """Delete a site, by its number, its UUID or its domain, and everything that was counted of it.

        A domain that nobody has is deleted already; a number that nothing has is not found.
        """
        with pool.connection() as connection:
            site = _meant(connection, _seen(connection, of), named)
            if site is not None:
                sites.delete(connection, site.uuid)
                _log.info("Site %d (%s) was deleted by user %s", site.id, site.uuid, of.principal.user_id)
        return Response(status_code=204)

    return routes


def _seen(connection: Connection, of: Viewer) -> list[Site]:
    """The sites that are there for the viewer, oldest first."""
    owner = None if of.principal.is_admin else of.principal.account_id
    return visible_sites(connection, of, sites.of_account(connection, owner))


def _meant(connection: Connection, seen: list[Site], named: str) -> Site | None:
    """The site that is named; of those of one domain the one that its events go to, else the oldest.

    Raises:
        NotFound: a number is named that no site has.
    """
    if _NUMBER.fullmatch(named):
        numbered = next((site for site in seen if str(site.id) == named), None)
        if numbered is None:
            raise NotFound(ABSENT)
        return numbered
    text = named.strip().lower()
    found = [site for site in seen if text in (str(site.uuid), site.domain)]
    heir = sites.of_domain(connection, text) if len(found) > 1 else None
    return heir if heir in found else next(iter(found), None)
