"""`GET /api/stats/:site_id`, what is below it, and `GET /api/export/:site_id`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from api.csv import attachment
from api.dialects.antics import parameters, translate
from api.dialects.antics.access import Asking, site_finder
from api.dialects.antics.parameters import BreakdownBy
from core.metrics import Metric
from core.query import Query
from core.ranges import Comparison, date_at
from core.spans import MINUTE

if TYPE_CHECKING:
    from fastapi.responses import Response

    from aggregations.answers import Timeseries
    from api.dialects.antics.translate import Line
    from api.dialects.parts import Parts
    from api.viewers import Viewer

#: Who was seen within so long (ms) is here.
_HERE: Final = 5 * MINUTE
#: Pages of a journey that are told.
_STOPS: Final = 5
_UTC: Final = ZoneInfo("UTC")


def router(parts: Parts) -> APIRouter:
    """Return the routes. Days are those of UTC."""
    routes, shown = APIRouter(), _Shown(parts)
    routes.add_api_route("/stats/{site_id}", shown.stats)
    routes.add_api_route("/stats/{site_id}/timeseries", shown.timeseries)
    routes.add_api_route("/stats/{site_id}/realtime", shown.realtime)
    routes.add_api_route("/stats/{site_id}/paths", shown.paths)
    routes.add_api_route("/stats/{site_id}/entry-exit", shown.entry_exit)
    routes.add_api_route("/export/{site_id}", shown.export, response_model=None)
    return routes


class _Shown:
    """What is shown of a site."""

    def __init__(self, parts: Parts) -> None:
        self._reports = parts.reports
        self._realtime = parts.realtime
        self._clock = parts.clock
        self._find = site_finder(parts.pool)

    async def stats(self, of: Asking, site_id: str, request: Request) -> dict[str, Any]:
        """The numbers of a period, those of the one before, and what they are made of."""
        query = await self._query(of, site_id, request)
        by = parameters.metric(request.query_params) or BreakdownBy.PATHNAME
        rows = await self._lines(query, by, parameters.limit(request.query_params))
        summary = await self._reports.summary(query, Comparison.PREVIOUS_PERIOD)
        return translate.stats(summary, period=parameters.period(request.query_params), by=by, rows=rows)

    async def timeseries(self, of: Asking, site_id: str, request: Request) -> list[dict[str, Any]]:
        """Visitors and views by day."""
        return translate.timeseries(*await self._daily(await self._query(of, site_id, request)))

    async def realtime(self, of: Asking, site_id: str) -> dict[str, Any]:
        """Who is here."""
        site = await run_in_threadpool(self._find, of, site_id)
        view = await self._realtime.view(site.id, self._clock.now_ms(), _HERE)
        return {"visitors": view.active}

    async def paths(self, of: Asking, site_id: str, request: Request) -> list[dict[str, Any]]:
        """The first pages of visits, one after the other."""
        query, limit = await self._query(of, site_id, request), parameters.limit(request.query_params)
        return translate.paths(await self._reports.journeys(query, stops=_STOPS, limit=limit))

    async def entry_exit(self, of: Asking, site_id: str, request: Request) -> dict[str, Any]:
        """Where a visitor's days begin and end."""
        query, limit = await self._query(of, site_id, request), parameters.limit(request.query_params)
        return translate.entry_exit(await self._reports.journey_ends(query, limit=limit))

    async def export(self, of: Asking, site_id: str, request: Request) -> Response:
        """A breakdown as a file, or visitors and views by day."""
        query, by = await self._query(of, site_id, request), parameters.metric(request.query_params)
        limit = parameters.limit(request.query_params)
        if by is None:
            table = translate.daily_table(*await self._daily(query))
        else:
            table = translate.breakdown_table(by, await self._lines(query, by, limit))
        days = query.days
        return attachment(f"{by or 'daily'}-{days.first}-{days.last}", table.columns, table.rows)

    async def _query(self, of: Viewer, site_id: str, request: Request) -> Query:
        site = await run_in_threadpool(self._find, of, site_id)
        today = date_at(self._clock.now_ms(), _UTC)
        days = parameters.days(parameters.period(request.query_params), today=today)
        return Query(site=site.id, days=days, zone=_UTC)

    async def _lines(self, query: Query, by: BreakdownBy, limit: int) -> list[Line]:
        return translate.lines(by, await self._reports.breakdowns(query, translate.wanted(by, limit)), limit)

    async def _daily(self, query: Query) -> tuple[Timeseries, Timeseries]:
        return (
            await self._reports.timeseries(query, Metric.UNIQUE_VISITORS),
            await self._reports.timeseries(query, Metric.PAGEVIEWS),
        )
