"""What a request asks of a report of days: the user's site, its days, who is meant, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict
from zoneinfo import ZoneInfo

from fastapi.concurrency import run_in_threadpool

from api.dialects.tinytrail import named, parameters
from api.dialects.tinytrail.filters import filters
from core.comparisons import other
from core.errors import InvalidInput
from core.globs import PathGroups
from core.intervals import Calendar
from core.query import Group, Query
from core.ranges import Period, date_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from fastapi import Request

    from aggregations.reports import Reports
    from api.dialects.tinytrail.named import Named
    from api.dialects.tinytrail.parameters import Parameters
    from core.accounts import Principal
    from core.clock import Clock
    from core.comparisons import Other
    from core.sites import Site
    from core.steps import Step


class Page(TypedDict):
    """Which rows of a list."""

    limit: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for a report of days, understood."""

    given: Parameters
    query: Query
    calendar: Calendar
    other: Other | None = None  #: what the report is compared with, beyond what the API's own text knows
    goal: Step | None = None

    @property
    def page(self) -> Page:
        """The rows that are asked for."""
        return {"limit": self.given.per_page, "offset": (self.given.page - 1) * self.given.per_page}

    def without_goal(self, report: str) -> Asked:
        """The same, for a report that has no goals.

        Raises:
            InvalidInput: it is asked for one.
        """
        if self.goal is not None:
            raise InvalidInput(f"goal: the report {report} has no goals")
        return self

    def without_comparison(self, report: str) -> Asked:
        """The same, for a report that is compared with nothing.

        Raises:
            InvalidInput: it is asked to be, by a word that is not the API's own: those it ignores.
        """
        if self.other is not None:
            raise InvalidInput(f"compare={self.given.against}: the report {report} is compared with nothing")
        return self


class Understanding:
    """Understands requests.

    Args:
        reports: tells where a site's data begin.
        find_site: gives a user a site, or raises `NotFound`; runs in a thread.
        named: knows segments, goals and funnels.
        clock: tells what today is.
    """

    def __init__(
        self, *, reports: Reports, find_site: Callable[[Principal, UUID], Site], named: Named, clock: Clock
    ) -> None:
        self._reports = reports
        self._find_site = find_site
        self._named = named
        self._clock = clock

    async def asked(self, request: Request, user: Principal) -> Asked:
        """What is asked for, and of which site.

        Raises:
            InvalidInput: a parameter is not understood.
            NotFound: the user has no such site.
        """
        uuid = parameters.website_id(request.query_params)
        given = parameters.parameters(request.query_params)
        sent = request.query_params.multi_items()
        segments, goal = named.segments(sent), named.name_of(sent, "goal")
        chosen = filters(sent)
        site = await run_in_threadpool(self._find_site, user, uuid)
        if segments:
            chosen = (*await run_in_threadpool(self._named.segments, site.id, segments), *chosen)
        zone = ZoneInfo(site.time_zone)
        asks_for_all = given.start is None and given.period is Period.ALL
        oldest = await self._reports.oldest(site.id, zone) if asks_for_all else None
        now = self._clock.now_ms()
        days = site.kept(given.days(today=date_at(now, zone), oldest=oldest))
        groups = PathGroups(site.content_groups)
        return Asked(
            given=given,
            query=Query(
                site=site.id,
                days=days,
                zone=zone,
                bots=given.bots,
                group=None if given.content_group is None else Group(name=given.content_group, groups=groups),
                filters=chosen,
                groups=groups,
            ),
            calendar=Calendar(zone=zone, week_start=site.week_start),
            other=None if given.against is None else other(days, given.against, now_ms=now, zone=zone),
            goal=None if goal is None else await run_in_threadpool(self._named.goal, site.id, goal),
        )

    async def steps(self, request: Request, asked: Asked) -> tuple[Step, ...]:
        """The steps of a funnel, as they are sent or as they are named.

        Raises:
            InvalidInput: they are neither, or both.
        """
        sent = request.query_params.multi_items()
        name = named.name_of(sent, "funnel")
        if name is None:
            return parameters.steps(sent)
        parameters.require_no_steps(sent)
        return await run_in_threadpool(self._named.funnel, asked.query.site, name)
