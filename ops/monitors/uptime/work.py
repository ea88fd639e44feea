"""The job that asks a site if it is up, and writes what it finds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.certificates import Warned, warning
from core.uptime import Standing, step
from ops.monitors.uptime import telling
from ops.monitors.uptime.asking import BOUNDS, look
from storage import messages, uptime
from storage.uptime import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from core.jobs import Job
    from core.messages import Composed
    from core.sites import Site
    from ops.monitors.uptime.asking import Look
    from ops.outbound.answer import Bounds
    from ops.outbound.client import Outbound
    from storage.uptime import Monitor


class UptimeWork:
    """A `core.jobs.Work`. What a check finds and who is told of it is written in one transaction.

    A check whose finding cannot be written never was: the time since the one before was not watched if the next comes
    too late.
    """

    def __init__(self, *, pool: ConnectionPool, outbound: Outbound, clock: Clock, bounds: Bounds = BOUNDS) -> None:
        self._pool = pool
        self._outbound = outbound
        self._clock = clock
        self._bounds = bounds

    async def run(self, job: Job) -> int | None:
        """Check the site once; None if it is not to be checked any more.

        Raises:
            psycopg.Error: what was found cannot be written.
        """
        site = await asyncio.to_thread(self._site, job.subject)
        if site is None:
            return None
        now = self._clock.now_ms()
        seen = await look(self._outbound, site.monitored_url, self._bounds)
        return await asyncio.to_thread(self._write, site, now, seen)

    def _site(self, number: int) -> Site | None:
        with self._pool.connection() as connection:
            return uptime.monitored(connection, number)

    def _write(self, asked: Site, now: int, seen: Look) -> int | None:
        """Return when it is to be checked next."""
        with self._pool.connection() as connection:
            site = uptime.hold(connection, asked.id)
            if site is None:
                return None
            if site.monitored_url != asked.monitored_url:
                return self._clock.now_ms()
            before = uptime.of_site(connection, site.id)
            check, level = _check(before, site.monitored_url, now, seen)
            uptime.write(connection, site.id, check)
            for composed in _told(site, before, check, level):
                messages.notify(connection, site.id, composed)
            return check.step.due_at


def _check(before: Monitor | None, url: str, now: int, seen: Look) -> tuple[Check, int | None]:
    """Return what is to be written, and what is to be told of the certificate."""
    certificate, warned, level = seen.certificate, Warned(), None
    if before is not None and before.url == url:
        warned = before.warned
        if seen.error and certificate is None:
            certificate = before.certificate
    if certificate is not None:
        level, warned = warning(certificate, warned, now)
    standing = Standing() if before is None else before.standing(url)
    found = step(standing, now, is_up=not seen.error)
    return Check(now, url, seen.status, seen.error, certificate, warned, found), level


def _told(site: Site, before: Monitor | None, check: Check, level: int | None) -> Iterator[Composed]:
    downtime = None if before is None else before.downtime
    if downtime is not None:
        if check.step.confirms:
            yield telling.down(site, check.error, downtime.started_at)
        if check.step.due_at is None:
            yield telling.paused(site, check.error, downtime.started_at)
        if downtime.is_confirmed and check.step.ended_at is not None and not check.error:
            yield telling.up(site, downtime.started_at, check.step.ended_at)
    if level is not None and check.certificate is not None:
        yield telling.certificate(site, check.certificate, level, check.at)
