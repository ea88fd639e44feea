"""What a request asks of a site: which site, and which days in the zone that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fastapi.concurrency import run_in_threadpool

from api.dialects.tinylytics.access import site_finder
from api.dialects.tinylytics.ranges import Boundaries, boundaries, days_range
from storage import keys

if TYPE_CHECKING:
    from fastapi import Request

    from api.dialects.parts import Parts
    from api.dialects.tinylytics.ranges import Range
    from core.accounts import Principal
    from core.sites import Site

_UTC: Final = "UTC"


class Asking:
    """Understands requests."""

    def __init__(self, parts: Parts) -> None:
        self._pool = parts.pool
        self._clock = parts.clock
        self._find_site = site_finder(parts.pool)

    async def site(self, user: Principal, site_id: str) -> Site:
        """The site that is asked about.

        Raises:
            NotFound: the user has no such site.
        """
        return await run_in_threadpool(self._find_site, user, site_id)

    async def days(self, request: Request, user: Principal) -> Range:
        """The days that are asked about, in UTC or in the time zone of the key's account.

        Raises:
            InvalidInput: a parameter is not understood.
        """
        where = boundaries(request.query_params)
        zone = _UTC if where is Boundaries.UTC else await run_in_threadpool(self._own_zone, user)
        return days_range(request.query_params, now_ms=self._clock.now_ms(), where=where, zone=ZoneInfo(zone))

    def _own_zone(self, user: Principal) -> str:
        if user.key_id is None:
            return _UTC
        with self._pool.connection() as connection:
            details = keys.details(connection, user.key_id)
        return _UTC if details is None else details.time_zone
