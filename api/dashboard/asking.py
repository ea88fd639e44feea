"""What a look at a site's report asks of its reports."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from api.dashboard.report import query_of
from core.ranges import Period

if TYPE_CHECKING:
    from api.dashboard.parts import Parts, Shown
    from api.dashboard.report import Asked


async def asked_of(parts: Parts, shown: Shown) -> Asked:
    """What the state asks for; where it asks for all days, from the first with anything.

    Raises:
        Unavailable: as for every report.
    """
    site, state = shown.site, shown.state
    oldest = None
    if state.days is None and state.period is Period.ALL:
        oldest = await parts.reports.oldest(site.id, ZoneInfo(site.time_zone))
    return query_of(site, state, shown.now, oldest=oldest)
