"""The routes of reports, `GET /api/v1/reports/…`, and `POST /api/v1/admin/aggregate`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypedDict
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from aggregations.answers import Timeseries
from aggregations.series import Asked as Plotted
from aggregations.series import nothing
from api.auth import Admin, User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.tinytrail import extended, parameters, translate
from api.dialects.tinytrail.csv import attachment
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.filters import filters, without_filters
from api.dialects.tinytrail.parameters import Format
from core.comparisons import other
from core.errors import InvalidInput
from core.globs import PathGroups
from core.intervals import Calendar, Interval
from core.query import Group, Query
from core.ranges import Period, date_at
from core.spans import MINUTE
from core.steps import parse_step

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from aggregations.reports import Reports
    from api.dialects.tinytrail.csv import Table
    from api.dialects.tinytrail.parameters import Parameters
    from core.accounts import Principal
    from core.clock import Clock
    from core.comparisons import Other
    from core.ranges import Days
    from core.realtime import Realtime
    from core.sites import Site

_REALTIME_WINDOW: Final = 30 * MINUTE
#: Pages of a journey that are told.
_STOPS: Final = 5
_UTC: Final = ZoneInfo("UTC")
_JSON: Final = "application/json"


def reports_router(
    *,
    reports: Reports,
    realtime: Realtime,
    aggregate: Callable[[date], Awaitable[None]],
    find_site: Callable[[Principal, UUID], Site],
    clock: Clock,
) -> APIRouter:
    """Return the routes.

    Args:
        reports: answers what is about days.
        realtime: answers what is about now.
        aggregate: rolls a UTC day of every site up again, marked or not, and returns when that is done.
        find_site: gives a user a site, or raises `NotFound`; runs in a thread.
        clock: tells what today is.
    """
    routes = APIRouter(prefix="/api/v1")
    days = _DayReports(reports=reports, find_site=find_site, clock=clock)
    routes.add_api_route("/reports/summary", days.summary)
    routes.add_api_route("/reports/pages", days.pages)
    routes.add_api_route("/reports/sources", days.sources)
    routes.add_api_route("/reports/devices", days.devices)
    routes.add_api_route("/reports/flow", days.flow)
    routes.add_api_route("/reports/funnel", days.funnel)
    routes.add_api_route("/reports/journeys", days.journeys)
    routes.add_api_route("/reports/custom-events", days.custom_events)
    routes.add_api_route("/reports/timeseries", days.timeseries)

    @routes.get("/reports/realtime")
    async def realtime_report(request: Request, user: User) -> Response:
        """The last 30 minutes, humans only."""
        without_filters(request.query_params.multi_items(), report="realtime")
        uuid, more = parameters.website_id(request.query_params), parameters.extended(request.query_params)
        site = await run_in_threadpool(find_site, user, uuid)
        view = await realtime.view(site.id, clock.now_ms(), _REALTIME_WINDOW)
        return _json(translate.realtime(view, extended=more))

    @routes.post("/admin/aggregate")
    async def aggregate_day(request: Request, _: Admin) -> Response:
        """Roll up a UTC day of every site, yesterday unless said."""
        today = date_at(clock.now_ms(), _UTC)
        day = _day_of_body(await request.body()) or today - timedelta(days=1)
        if day > today:
            raise InvalidInput(f"date must not be after today, {today} UTC")
        await aggregate(day)
        return _json({"message": f"Aggregation completed for {day}"})

    return routes


class _Asked(NamedTuple):
    """A request for a report of days, understood."""

    given: Parameters
    query: Query
    groups: PathGroups
    calendar: Calendar
    other: Other | None  #: what a report is compared with, beyond what the API's own text knows


class _Page(TypedDict):
    """Which rows of a list."""

    limit: int
    offset: int


class _DayReports:
    """The reports about days."""

    def __init__(self, *, reports: Reports, find_site: Callable[[Principal, UUID], Site], clock: Clock) -> None:
        self._reports = reports
        self._find_site = find_site
        self._clock = clock

    async def summary(self, request: Request, user: User) -> Response:
        """High-level metrics, compared with another period if asked to."""
        asked = await self._understand(request, user)
        report = await self._reports.summary(asked.query, asked.given.compare, other=asked.other)
        if asked.given.format is Format.CSV:
            return _csv("summary", report.days, translate.summary_table(report))
        return _json(translate.summary(report))

    async def pages(self, request: Request, user: User) -> Response:
        """Pages with views, most views first."""
        given, query, groups, _, other = await self._understand(request, user)
        report = await self._reports.pages(query, **_page(given), other=other)
        if given.format is Format.CSV:
            return _csv("pages", report.days, translate.pages_table(report, groups))
        return _json(translate.pages(report, groups, given))

    async def sources(self, request: Request, user: User) -> Response:
        """Visits by channel, referrer or campaign, most visits first."""
        given, query, _, _, other = await self._understand(request, user)
        dimension = parameters.source(request.query_params)
        report = await self._reports.sources(query, dimension, assistants=False, **_page(given), other=other)
        if given.format is Format.CSV:
            return _csv("sources", report.days, translate.sources_table(report))
        return _json(translate.sources(report, given))

    async def devices(self, request: Request, user: User) -> Response:
        """Visits by device, browser, system and screen."""
        given, query, _, _, other = await self._understand(request, user)
        report = await self._reports.devices(query, other=other)
        if given.format is Format.CSV:
            return _csv("devices", report.days, translate.devices_table(report))
        return _json(translate.devices(report))

    async def flow(self, request: Request, user: User) -> Response:
        """Landing pages and exit pages, most visits first."""
        given, query, _, _, other = await self._understand(request, user)
        report = await self._reports.flow(query, **_page(given), other=other)
        if given.format is Format.CSV:
            return _csv("flow", report.days, translate.flow_table(report))
        return _json(translate.flow(report))

    async def custom_events(self, request: Request, user: User) -> Response:
        """Custom events by name, most frequent first."""
        given, query, _, _, other = await self._understand(request, user)
        name = parameters.event_name(request.query_params)
        report = await self._reports.custom_events(query, name, **_page(given), other=other)
        if given.format is Format.CSV:
            return _csv("custom-events", report.days, translate.custom_events_table(report))
        return _json(translate.custom_events(report, given))

    async def funnel(self, request: Request, user: User) -> Response:
        """How many visits take some steps in order."""
        given, query, *_ = await self._understand(request, user)
        steps = parameters.steps(request.query_params.multi_items())
        report = await self._reports.funnel(query, tuple(map(parse_step, steps)))
        if given.format is Format.CSV:
            return _csv("funnel", report.days, translate.funnel_table(report))
        return _json(translate.funnel(report))

    async def journeys(self, request: Request, user: User) -> Response:
        """The pages that visits see one after the other, or what comes before and after one. An extension."""
        given, query, *_ = await self._understand(request, user)
        path, offset = parameters.path(request.query_params), (given.page - 1) * given.per_page
        if path is not None:
            around = await self._reports.around(query, path, limit=given.per_page, offset=offset)
            if given.format is Format.CSV:
                return _csv("journeys", around.days, translate.around_table(around))
            return _json(translate.around(around, given))
        report = await self._reports.journeys(query, stops=_STOPS, limit=given.per_page, offset=offset)
        if given.format is Format.CSV:
            return _csv("journeys", report.days, translate.journeys_table(report))
        return _json(translate.journeys(report, given))

    async def timeseries(self, request: Request, user: User) -> Response:
        """One metric by day or by another interval, of the site or of one page."""
        asked = await self._understand(request, user)
        given, query = asked.given, asked.query
        interval = parameters.interval(request.query_params)
        if interval is not None or asked.other is not None:
            return await self._series(request, asked, interval or Interval.DAY)
        metric, path = parameters.metric(request.query_params), parameters.path(request.query_params)
        if path is not None and query.group is not None and not query.group.has(path):
            # A page outside the group has no part in it.
            report = Timeseries(days=query.days, metric=metric, points=tuple((day, 0) for day in query.days))
        else:
            report = await self._reports.timeseries(query if path is None else query.of_path(path), metric)
        if given.format is Format.CSV:
            return _csv("timeseries", report.days, translate.timeseries_table(report))
        return _json(translate.timeseries(report, path))

    async def _series(self, request: Request, asked: _Asked, interval: Interval) -> Response:
        """The same, by what the API's own text does not know."""
        metric = parameters.metric(request.query_params, visitors=True)
        path, query = parameters.path(request.query_params), asked.query
        parameters.require_few(query.days, interval)
        plotted = Plotted(metric, interval, asked.calendar, asked.other)
        if path is not None and query.group is not None and not query.group.has(path):
            report = nothing(query, plotted, now_ms=self._clock.now_ms())
        else:
            report = await self._reports.series(query if path is None else query.of_path(path), plotted)
        if asked.given.format is Format.CSV:
            return _csv("timeseries", report.days, extended.series_table(report, query.zone))
        return _json(extended.series(report, path, query.zone))

    async def _understand(self, request: Request, user: Principal) -> _Asked:
        """What is asked for, and of which site.

        Raises:
            InvalidInput: a parameter is not understood.
            NotFound: the user has no such site.
        """
        uuid = parameters.website_id(request.query_params)
        given = parameters.parameters(request.query_params)
        site = await run_in_threadpool(self._find_site, user, uuid)
        zone = ZoneInfo(site.time_zone)
        asks_for_all = given.start is None and given.period is Period.ALL
        oldest = await self._reports.oldest(site.id, zone) if asks_for_all else None
        now = self._clock.now_ms()
        days = given.days(today=date_at(now, zone), oldest=oldest)
        groups = PathGroups(site.content_groups)
        group = None if given.content_group is None else Group(name=given.content_group, groups=groups)
        query = Query(
            site=site.id,
            days=days,
            zone=zone,
            bots=given.bots,
            group=group,
            filters=filters(request.query_params.multi_items()),
            groups=groups,
        )
        calendar = Calendar(zone=zone, week_start=site.week_start)
        compared = None if given.against is None else other(days, given.against, now_ms=now, zone=zone)
        return _Asked(given, query, groups, calendar, compared)


def _page(given: Parameters) -> _Page:
    return {"limit": given.per_page, "offset": (given.page - 1) * given.per_page}


def _day_of_body(body: bytes) -> date | None:
    if not body.strip():
        return None
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidInput('the body must be a JSON object such as {"date": "2026-03-18"}, or empty') from None
    if not isinstance(given, dict):
        raise InvalidInput('the body must be a JSON object such as {"date": "2026-03-18"}, or empty')
    text = given.get("date")
    if text is None:
        return None
    if not isinstance(text, str):
        raise InvalidInput("date must be a date as YYYY-MM-DD")
    return parameters.day(text, "date")


def _json(data: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(success(data)), media_type=_JSON)


def _csv(name: str, days: Days, table: Table) -> Response:
    return attachment(f"{name}-{days.first}-{days.last}", table.columns, table.rows)
