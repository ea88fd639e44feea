"""The jobs of an installation: what is done for each kind, and with what."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from aggregations.reports import Reports
from core.jobs import JobKind
from ops.alerts import AlertWork
from ops.insights import InsightWork
from ops.jobs.runner import JobRunner
from ops.jobs.thread import JobThread
from ops.monitors.content.work import ContentWork
from ops.monitors.domain.asking import Registries
from ops.monitors.domain.work import DomainWork
from ops.monitors.uptime.work import UptimeWork
from ops.wiring.messages import message_works
from ops.wiring.outbound import outbound
from storage.pool import open_pool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from core.jobs import Work
    from core.telemetry import Telemetry
    from ops.settings import Settings
    from storage.archive.store import ArchiveStore
    from storage.key_vault import KeyVault

#: Connections that works share. Each takes one for a moment, in a thread.
_CONNECTIONS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class JobParts:
    """What works are made of."""

    settings: Settings
    pool: ConnectionPool  #: for threads
    reports: Reports
    archive: ArchiveStore | None
    vault: KeyVault
    clock: Clock
    telemetry: Telemetry


@contextlib.contextmanager
def jobs(  # noqa: PLR0913 - the parts they are made of
    settings: Settings,
    *,
    dsn: str,
    archive: ArchiveStore | None,
    vault: KeyVault,
    clock: Clock,
    telemetry: Telemetry,
) -> Iterator[JobRunner]:
    """Jobs run in a thread of their own as long as the context lasts."""
    works = partial(opened, settings, dsn=dsn, archive=archive, vault=vault, clock=clock, telemetry=telemetry)
    runner = JobRunner(dsn=dsn, works=works, clock=clock, telemetry=telemetry)
    with JobThread(runner):
        yield runner


@contextlib.asynccontextmanager
async def opened(  # noqa: PLR0913 - the parts they are made of
    settings: Settings,
    *,
    dsn: str,
    archive: ArchiveStore | None,
    vault: KeyVault,
    clock: Clock,
    telemetry: Telemetry,
) -> AsyncIterator[Mapping[JobKind, Work]]:
    """The works with all that they need, in the event loop that will run them.

    Raises:
        Unavailable: the database did not answer in time.
    """
    pool = await asyncio.to_thread(partial(open_pool, dsn, size=_CONNECTIONS, name="footfall works"))
    reports = Reports(pool, clock=clock, telemetry=telemetry, archive=archive)
    try:
        parts = JobParts(
            settings=settings,
            pool=pool,
            reports=reports,
            archive=archive,
            vault=vault,
            clock=clock,
            telemetry=telemetry,
        )
        async with contextlib.AsyncExitStack() as stack:
            yield await works(parts, stack)
    finally:
        reports.close()
        await asyncio.to_thread(pool.close)


async def works(parts: JobParts, stack: contextlib.AsyncExitStack) -> dict[JobKind, Work]:
    """Return what is done for each kind; one that is switched off is missing. What has to be closed is in the stack."""
    found: dict[JobKind, Work] = {
        JobKind.ALERT: AlertWork(pool=parts.pool, reports=parts.reports, clock=parts.clock),
        JobKind.INSIGHTS: InsightWork(pool=parts.pool, reports=parts.reports, clock=parts.clock),
    }
    client = outbound(parts.settings, parts.telemetry)
    asking = None if client is None else await stack.enter_async_context(client)
    if asking is not None:
        found[JobKind.CONTENT] = ContentWork(pool=parts.pool, outbound=asking, clock=parts.clock)
        registries = Registries(asking, parts.clock, rdap_url=parts.settings.rdap_url)
        found[JobKind.DOMAIN] = DomainWork(pool=parts.pool, registries=registries, clock=parts.clock)
        found[JobKind.UPTIME] = UptimeWork(pool=parts.pool, outbound=asking, clock=parts.clock)
    return found | message_works(parts, asking)
