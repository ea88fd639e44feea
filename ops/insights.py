"""The job of insights: once a day, what is remarkable about a site's week is kept, and told to who wants to know."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from aggregations.insights.finding import signals
from aggregations.insights.gathering import gather
from aggregations.insights.schedule import latest_day, next_time
from aggregations.insights.signals import SignalKind
from aggregations.insights.telling import document
from core.messages import Composed, MessageKind
from storage import insights, sites
from storage.messages import notify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from psycopg_pool import ConnectionPool

    from aggregations.reports import Reports
    from core.clock import Clock
    from core.jobs import Job
    from core.sites import Site

#: Hits of the week without which there is nothing to be said.
LEAST_HITS: Final = 10
#: How long insights are kept: a year and the day of the next one, with some weeks to spare.
KEPT: Final = timedelta(days=400)
#: A signal that the insights of before had is no news, unless they are so old.
_TOLD: Final = timedelta(days=7)


async def made(reports: Reports, site: Site, day: date) -> dict[str, Any] | None:
    """Return what is to be said about the seven days of the site up to `day`; None of too few hits.

    Raises:
        Unavailable: the store or the archive does not answer, or it takes too long.
        Overloaded: too many reports are waiting.
    """
    facts = await gather(reports, site, day)
    if facts is None or facts.week.hits < LEAST_HITS:
        return None
    return document(facts, signals(facts))


class InsightWork:
    """`core.jobs.Work` whose subjects are sites.

    A day that was missed is made up for if it is the latest one; earlier ones are not. Of a day that has its insights
    nothing is changed.

    Args:
        pool: connections, for threads.
        reports: what the numbers are read from.
        clock: which day it is.
    """

    def __init__(self, *, pool: ConnectionPool, reports: Reports, clock: Clock) -> None:
        self._pool = pool
        self._reports = reports
        self._clock = clock

    async def run(self, job: Job) -> int | None:
        """Make the insights of the site's latest day; return when those of the next are due, None if it wants none.

        Raises:
            Unavailable: the store or the archive does not answer, or it takes too long.
            Overloaded: too many reports are waiting.
        """
        site = await asyncio.to_thread(self._site, job.subject)
        if site is None or not site.insights:
            return None
        now, zone = self._clock.now_ms(), ZoneInfo(site.time_zone)
        day = latest_day(now, zone)
        if not await asyncio.to_thread(self._exist, site, day):
            said = await made(self._reports, site, day)
            await asyncio.to_thread(self._keep, site, day, now, said)
        return next_time(now, zone)

    def _site(self, number: int) -> Site | None:
        with self._pool.connection() as connection:
            return sites.of_number(connection, number)

    def _exist(self, site: Site, day: date) -> bool:
        with self._pool.connection() as connection:
            return insights.exist(connection, site=site.id, day=day)

    def _keep(self, site: Site, day: date, now: int, said: Mapping[str, Any] | None) -> None:
        with self._pool.connection() as connection:
            insights.forget(connection, site=site.id, before=day - _kept_for(site))
            if said is None:
                return
            before = insights.page(connection, site=site.id, limit=1).rows
            told = [each.document for each in before if day - each.day < _TOLD]
            kept = insights.insert(connection, site=site.id, day=day, generated_at=now, document=said)
            if kept and is_news(said, told):
                notify(connection, site.id, message(site, day, said))


def _kept_for(site: Site) -> timedelta:
    """How long its insights are kept: not longer than the sums that they are made of."""
    return KEPT if site.rollup_retention_days is None else min(KEPT, timedelta(days=site.rollup_retention_days))


def is_news(said: Mapping[str, Any], told: Iterable[Mapping[str, Any]]) -> bool:
    """Whether there is a signal that none of the documents has: a week's change is one for seven nights."""
    known = {_topic(signal) for document in told for signal in document["signals"]}
    return any(_topic(signal) not in known for signal in said["signals"])


def _topic(signal: Mapping[str, Any]) -> tuple[object, ...]:
    numbers = signal["payload_excerpt"]
    named = (numbers.get(name) for name in ("path", "referrer", "dimension", "value", "direction"))
    began = signal["window"]["started_at"] if signal["type"] == SignalKind.LIVE_SPIKE else None
    return (signal["type"], *named, began)


def message(site: Site, day: date, said: Mapping[str, Any]) -> Composed:
    """Return what recipients are told of insights with a signal that is news."""
    found = [f"- {signal['headline']}: {signal['summary']}" for signal in said["signals"]]
    parts = [said["summary"], "\n".join(found), said["traffic_patterns"], said["best_content"], said["recommendations"]]
    return Composed(
        kind=MessageKind.INSIGHTS,
        title=f"{site.domain}: {said['signals'][0]['headline']}",
        text="\n\n".join(parts),
        data={"insights_for_date": day.isoformat(), **said},
    )
