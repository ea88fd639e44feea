"""The job that finds out when a site's domain ends, once a day, and warns of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from core.certificates import Presented, Warned, warning
from core.spans import DAY
from ops.monitors.domain.registration import NotTold, Registration
from ops.monitors.domain.telling import expiring
from storage import domains, messages, uptime
from storage.domains import DomainCheck

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from core.jobs import Job
    from core.sites import Site
    from ops.monitors.domain.asking import Registries

_EVERY: Final = DAY


class DomainWork:
    """A `core.jobs.Work`. What is found and the warning of it are written in one transaction.

    That a registry does not answer is no failure of the job: it is written down, and asked again the next day. What
    was known before stays known.
    """

    def __init__(self, *, pool: ConnectionPool, registries: Registries, clock: Clock) -> None:
        self._pool = pool
        self._registries = registries
        self._clock = clock

    async def run(self, job: Job) -> int | None:
        """Ask once; None if the site is not monitored any more.

        Raises:
            psycopg.Error: what was found cannot be written.
        """
        site = await asyncio.to_thread(self._site, job.subject)
        if site is None:
            return None
        found, error = Registration(None, None), ""
        try:
            found = await self._registries.of(site.domain)
        except NotTold as problem:
            error = str(problem)
        return await asyncio.to_thread(self._write, site, found, error)

    def _site(self, number: int) -> Site | None:
        with self._pool.connection() as connection:
            return uptime.monitored(connection, number)

    def _write(self, asked: Site, found: Registration, error: str) -> int | None:
        """Return when it is to be asked next."""
        now = self._clock.now_ms()
        with self._pool.connection() as connection:
            site = uptime.hold(connection, asked.id)
            if site is None:
                return None
            if site.domain != asked.domain:
                return now
            before = domains.of_site(connection, site.id)
            check, level = _check(site, before, now, found, error)
            domains.put(connection, check)
            if level is not None and check.expires_at is not None:
                messages.notify(connection, site.id, expiring(site, check.expires_at, level, now))
        return now + _EVERY


def _check(
    site: Site, before: DomainCheck | None, now: int, found: Registration, error: str
) -> tuple[DomainCheck, int | None]:
    """Return what is to be written, and what is to be told."""
    if error and before is not None:
        found = Registration(before.expires_at, before.source)
    warned, level = Warned() if before is None else before.warned, None
    if found.expires_at is not None:
        level, warned = warning(Presented(found.expires_at, is_valid=True), warned, now)
    return DomainCheck(site.id, site.domain, now, found.expires_at, found.source, error, warned), level
