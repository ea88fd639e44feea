"""The job that finds out when a domain ends, against registries on loopback, a database, and a clock that is turned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from core.certificates import Warned
from core.jobs import Job, JobKind
from core.spans import DAY
from ops.monitors.domain.work import DomainWork
from storage import domains, messages, sites
from storage.domains import DomainCheck, Source
from storage.pool import open_pool
from storage.sql import load
from tests.clocks import SetClock
from tests.ops.monitors.domain.registry import Registry, registered
from tests.ops.monitors.stage import looked_after

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from psycopg_pool import ConnectionPool

    from core.sites import Site

#: 2027-06-01 00:00 UTC.
JUNE: Final = 1_811_808_000_000
DOMAIN: Final = "shop.zz"


class Stage:
    """A monitored site whose registry tells what it is set to."""

    def __init__(self, pool: ConnectionPool, registry: Registry, work: DomainWork, clock: SetClock, site: Site) -> None:
        self.pool = pool
        self.registry = registry
        self.clock = clock
        self.site = site
        self._work = work

    async def run(self) -> int | None:
        """Let the job run once; return when it is due again."""
        return await self._work.run(Job(1, JobKind.DOMAIN, self.site.id, self.clock.now))

    def known(self) -> DomainCheck | None:
        """What is stored."""
        with self.pool.connection() as connection:
            return domains.of_site(connection, self.site.id)

    def told(self) -> list[str]:
        """The titles of the messages, the oldest first."""
        with self.pool.connection() as connection:
            found = messages.listed(connection, limit=1_000)
        return [each.title for each in reversed(found) if each.site == self.site.uuid]

    def planned(self) -> dict[int, int]:
        """When which site is to have a job."""
        with self.pool.connection() as connection:
            rows = connection.execute(load("jobs.of_domain")).fetchall()
        return {subject: round(due_at.timestamp() * 1_000) for subject, due_at in rows}


@pytest.fixture
async def stage(module_database: str) -> AsyncIterator[Stage]:
    """A site whose domain ends in June."""
    clock = SetClock(JUNE - 31 * DAY)
    with open_pool(module_database, size=3) as pool, looked_after(pool, DOMAIN, uptime=True) as site:
        async with registered(clock) as (registry, registries):
            registry.tells(DOMAIN, "2027-06-01T00:00:00Z")
            yield Stage(pool, registry, DomainWork(pool=pool, registries=registries, clock=clock), clock, site)


async def test_it_asks_once_a_day_and_warns_once_at_each_threshold(stage: Stage) -> None:
    """From 31 days before to 2 days after; a renewal begins anew."""
    while stage.clock.now <= JUNE + 2 * DAY:
        due_at = await stage.run()
        assert due_at == stage.clock.now + DAY
        assert stage.planned()[stage.site.id] == due_at
        stage.clock.now = due_at
    expected = [f"The domain {DOMAIN} expires in {days} days" for days in (30, 14, 7)]
    expected += [f"The domain {DOMAIN} expires in 1 day", f"The domain {DOMAIN} has expired"]
    assert stage.told() == expected
    stage.registry.tells(DOMAIN, "2028-06-01T00:00:00Z")
    await stage.run()
    stage.clock.now = JUNE + (366 - 10) * DAY
    await stage.run()
    assert stage.told() == [*expected, f"The domain {DOMAIN} expires in 10 days"]


async def test_what_was_known_stays_known_while_nobody_answers(stage: Stage) -> None:
    """What went wrong is beside it; it is asked again the next day."""
    stage.clock.now = JUNE - 20 * DAY
    await stage.run()
    first = DomainCheck(stage.site.id, DOMAIN, stage.clock.now, JUNE, Source.RDAP, "", Warned(30, stage.clock.now))
    assert stage.known() == first
    stage.registry.tells(DOMAIN, None, 503)
    stage.clock.now += 7 * DAY
    assert await stage.run() == stage.clock.now + DAY
    assert stage.known() == first._replace(
        tested_at=stage.clock.now,
        error="The registry answers with status 503",
        warned=Warned(14, stage.clock.now),
    )
    stage.registry.tells(DOMAIN, None)
    stage.clock.now += DAY
    await stage.run()
    known = stage.known()
    assert known is not None
    assert (known.expires_at, known.source, known.error) == (None, None, "")


async def test_another_domain_begins_anew(stage: Stage) -> None:
    """Nothing is known of it, and what is found is its own."""
    stage.clock.now = JUNE - 5 * DAY
    await stage.run()
    with stage.pool.connection() as connection:
        sites.update(connection, stage.site.uuid, account_id=None, domain="other.zz")
    assert stage.known() is None
    stage.registry.tells("other.zz", None, 503)
    await stage.run()
    known = stage.known()
    assert known is not None
    assert (known.domain, known.expires_at, known.warned) == ("other.zz", None, Warned())


async def test_a_site_that_is_switched_off_is_not_asked_for(stage: Stage) -> None:
    """Its job has no subject any more."""
    with stage.pool.connection() as connection:
        sites.configure(connection, stage.site.uuid, {"uptime": False})
    assert await stage.run() is None
    assert stage.site.id not in stage.planned()
    assert (stage.known(), stage.registry.asked) == (None, [])
