"""The section of what is kept of a site: how long, how to take it along, and how to end it."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fastapi.concurrency import run_in_threadpool

from api.dashboard.settings.forms import Checks, Wrong
from api.dashboard.settings.sections import Saved
from api.dashboard.settings.writing import GONE, change_site
from core.errors import NotFound
from core.site_settings import SETTINGS, check_retention, check_settings
from storage import sites

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg_pool import ConnectionPool

    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking

_log = logging.getLogger(__name__)

#: The button that deletes the site.
DELETE: Final = "delete"
_SETTINGS: Final = {"file_retention_days": "Files of days", "rollup_retention_days": "Sums of days"}


class DataEditor:
    """Retention and deletion. See `Editor`."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:
        """See `Editor`."""
        if typed is None or typed.get("action", "") == DELETE:
            values = {name: getattr(asking.site, name) or "" for name in _SETTINGS}
        else:
            values = {name: typed.get(name, "") for name in _SETTINGS}
        return {
            "filled": values | {"confirm": "" if typed is None else typed.get("confirm", "")},
            "labels": _SETTINGS,
            "help": {name: SETTINGS[name].meaning for name in _SETTINGS},
        }

    async def save(self, asking: Asking, posted: Posted) -> Saved:
        """See `Editor`."""
        if posted.get("action", "") == DELETE:
            return await self._delete(asking, posted.get("confirm", ""))
        checks = Checks()
        changes: dict[str, Any] = {}
        for name, label in _SETTINGS.items():
            given = {name: _number(posted.get(name, "").strip())}
            changes |= checks.field(name, label, partial(check_settings, given)) or {}
        if len(changes) == len(_SETTINGS):
            name = "rollup_retention_days"
            checks.field(name, _SETTINGS[name], lambda: check_retention(*(changes[each] for each in _SETTINGS)))
        checks.done()
        await run_in_threadpool(change_site, self._pool, asking, changes)
        return Saved()

    async def _delete(self, asking: Asking, confirmed: str) -> Saved:
        site = asking.site
        if confirmed.strip().lower() != site.domain:
            raise Wrong({"confirm": f"Type {site.domain} to delete it; nothing was deleted."})
        account = None if asking.user.is_admin else asking.user.account_id

        def delete() -> None:
            with self._pool.connection() as connection:
                if sites.delete(connection, site.uuid, account_id=account) is None:
                    raise NotFound(GONE)

        await run_in_threadpool(delete)
        _log.info(
            "Site %d (%s) was deleted by user %s; its rows are removed by sweeps",
            site.id,
            site.uuid,
            asking.user.user_id,
        )
        return Saved("site-deleted", "/")


def _number(text: str) -> int | str | None:
    """A number of days as JSON would have it; '' is for ever."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
