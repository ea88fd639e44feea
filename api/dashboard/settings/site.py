"""The section of what a site is called and where it keeps time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fastapi.concurrency import run_in_threadpool
from psycopg.errors import UniqueViolation

from api.dashboard.settings.forms import Checks, Wrong
from api.dashboard.settings.sections import Saved
from api.dashboard.settings.writing import change_site
from core.site_settings import SETTINGS, check_settings, time_zones
from core.sites import WeekStart, check_domain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg_pool import ConnectionPool

    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking

_SETTINGS: Final = {"time_zone": "Time zone", "week_start": "Week"}


class SiteEditor:
    """Domain, time zone and week. See `Editor`."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:
        """See `Editor`."""
        site = asking.site
        now = {"domain": site.domain, "time_zone": site.time_zone, "week_start": site.week_start.value}
        return {
            "filled": now if typed is None else {name: typed.get(name, "") for name in now},
            "zones": time_zones(),
            "week_starts": [day.value for day in WeekStart],
            "help": {name: SETTINGS[name].meaning for name in _SETTINGS},
        }

    async def save(self, asking: Asking, posted: Posted) -> Saved:
        """See `Editor`."""
        checks = Checks()
        domain = checks.field("domain", "Domain", lambda: check_domain(posted.get("domain", "")))
        changes: dict[str, Any] = {}
        for name, label in _SETTINGS.items():
            given = {name: posted.get(name, "").strip()}
            changes |= checks.field(name, label, partial(check_settings, given)) or {}
        checks.done()
        try:
            site = await run_in_threadpool(change_site, self._pool, asking, changes, domain=domain)
        except UniqueViolation:
            raise Wrong({"domain": f"The account has another site {domain} already: choose another domain."}) from None
        return Saved(site=site)
