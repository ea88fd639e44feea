"""The job of reports: once a week or a month a site's numbers are sent to who wants them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from aggregations.tables import Table
from core.comparisons import Other
from core.intervals import Calendar, Interval
from core.query import Query
from ops.messages import periods
from ops.messages.report_text import LISTS, ROWS, Found, compose
from storage import messages, sites

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from aggregations.reports import Reports
    from core.clock import Clock
    from core.jobs import Job
    from core.messages import Composed
    from core.ranges import Days
    from core.sites import Site

_TABLES: Final = [Table(subject=subject, limit=ROWS) for subject in LISTS]


class ReportWork:
    """`core.jobs.Work` whose subjects are sites.

    Nobody gets two reports of the same days. A report that was missed is made up for if it is the latest one.

    Args:
        interval: of what reports are: week or month.
        pool: connections, for threads.
        reports: what the numbers are read from.
        clock: which day it is.
        public_url: how browsers reach us, without a slash at the end; '' where nobody knows.
    """

    def __init__(
        self, interval: Interval, *, pool: ConnectionPool, reports: Reports, clock: Clock, public_url: str
    ) -> None:
        self._interval = interval
        self._pool = pool
        self._reports = reports
        self._clock = clock
        self._public_url = public_url

    async def run(self, job: Job) -> int | None:
        """Write the latest report to everybody who wants it; return when the next is due, None if the site is gone.

        The first run of a job writes none: whoever has just asked for reports gets the first at the end of the week, or
        month, that goes on.

        Raises:
            Unavailable: the store or the archive does not answer, or it takes too long.
            Overloaded: too many reports are waiting.
        """
        site = await asyncio.to_thread(self._site, job.subject)
        if site is None:
            return None
        now = self._clock.now_ms()
        calendar = Calendar(zone=ZoneInfo(site.time_zone), week_start=site.week_start)
        if job.succeeded_at is not None:
            days = periods.latest(self._interval, now, calendar)
            composed = await self._made(site, days, calendar)
            await asyncio.to_thread(self._notify, site, composed, days)
        return periods.next_time(self._interval, now, calendar)

    async def _made(self, site: Site, days: Days, calendar: Calendar) -> Composed:
        earlier = periods.before(self._interval, days.first, calendar)
        query = Query(site=site.id, days=site.kept(days), zone=calendar.zone)
        other = Other(days=site.kept(earlier), shift=len(earlier))
        found = Found(
            interval=self._interval,
            summary=await self._reports.summary(query, other=other),
            lists=await self._reports.breakdowns(query, _TABLES),
        )
        return compose(site, found, self._public_url)

    def _site(self, number: int) -> Site | None:
        with self._pool.connection() as connection:
            return sites.of_number(connection, number)

    def _notify(self, site: Site, composed: Composed, days: Days) -> None:
        with self._pool.connection() as connection:
            messages.notify(connection, site.id, composed, period=days.first.isoformat())
