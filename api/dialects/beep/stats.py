"""`GET /api/stats`: page views, counted or one by one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request

from api.dialects.beep.access import User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.beep.times import read_span
from api.dialects.beep.translate import count_rows, view_rows
from core.errors import InvalidInput, NotFound
from core.hits import HitOrder, HitQuery
from storage import sites

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg_pool import ConnectionPool

    from api.dialects.parts import Parts
    from core.accounts import Principal

#: Rows of one answer, which is made in memory.
MAX_ROWS: Final = 100_000


def router(parts: Parts) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/api/stats")
    domains_of = _domain_finder(parts.pool)

    @routes.get("")
    async def stats(request: Request, user: User) -> list[dict[str, Any]]:
        """Show views by address and path, or with `verbose` each; of people and bots, by each view's own values."""
        given = _first_of_each(request)
        span = read_span(
            last=given.get("last", ""),
            first=given.get("from", ""),
            final=given.get("to", ""),
            now=parts.clock.now_ms(),
        )
        domains = await asyncio.to_thread(domains_of, user, given.get("site", ""))
        if not domains or span.begin >= span.end:
            return []
        query = HitQuery(site=tuple(domains), begin=span.begin, end=span.end, bots=True)
        if given.get("verbose") != "true":
            counts = count_rows(await parts.reports.hits_by_address(query), domains)
            _require_few(len(counts))
            return counts
        found = await parts.reports.hits(query, limit=MAX_ROWS, order=HitOrder.SITE_PATH_NEWEST)
        _require_few(found.total)
        return view_rows(found.rows, domains)

    return routes


def _domain_finder(pool: ConnectionPool) -> Callable[[Principal, str], dict[int, str]]:
    """Return what finds the domains of the sites that a user sees, in their order, or of those of one domain.

    It blocks, and raises NotFound where there is none of that domain.
    """

    def find(user: Principal, domain: str) -> dict[int, str]:
        with pool.connection() as connection:
            seen = sites.of_account(connection, None if user.is_admin else user.account_id)
        domains = {site.id: site.domain for site in sorted(seen, key=lambda site: (site.domain, site.id))}
        if not domain:
            return domains
        asked = domain.strip().lower()
        found = {number: one for number, one in domains.items() if one == asked}
        if not found:
            raise NotFound("site not found")
        return found

    return find


def _first_of_each(request: Request) -> dict[str, str]:
    """The parameters; of one that was sent more than once the first."""
    return dict(reversed(request.query_params.multi_items()))


def _require_few(rows: int) -> None:
    if rows > MAX_ROWS:
        raise InvalidInput(f"these are {rows} rows, and at most {MAX_ROWS} are sent: ask for one site or less time")
