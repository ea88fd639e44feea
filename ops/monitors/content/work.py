"""The job: whole runs through a site's pages, and its broken links again in between."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

from core.content import AGAIN, EVERY, CrawlKind, Role
from core.spans import DAY, HOUR, MINUTE
from ops.monitors.content.asking import Asker
from ops.monitors.content.beginning import NotNow, answers, begin_run
from ops.monitors.content.frontier import Frontier, saw_all
from ops.monitors.content.message import new_issues
from ops.monitors.content.robots import Rules
from ops.monitors.content.urls import Scope, canonical
from ops.monitors.content.walk import Pace, Walk
from storage import content, crawls, messages, sites
from storage.crawls import Crawl, NewUrl

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from core.jobs import Job
    from core.sites import Site
    from ops.outbound.client import Outbound
    from storage.content import ContentStatus

#: A run that nobody went on with for so long is not worth it, ms.
_STALE: Final = DAY
#: When a site is tried again that cannot be checked, and one that stopped to answer, ms.
_TRY_AGAIN: Final = HOUR
_LEFT_ALONE: Final = 10 * MINUTE
_USUAL: Final = Pace()


class _Known(NamedTuple):
    site: Site
    status: ContentStatus
    crawl: Crawl | None


class ContentWork:
    """Checks the content of sites."""

    def __init__(self, *, pool: ConnectionPool, outbound: Outbound, clock: Clock, pace: Pace = _USUAL) -> None:
        """Prepare one."""
        self._pool = pool
        self._outbound = outbound
        self._clock = clock
        self._pace = pace

    async def run(self, job: Job) -> int | None:
        """Go on with the run of a site, or begin one that is due; see `core.jobs.Work`."""
        known = await asyncio.to_thread(self._known, job.subject)
        if known is None:
            return None
        if known.crawl is not None and known.status.problem:
            if not await answers(self._outbound, known.crawl.root):
                return self._clock.now_ms() + _LEFT_ALONE
            await asyncio.to_thread(self._put_off, known.site, "", None)
        crawl = known.crawl or await self._begin(known)
        if crawl is None:
            return await asyncio.to_thread(self._due_at, known.site)
        return await self._go_on(known.site, crawl)

    def _known(self, number: int) -> _Known | None:
        with self._pool.connection() as connection:
            site = sites.of_number(connection, number)
            if site is None or not site.content:
                return None
            now = self._clock.now_ms()
            content.ensure(connection, site.id)
            crawl = crawls.find(connection, site.id)
            if crawl is not None and (now - crawl.started_at > _STALE or crawl.url != site.crawled_url):
                crawls.end(connection, site.id)
                crawl = None
            return _Known(site, content.status(connection, site.id, now=now), crawl)

    async def _begin(self, known: _Known) -> Crawl | None:
        """Begin what is due; None if nothing is, or can be."""
        now, site, status = self._clock.now_ms(), known.site, known.status
        if status.due_at is None or status.due_at <= now:
            try:
                crawl = await begin_run(self._outbound, site.crawled_url, now=now)
            except NotNow as problem:
                await asyncio.to_thread(self._put_off, site, str(problem), now + _TRY_AGAIN)
                return None
        elif status.broken and (status.checked_at or 0) + AGAIN <= now:
            root = canonical(site.crawled_url) or site.crawled_url
            crawl = Crawl(CrawlKind.RECHECK, site.crawled_url, root, now)
        else:
            return None
        await asyncio.to_thread(self._keep, site, crawl)
        return crawl

    def _keep(self, site: Site, crawl: Crawl) -> None:
        with self._pool.connection() as connection:
            crawls.begin(connection, site.id, crawl)
            if crawl.kind is CrawlKind.RECHECK:
                crawls.add_issues(connection, site.id)
            else:
                crawls.add_urls(connection, site.id, [NewUrl(crawl.root, Role.PAGE)], found_on=crawl.root, depth=0)

    def _put_off(self, site: Site, problem: str, until: int | None) -> None:
        with self._pool.connection() as connection:
            content.put_off(connection, site.id, problem, until=until)

    async def _go_on(self, site: Site, crawl: Crawl) -> int:
        """Work on a run for a turn, and return when the site is due again."""
        begun, limits = self._clock.monotonic(), self._pace.limits
        walk = await self._walk(site, crawl)
        while await walk.go_on():
            if walk.is_left_alone:
                await asyncio.to_thread(self._put_off, site, f"{crawl.root} does not answer any more", None)
                return self._clock.now_ms() + _LEFT_ALONE
            worked = self._clock.monotonic() - begun
            if crawl.spent + worked * 1_000 >= limits.work:
                break
            if worked >= self._pace.turn:
                return self._clock.now_ms()
        await asyncio.to_thread(self._end, site, crawl)
        return await asyncio.to_thread(self._due_at, site)

    async def _walk(self, site: Site, crawl: Crawl) -> Walk:
        def known() -> dict[str, Role]:
            with self._pool.connection() as connection:
                return crawls.known(connection, site.id)

        scope, rules = Scope.of(crawl.root), await asyncio.to_thread(Rules, crawl.robots)
        frontier = Frontier(scope, rules, self._pace.limits, await asyncio.to_thread(known))
        return Walk(
            site.id,
            pool=self._pool,
            clock=self._clock,
            asker=Asker(self._outbound, scope, rules, page_bounds=self._pace.page),
            frontier=frontier,
            scope=scope,
            pause=max(self._pace.pause, rules.pause),
        )

    def _end(self, site: Site, crawl: Crawl) -> None:
        """Let what the run found take the place of what was known, tell what is new, and forget the run: at once."""
        now = self._clock.now_ms()
        with self._pool.connection() as connection:
            if crawl.kind is CrawlKind.RECHECK:
                content.publish_recheck(connection, site.id, now=now)
            else:
                extent = crawls.extent(connection, site.id)
                is_whole = extent.read > 0 and extent.waiting == 0 and saw_all(extent, self._pace.limits)
                due_at = now + (EVERY if extent.read else _TRY_AGAIN)
                new = content.publish(connection, site.id, now=now, due_at=due_at, is_whole=is_whole)
                if new and not content.status(connection, site.id, now=now).emails_paused:
                    messages.notify(connection, site.id, new_issues(site, new))
            crawls.end(connection, site.id)

    def _due_at(self, site: Site) -> int:
        now = self._clock.now_ms()
        with self._pool.connection() as connection:
            status = content.status(connection, site.id, now=now)
        due_at = now if status.due_at is None else status.due_at
        return min(due_at, (status.checked_at or now) + AGAIN) if status.broken else due_at
