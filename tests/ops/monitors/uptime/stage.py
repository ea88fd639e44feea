"""A monitored site in a database, a world to ask, and a clock that is turned to the next check."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from core.jobs import Job, JobKind
from core.messages import Channel
from core.recipients import CHOICES
from ops.clock import SystemClock
from ops.monitors.uptime.asking import BOUNDS
from ops.monitors.uptime.work import UptimeWork
from storage import accounts, messages, recipients, sites, uptime
from storage.key_vault import KeyVault
from storage.pool import open_pool
from storage.sql import load
from tests.clocks import SetClock
from tests.outbound.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from psycopg_pool import ConnectionPool

    from core.sites import Site
    from ops.outbound.answer import Bounds
    from storage.uptime import Monitor, PastDowntime


class Told(NamedTuple):
    """A message that was written."""

    kind: str
    title: str
    text: str


class Stage:
    """One site, of whose monitor somebody is told everything."""

    def __init__(self, pool: ConnectionPool, world: World, work: UptimeWork, clock: SetClock, site: Site) -> None:
        self.pool = pool
        self.world = world
        self.clock = clock
        self.site = site
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

    def set(self, **settings: Any) -> None:  # noqa: ANN401 - values of settings
        """Change settings of the site, as its owner does."""
        with self.pool.connection() as connection:
            changed = sites.configure(connection, self.site.uuid, settings)
        assert changed is not None
        self.site = changed

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

    def told(self) -> list[Told]:
        """The messages about the site, the oldest first."""
        with self.pool.connection() as connection:
            found = messages.listed(connection, limit=1_000)
        return [Told(each.kind, each.title, each.text) for each in reversed(found) if each.site == self.site.uuid]

    def execute(self, statement: str, *values: object) -> None:
        """Change the database behind everybody's back."""
        with self.pool.connection() as connection:
            connection.execute(statement.encode(), values)

    def is_planned(self) -> bool:
        """Whether the site is to have a job."""
        with self.pool.connection() as connection:
            planned = connection.execute(load("jobs.of_uptime")).fetchall()
        return self.site.id in {subject for subject, _ in planned}


@contextmanager
def monitored(pool: ConnectionPool, domain: str, url: str) -> Iterator[Site]:
    """A site that is monitored, and somebody who is told."""
    with pool.connection() as connection:
        made = sites.insert(connection, account_id=accounts.ensure(connection, "users"), domain=domain)
        assert made is not None
        site = sites.configure(connection, made.uuid, {"uptime": True, "uptime_url": url})
        assert site is not None
        recipients.insert(
            connection, KeyVault(), site.id, channel=Channel.EMAIL, address="me@example.com", kinds=CHOICES
        )
    yield site
    with pool.connection() as connection:
        assert sites.delete(connection, site.uuid) is not None


@asynccontextmanager
async def staged(dsn: str, *, domain: str = "shop.test", bounds: Bounds = BOUNDS) -> AsyncIterator[Stage]:
    """A site whose front page in the world is asked for."""
    clock = SetClock(SystemClock().now_ms())
    with open_pool(dsn, size=3) as pool:
        async with World() as world, world.outbound() as outbound:
            work = UptimeWork(pool=pool, outbound=outbound, clock=clock, bounds=bounds)
            with monitored(pool, domain, world.url(domain)) as site:
                yield Stage(pool, world, work, clock, site)
