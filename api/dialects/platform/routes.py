"""The routes of the Platform API v2, `GET /api/v2/sites/…`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool

from aggregations.answers import Timeseries
from aggregations.tables import Table
from api.dialects.platform import translate, wire
from api.dialects.platform.counted import Callers, CountedRoute, caller
from api.dialects.sites import object_finder
from api.errors import HttpError
from core.accounts import Principal
from core.dimensions import Dimension
from core.errors import NotFound
from core.metrics import Metric, Totals
from core.paths import normalise_path
from core.query import Query
from core.ranges import date_at
from core.spans import MINUTE
from core.subjects import Subject
from core.text import is_clean
from storage import sites

if TYPE_CHECKING:
    from api.dialects.parts import Parts
    from core.sites import Site

#: Who was seen within so long (ms) is active.
_ACTIVE: Final = 5 * MINUTE
#: Of browsers and of countries there are fewer.
_ALL: Final = 1_000
_UTC: Final = ZoneInfo("UTC")

_Caller = Annotated[Principal, Depends(caller)]


def router(parts: Parts) -> APIRouter:
    """Return the routes.

    Days are those of UTC. The API's text knows neither 400 nor 404: a range that is none means a week, and a site that
    is not there is answered 403, as somebody else's.
    """
    callers, shown = Callers(parts.clock), _Shown(parts)
    routes = APIRouter(prefix="/api/v2/sites", route_class=CountedRoute, dependencies=[Depends(callers.identify)])
    routes.add_api_route("", shown.sites)
    routes.add_api_route("/{site_id}/stats", shown.stats)
    routes.add_api_route("/{site_id}/realtime", shown.realtime)
    routes.add_api_route("/{site_id}/events", shown.events)
    routes.add_api_route("/{site_id}/pageviews", shown.pageviews)
    return routes


class _Shown:
    """What is shown of sites."""

    def __init__(self, parts: Parts) -> None:
        self._pool = parts.pool
        self._reports = parts.reports
        self._realtime = parts.realtime
        self._clock = parts.clock
        self._find = object_finder(parts.pool)

    def sites(self, user: _Caller) -> dict[str, Any]:
        """List the sites that the key's owner may see."""
        with self._pool.connection() as connection:
            found = sites.of_account(connection, None if user.is_admin else user.account_id)
        return {"sites": [wire.site(site) for site in found]}

    async def stats(self, site_id: str, request: Request, user: _Caller) -> dict[str, Any]:
        """What is known of some days."""
        query = await self._query(site_id, request, user)
        summary = await self._reports.summary(query)
        pages = await self._reports.pages(query, limit=translate.LONGEST)
        sources = await self._reports.sources(query, Dimension.REFERRER, limit=translate.LONGEST)
        tables = [Table(subject=subject, limit=_ALL) for subject in (Subject.BROWSER, Subject.COUNTRY)]
        browsers, countries = await self._reports.breakdowns(query, tables)
        return translate.stats(summary.totals, pages, sources, browsers, countries)

    async def realtime(self, site_id: str, user: _Caller) -> dict[str, Any]:
        """Who is here, and on which pages."""
        site = await self._site(site_id, user)
        return translate.realtime(await self._realtime.view(site.id, self._clock.now_ms(), _ACTIVE))

    async def events(self, site_id: str, request: Request, user: _Caller) -> dict[str, Any]:
        """The custom events of some days."""
        query = await self._query(site_id, request, user)
        return translate.events(await self._reports.custom_events(query, limit=translate.LONGEST))

    async def pageviews(self, site_id: str, request: Request, user: _Caller) -> dict[str, Any]:
        """Views day by day, of the site or of one page."""
        query = await self._query(site_id, request, user)
        path = request.query_params.get("pathname")
        if path and not is_clean(path):
            # No page is called so, and there is no 400 to say it with.
            nothing = Timeseries(days=query.days, metric=Metric.PAGEVIEWS, points=tuple((day, 0) for day in query.days))
            return translate.pageviews(Totals(), nothing)
        if path:
            query = query.of_path(normalise_path(path))
        summary = await self._reports.summary(query)
        return translate.pageviews(summary.totals, await self._reports.timeseries(query, Metric.PAGEVIEWS))

    async def _query(self, site_id: str, request: Request, user: Principal) -> Query:
        site = await self._site(site_id, user)
        days = translate.days(request.query_params.get("range"), today=date_at(self._clock.now_ms(), _UTC))
        return Query(site=site.id, days=days, zone=_UTC)

    async def _site(self, site_id: str, user: Principal) -> Site:
        if not is_clean(site_id):
            raise _forbidden()
        try:
            return await run_in_threadpool(self._find, user, site_id)
        except NotFound:
            raise _forbidden() from None


def _forbidden() -> HttpError:
    return HttpError(403, wire.FORBIDDEN)
