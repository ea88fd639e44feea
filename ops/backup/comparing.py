"""Whether two installations answer alike."""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import TYPE_CHECKING, Final

from aggregations.reports import Reports
from core.errors import FootfallError
from core.filters import parse_filters
from core.query import Query
from core.ranges import Days
from core.telemetry import NoTelemetry
from storage import reports as stored
from storage import sites
from storage.pool import open_pool
from storage.times import instant

if TYPE_CHECKING:
    from core.clock import Clock
    from core.sites import Site
    from ops.backup.progress import Progress
    from storage.archive.store import ArchiveStore

#: A database, and the archive of its files.
Installed = tuple[str, "ArchiveStore | None"]

#: Everybody, but asked in a way that no sum answers: the files and the rows themselves are read.
_EVERYBODY: Final = parse_filters([("country", "!nowhere")])
_PAGES: Final = 1_000


def require_same_reports(first: Installed, second: Installed, *, clock: Clock, progress: Progress) -> int:
    """Ask both for totals and pages of each site from its first day on, from sums and from files and rows.

    Returns:
        How many sites were asked about.

    Raises:
        FootfallError: they differ; the message names the site.
        Unavailable: one does not answer.
    """
    one, other = (asyncio.run(_answers(*each, clock=clock, progress=progress)) for each in (first, second))
    for domain, answers in one.items():
        if other.get(domain) != answers:
            raise FootfallError(f"the reports of {domain} differ between the two: do not use the copy, and report this")
    return len(one)


async def _answers(
    dsn: str, archive: ArchiveStore | None, *, clock: Clock, progress: Progress
) -> dict[str, list[object]]:
    with open_pool(dsn, size=2, name="footfall compare") as pool:
        with pool.connection() as connection:
            known = sites.of_account(connection, None)
            oldest = {site.id: stored.oldest(connection, site=site.id) for site in known}
        reports = Reports(pool, clock=clock, telemetry=NoTelemetry(), archive=archive)
        try:
            answers = {}
            for done, site in enumerate(known):
                progress("reports", done, len(known))
                answers[f"{site.domain} ({site.uuid})"] = await _of_site(reports, site, oldest[site.id], clock.now_ms())
            progress("reports", len(known), len(known))
            return answers
        finally:
            reports.close()


async def _of_site(reports: Reports, site: Site, oldest: int | None, now: int) -> list[object]:
    if oldest is None:
        return []
    days = Days(first=instant(oldest).date(), last=instant(now).date())
    query = Query(site=site.id, days=days, zone=UTC, bots=True)
    everybody = Query(site=site.id, days=days, zone=UTC, bots=True, filters=_EVERYBODY)
    return [
        await reports.summary(query),
        await reports.pages(query, limit=_PAGES),
        await reports.summary(everybody),
        await reports.pages(everybody, limit=_PAGES),
    ]
