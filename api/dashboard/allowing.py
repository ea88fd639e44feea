"""`POST /count-host`: the one click by which a site counts a host that it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.dashboard.empty import allowed, is_host
from api.dashboard.guard import posted, see_other
from api.dashboard.state import State
from core.errors import InvalidInput, NotFound
from core.site_settings import check_settings
from storage import sites

if TYPE_CHECKING:
    from api.dashboard.parts import Parts
    from core.accounts import Principal
    from core.sites import Site


def router(parts: Parts) -> APIRouter:
    """Return the route."""
    routes = APIRouter()

    @routes.post("/count-host")
    async def count_host(request: Request) -> Response:
        """Add a host to those that count, and lead back to the site."""
        viewer = await parts.viewers.keeper(request)
        sent = await posted(request)
        named, host = sent.get("site"), sent.get("host")
        site = await run_in_threadpool(parts.viewers.find_site, viewer, named)
        if not is_host(host):
            raise InvalidInput("host must be the name of one host")
        await run_in_threadpool(_allow, parts, viewer.principal, site, host)
        return see_other(State(site=named).url(viewer.base))

    return routes


def _allow(parts: Parts, user: Principal | None, site: Site, host: str) -> None:
    """Let the host count; where all hosts do, it does."""
    if not site.allowed_hosts:
        return
    changes = check_settings({"allowed_hosts": list(allowed(site, host))})
    account = None if user is None or user.is_admin else user.account_id
    with parts.pool.connection() as connection:
        if sites.configure(connection, site.uuid, changes, account_id=account) is None:
            raise NotFound("this site is not there any more")
