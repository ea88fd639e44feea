"""`/sites/new`: a form that adds a site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.dashboard import guard, pickers
from api.dashboard.settings.forms import Checks, Said, Wrong
from api.dashboard.settings.pages import saying
from api.dashboard.state import State
from api.dashboard.viewer import name_of
from core.errors import NotFound
from core.site_settings import check_settings, time_zones
from core.sites import check_domain
from storage import accounts, sites

if TYPE_CHECKING:
    from uuid import UUID

    from api.dashboard.parts import Parts
    from api.dashboard.settings.forms import Posted
    from api.dashboard.viewer import Viewer
    from core.sites import Site

_PATH: Final = "/sites/new"


def router(parts: Parts) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get(_PATH)
    async def show(request: Request) -> Response:
        """Show the form."""
        viewer = await parts.viewers.keeper(request)
        return await _page(parts, request, viewer, {"domain": "", "time_zone": "UTC"})

    @routes.post(_PATH)
    async def add(request: Request) -> Response:
        """Add the site and lead to it."""
        viewer = await parts.viewers.keeper(request)
        posted = await guard.posted(request)
        try:
            site = await run_in_threadpool(_add, parts, viewer, posted)
        except Wrong as wrong:
            values = {name: posted.get(name, "") for name in ("domain", "time_zone")}
            return await _page(parts, request, viewer, values, errors=wrong.errors)
        known = await run_in_threadpool(parts.viewers.sites_of, viewer)
        return guard.see_other(saying(f"/?site={quote(name_of(site, known))}", "added"))

    return routes


async def _page(
    parts: Parts, request: Request, viewer: Viewer, values: dict[str, str], *, errors: dict[str, str] | None = None
) -> Response:
    known = await run_in_threadpool(parts.viewers.sites_of, viewer)
    given: dict[str, Any] = {
        "site": None,
        "state": State(),
        "sites": pickers.sites(known, None, viewer),
        "filled": values,
        "errors": Said(errors or {}),
        "zones": time_zones(),
        "action": _PATH,
        "is_first": not known,
        "is_admin": viewer.principal is not None and viewer.principal.is_admin,
    }
    return parts.rendering.page("settings/new_site.html", request, viewer, status=422 if errors else 200, **given)


def _add(parts: Parts, viewer: Viewer, posted: Posted) -> Site:
    checks = Checks()
    domain = checks.field("domain", "Domain", lambda: check_domain(posted.get("domain", "")))
    zone = {"time_zone": posted.get("time_zone", "").strip()}
    settings = checks.field("time_zone", "Time zone", lambda: check_settings(zone))
    checks.done()
    if viewer.principal is None:
        raise NotFound("a share link adds no sites")
    account_id: UUID = viewer.principal.account_id
    with parts.pool.connection() as connection:
        if not accounts.exists(connection, account_id):
            raise NotFound("this account is not there any more")
        made = sites.insert(connection, account_id=account_id, domain=domain)
        configured = None if made is None else sites.configure(connection, made.uuid, settings)
    if configured is None:
        raise Wrong({"domain": f"Your account has a site {domain} already: choose another domain."})
    return configured
