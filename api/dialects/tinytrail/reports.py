"""The routes of reports, `GET /api/v1/reports/…`, and `POST /api/v1/admin/aggregate`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from aggregations.answers import Timeseries
from aggregations.breakdowns import DEVICES
from aggregations.conversions import Place
from aggregations.series import Asked as Plotted
from aggregations.series import nothing
from api.auth import Admin, User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.csv import attachment
from api.dialects.tinytrail import breakdown, extended, parameters, translate
from api.dialects.tinytrail.asked import Understanding
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.filters import without_filters
from api.dialects.tinytrail.parameters import Format
from core.errors import InvalidInput
from core.intervals import Interval
from core.ranges import date_at
from core.spans import MINUTE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from aggregations.answers import Summary
    from aggregations.conversions import By, Reached
    from aggregations.reports import Reports
    from api.csv import Cell, Table
    from api.dialects.tinytrail.asked import Asked
    from api.dialects.tinytrail.named import Named
    from core.accounts import Principal
    from core.clock import Clock
    from core.query import Query
    from core.ranges import Days
    from core.realtime import Realtime
    from core.sites import Site
    from core.steps import Step

_REALTIME_WINDOW: Final = 30 * MINUTE
#: Pages of a journey that are told.
_STOPS: Final = 5
_UTC: Final = ZoneInfo("UTC")
_JSON: Final = "application/json"


def reports_router(  # noqa: PLR0913 - the parts it is made of
    *,
    reports: Reports,
    realtime: Realtime,
    aggregate: Callable[[date], Awaitable[None]],
    find_site: Callable[[Principal, UUID], Site],
    named: Named,
    clock: Clock,
) -> APIRouter:
    """Return the routes.

    Args:
        reports: answers what is about days.
        realtime: answers what is about now.
        aggregate: rolls a UTC day of every site up again, marked or not, and returns when that is done.
        find_site: gives a user a site, or raises `NotFound`; runs in a thread.
        named: knows segments, goals and funnels.
        clock: tells what today is.
    """
    routes = APIRouter(prefix="/api/v1")
    understanding = Understanding(reports=reports, find_site=find_site, named=named, clock=clock)
    days = _DayReports(reports, understanding, clock=clock)
    routes.add_api_route("/reports/summary", days.summary)
    routes.add_api_route("/reports/pages", days.pages)
    routes.add_api_route("/reports/sources", days.sources)
    routes.add_api_route("/reports/devices", days.devices)
    routes.add_api_route("/reports/flow", days.flow)
    routes.add_api_route("/reports/funnel", days.funnel)
    routes.add_api_route("/reports/journeys", days.journeys)
    routes.add_api_route("/reports/custom-events", days.custom_events)
    routes.add_api_route("/reports/timeseries", days.timeseries)
    routes.add_api_route("/reports/breakdown", days.breakdown)

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


class _DayReports:
    """The reports about days."""

    def __init__(self, reports: Reports, understanding: Understanding, *, clock: Clock) -> None:
        self._reports = reports
        self._understand = understanding.asked
        self._steps = understanding.steps
        self._clock = clock

    async def summary(self, request: Request, user: User) -> Response:
        """High-level metrics, compared with another period if asked to."""
        asked = await self._understand(request, user)
        report = await self._reports.summary(asked.query, asked.given.compare, other=asked.other)
        goal = None if asked.goal is None else await self._goal(asked.query, asked.goal, report)
        if asked.given.format is Format.CSV:
            return _csv("summary", report.days, translate.summary_table(report, goal))
        return _json(translate.summary(report, goal))

    async def pages(self, request: Request, user: User) -> Response:
        """Pages with views, most views first."""
        asked = await self._understand(request, user)
        given, groups = asked.given, asked.query.groups
        report = await self._reports.pages(asked.query, **asked.page, other=asked.other)
        reached = await self._reached(asked, Place.PAGE)
        if given.format is Format.CSV:
            return _csv("pages", report.days, translate.pages_table(report, groups, reached))
        return _json(translate.pages(report, groups, given, reached))

    async def sources(self, request: Request, user: User) -> Response:
        """Visits by channel, referrer or campaign, most visits first."""
        asked = await self._understand(request, user)
        dimension = parameters.source(request.query_params)
        report = await self._reports.sources(asked.query, dimension, assistants=False, **asked.page, other=asked.other)
        reached = await self._reached(asked, dimension)
        if asked.given.format is Format.CSV:
            return _csv("sources", report.days, translate.sources_table(report, reached))
        return _json(translate.sources(report, asked.given, reached))

    async def devices(self, request: Request, user: User) -> Response:
        """Visits by device, browser, system and screen."""
        asked = await self._understand(request, user)
        report = await self._reports.devices(asked.query, other=asked.other)
        reached = await self._reached(asked, *DEVICES)
        if asked.given.format is Format.CSV:
            return _csv("devices", report.days, translate.devices_table(report, reached))
        return _json(translate.devices(report, reached))

    async def flow(self, request: Request, user: User) -> Response:
        """Landing pages and exit pages, most visits first."""
        asked = await self._understand(request, user)
        report = await self._reports.flow(asked.query, **asked.page, other=asked.other)
        reached = await self._reached(asked, Place.ENTRY, Place.EXIT)
        if asked.given.format is Format.CSV:
            return _csv("flow", report.days, translate.flow_table(report, reached))
        return _json(translate.flow(report, reached))

    async def custom_events(self, request: Request, user: User) -> Response:
        """Custom events by name, most frequent first."""
        asked = await self._understand(request, user)
        name = parameters.event_name(request.query_params)
        report = await self._reports.custom_events(asked.query, name, **asked.page, other=asked.other)
        reached = await self._reached(asked, Place.EVENT)
        if asked.given.format is Format.CSV:
            return _csv("custom-events", report.days, translate.custom_events_table(report, reached))
        return _json(translate.custom_events(report, asked.given, reached))

    async def funnel(self, request: Request, user: User) -> Response:
        """How many visits take some steps in order."""
        asked = (await self._understand(request, user)).without_goal("funnel").without_comparison("funnel")
        report = await self._reports.funnel(asked.query, await self._steps(request, asked))
        if asked.given.format is Format.CSV:
            return _csv("funnel", report.days, translate.funnel_table(report))
        return _json(translate.funnel(report))

    async def journeys(self, request: Request, user: User) -> Response:
        """The pages that visits see one after the other, or what comes before and after one. An extension."""
        asked = (await self._understand(request, user)).without_goal("journeys").without_comparison("journeys")
        given, query, path = asked.given, asked.query, parameters.path(request.query_params)
        if path is not None:
            around = await self._reports.around(query, path, **asked.page)
            if given.format is Format.CSV:
                return _csv("journeys", around.days, translate.around_table(around))
            return _json(translate.around(around, given))
        report = await self._reports.journeys(query, stops=_STOPS, **asked.page)
        if given.format is Format.CSV:
            return _csv("journeys", report.days, translate.journeys_table(report))
        return _json(translate.journeys(report, given))

    async def breakdown(self, request: Request, user: User) -> Response:
        """All that is known of each page, source, place, device or event. An extension."""
        asked = (await self._understand(request, user)).without_goal("breakdown")
        table = breakdown.wanted(request.query_params, asked.page)
        (report,) = await self._reports.breakdowns(asked.query, [table], other=asked.other)
        if asked.given.format is Format.CSV:
            return _csv(f"breakdown-{table.subject}", report.days, breakdown.breakdown_table(report))
        return _json(breakdown.breakdown(report, asked.given))

    async def timeseries(self, request: Request, user: User) -> Response:
        """One metric by day or by another interval, of the site or of one page."""
        asked = (await self._understand(request, user)).without_goal("timeseries")
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

    async def _series(self, request: Request, asked: Asked, interval: Interval) -> Response:
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

    async def _reached(self, asked: Asked, *by: By) -> Reached | None:
        """Who of each row reached the goal that is asked for, if one is."""
        if asked.goal is None:
            return None
        return await self._reports.conversions(asked.query, asked.goal, *by, assistants=False)

    async def _goal(self, query: Query, goal: Step, report: Summary) -> dict[str, dict[str, Cell]]:
        """What a goal adds to a summary."""
        now, past = await self._reports.conversions(query, goal), None
        if report.previous_days is not None:
            past = await self._reports.conversions(replace(query, days=report.previous_days), goal)
        elif report.before is not None and report.before.found is not None:
            past = await self._reports.conversions(query.before(report.before.other), goal)
        is_compared = report.previous_days is not None or report.before is not None
        return extended.goal_metrics(now.total, None if past is None else past.total, is_compared=is_compared)


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
