"""A site whose content is checked in a database, a world to look through, and a clock that is turned."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from core.content import IssueKind
from core.jobs import Job, JobKind
from ops.clock import SystemClock
from ops.monitors.content.frontier import Limits
from ops.monitors.content.walk import Pace
from ops.monitors.content.work import ContentWork
from ops.outbound.answer import Bounds
from storage import content, crawls
from storage.pool import open_pool
from tests.clocks import SetClock
from tests.ops.monitors.stage import SiteStage, looked_after
from tests.outbound.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from psycopg_pool import ConnectionPool

    from core.content import Issue
    from core.sites import Site
    from ops.outbound.client import Outbound
    from storage.content import ContentStatus
    from storage.crawls import Crawl

#: No pauses, and a second for each request.
PACE = Pace(pause=0, page=Bounds(seconds=1))


class Stage(SiteStage):
    """One site, of whose content somebody is told everything."""

    def __init__(self, pool: ConnectionPool, world: World, outbound: Outbound, clock: SetClock, site: Site) -> None:
        super().__init__(pool, world, clock, site)
        self.outbound = outbound
        self.job = Job(1, JobKind.CONTENT, site.id, clock.now)
        self.pace = PACE

    def work(self) -> ContentWork:
        """The job's work, of a process that has just begun."""
        return ContentWork(pool=self.pool, outbound=self.outbound, clock=self.clock, pace=self.pace)

    def limit(self, **limits: int) -> None:
        """Set bounds of runs."""
        self.pace = Pace(pause=0, page=Bounds(seconds=1), limits=Limits(**limits))

    async def check(self) -> int:
        """Let the job run once; return in how many ms it is due again."""
        due_at = await self.work().run(self.job)
        assert due_at is not None
        return due_at - self.clock.now

    async def next_run(self) -> int:
        """Let a whole run begin now, and end."""
        with self.pool.connection() as connection:
            content.want(connection, self.site.id, now=self.clock.now)
        return await self.check()

    def status(self) -> ContentStatus:
        """What is known of it."""
        with self.pool.connection() as connection:
            return content.status(connection, self.site.id, now=self.clock.now)

    def crawl(self) -> Crawl | None:
        """The run that is under way."""
        with self.pool.connection() as connection:
            return crawls.find(connection, self.site.id)

    def issues(self) -> dict[str, Issue]:
        """Those that are not resolved, by the path of what is broken or insecure."""
        with self.pool.connection() as connection:
            found = content.issues(connection, self.site.id)
        return {self.short(issue.url): issue for issue in found if issue.resolved_at is None}

    def short(self, url: str) -> str:
        """An address without the port, and without the site's own host."""
        for port in (self.world.port, self.world.tls_port, self.world.closed_port):
            url = url.replace(f":{port}", "")
        return url.removeprefix("http://shop.test").removeprefix("https://shop.test")

    def broken(self) -> dict[str, tuple[int | None, str]]:
        """Broken links with status and words."""
        return {
            path: (issue.status_code, issue.message)
            for path, issue in self.issues().items()
            if issue.kind is IssueKind.BROKEN_LINK
        }

    def asked(self, host: str = "shop.test") -> list[str]:
        """What a host was asked for so far, in order, as `METHOD /path`."""
        seen = [each for each in self.world.asked if f"//{host}:" in each.url]
        return [f"{each.method} /{each.url.split('/', 3)[3]}" for each in seen]


@asynccontextmanager
async def staged(dsn: str) -> AsyncIterator[Stage]:
    """A site that begins at the front page of `shop.test`."""
    clock = SetClock(SystemClock().now_ms() // 1_000 * 1_000)
    with open_pool(dsn, size=3) as pool:
        async with World() as world, world.outbound() as outbound:
            with looked_after(pool, "shop.test", content=True, content_url=world.url("shop.test")) as site:
                yield Stage(pool, world, outbound, clock, site)
