"""A monitored site in a database, a world to ask, and a clock that is turned to the next check."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from core.jobs import Job, JobKind
from ops.clock import SystemClock
from ops.monitors.uptime.asking import BOUNDS
from ops.monitors.uptime.work import UptimeWork
from storage import uptime
from storage.pool import open_pool
from storage.sql import load
from tests.clocks import SetClock
from tests.ops.monitors.stage import SiteStage, looked_after
from tests.outbound.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from psycopg_pool import ConnectionPool

    from core.sites import Site
    from ops.outbound.answer import Bounds
    from storage.uptime import Monitor, PastDowntime


class Stage(SiteStage):
    """One site, of whose monitor somebody is told everything."""

    def __init__(self, pool: ConnectionPool, world: World, work: UptimeWork, clock: SetClock, site: Site) -> None:
        super().__init__(pool, world, clock, site)
        self.job = Job(1, JobKind.UPTIME, site.id, clock.now)
        self._work = work

    async def check(self) -> int | None:
        """Let the job run once; return when it is due again."""
        return await self._work.run(self.job)

    async def check_until(self, end: int) -> int:
        """Run the job whenever it is due until a time, ms, and return how often it ran."""
        number = 0
        while self.clock.now < end:
            due_at = await self.check()
            number += 1
            assert due_at is not None
            assert due_at > self.clock.now
            self.clock.now = due_at
        return number

    def monitor(self) -> Monitor:
        """The site after its last check."""
        with self.pool.connection() as connection:
            found = uptime.of_site(connection, self.site.id)
        assert found is not None
        return found

    def percentage(self) -> float | None:
        """The uptime of 30 days."""
        with self.pool.connection() as connection:
            return uptime.percentage(connection, self.monitor(), self.clock.now)

    def downtimes(self) -> list[PastDowntime]:
        """Those of 30 days, the newest first."""
        with self.pool.connection() as connection:
            return uptime.downtimes(connection, self.site.id, self.clock.now, limit=100)

    def execute(self, statement: str, *values: object) -> None:
        """Change the database behind everybody's back."""
        with self.pool.connection() as connection:
            connection.execute(statement.encode(), values)

    def is_planned(self) -> bool:
        """Whether the site is to have a job."""
        with self.pool.connection() as connection:
            planned = connection.execute(load("jobs.of_uptime")).fetchall()
        return self.site.id in {subject for subject, _ in planned}


@asynccontextmanager
async def staged(dsn: str, *, domain: str = "shop.test", bounds: Bounds = BOUNDS) -> AsyncIterator[Stage]:
    """A site whose front page in the world is asked for."""
    clock = SetClock(SystemClock().now_ms())
    with open_pool(dsn, size=3) as pool:
        async with World() as world, world.outbound() as outbound:
            work = UptimeWork(pool=pool, outbound=outbound, clock=clock, bounds=bounds)
            with looked_after(pool, domain, uptime=True, uptime_url=world.url(domain)) as site:
                yield Stage(pool, world, work, clock, site)
