"""Share links: the section that lists them, and the dialog that makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi.concurrency import run_in_threadpool

from api.dashboard.settings.dates import Dates
from api.dashboard.settings.expiries import Expiry, expires_at
from api.dashboard.settings.forms import Checks, Said, Wrong, item_id
from api.dashboard.settings.sections import Fresh, Saved, Section
from core.errors import NotFound
from core.ranges import date_at
from core.shares import MAX_SHARES, check_share_name
from storage import shares

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from psycopg_pool import ConnectionPool

    from api.dashboard.guard import Guard
    from api.dashboard.parts import Parts, Shown
    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking
    from core.shares import Share
    from core.sites import Site

#: The button that takes a link away.
REVOKE: Final = "revoke"


class Listed(NamedTuple):
    """A link as the list has it."""

    share: Share
    expired: bool


class SharesEditor:
    """Makes, lists and revokes links. See `Editor`."""

    def __init__(self, pool: ConnectionPool, *, guard: Guard) -> None:
        self._pool = pool
        self._guard = guard

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:
        """See `Editor`."""
        return await run_in_threadpool(_values, self._pool, asking.site, asking.now, typed)

    async def save(self, asking: Asking, posted: Posted) -> Saved | Fresh:
        """See `Editor`."""
        verb, _, id_ = posted.get("action", "").partition(":")
        if verb == REVOKE:
            await run_in_threadpool(self._revoke, asking.site, item_id(id_))
            return Saved("revoked")
        checks = Checks()
        name = checks.field("name", "Name", lambda: check_share_name(posted.get("name", "")))
        chosen, typed, zone = posted.get("expiry", ""), posted.get("date", ""), ZoneInfo(asking.site.time_zone)
        ends = checks.field("date", "Last day", lambda: expires_at(chosen, typed, now=asking.now, zone=zone))
        checks.done()
        token = await run_in_threadpool(
            self._make, asking.site, name=name, may_filter=bool(posted.get("may_filter", "")), ends=ends
        )
        return Fresh({"made": f"{self._guard.origin(asking.request)}/share/{token}/", "made_name": name})

    def _make(self, site: Site, *, name: str, may_filter: bool, ends: int | None) -> str:
        with self._pool.connection() as connection:
            token = shares.insert(connection, site.id, name=name, may_filter=may_filter, expires_at=ends)
        if token is None:
            raise Wrong({"": f"This site has {MAX_SHARES} links already: revoke one before you make another."})
        return token

    def _revoke(self, site: Site, id_: UUID) -> None:
        with self._pool.connection() as connection:
            if shares.revoke(connection, site.id, id_) is None:
                raise NotFound("This link was revoked already.")


async def dialog_values(parts: Parts, shown: Shown) -> dict[str, object]:
    """What the dialog's template is given."""
    return {
        **await run_in_threadpool(_values, parts.pool, shown.site, shown.now, None),
        "errors": Said(),
        "action": f"/settings/{Section.SHARES}?{urlencode({'site': shown.state.site})}",
        "dates": Dates.of(shown.site, shown.viewer.language, shown.now),
    }


def _values(pool: ConnectionPool, site: Site, now: int, typed: Posted | None) -> dict[str, Any]:
    with pool.connection() as connection:
        found = shares.of_site(connection, site.id)
    filled: dict[str, Any] = {"name": "", "expiry": Expiry.MONTH.value, "date": "", "may_filter": True}
    if typed is not None:
        filled = {name: typed.get(name, "") for name in filled}
    return {
        "links": [Listed(share, share.expired(now)) for share in found],
        "filled": filled,
        "first_date": date_at(now, ZoneInfo(site.time_zone)).isoformat(),
    }
