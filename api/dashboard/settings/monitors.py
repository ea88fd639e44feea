"""The section of monitors: what is looked at beside visits, and what was found."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fastapi.concurrency import run_in_threadpool

from api.dashboard.settings import monitor_views
from api.dashboard.settings.forms import Checks
from api.dashboard.settings.sections import Saved
from api.dashboard.settings.writing import GONE, change_site
from core.errors import NotFound
from core.site_settings import SETTINGS, check_settings
from storage import content, sites

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg_pool import ConnectionPool

    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking

#: The forms by their button: the box of each, and its address if it has one.
_FORMS: Final = {"uptime": ("uptime", "uptime_url"), "content": ("content", "content_url"), "insights": ("insights",)}
#: Other buttons.
RESUME: Final = "resume"
CHECK: Final = "check"
IGNORE: Final = "ignore"
MIND: Final = "mind"
_NO_ISSUE: Final = "This issue is not there any more."


class MonitorsEditor:
    """Switches uptime, content and insights on and off, and ignores issues. See `Editor`."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:
        """See `Editor`."""
        found = await run_in_threadpool(self._found, asking)
        return {
            **found,
            "filled": _filled(asking, typed),
            "help": {name: SETTINGS[name].meaning.replace("`", "") for names in _FORMS.values() for name in names},
        }

    async def save(self, asking: Asking, posted: Posted) -> Saved:
        """See `Editor`."""
        verb, _, which = posted.get("action", "").partition(":")
        match verb:
            case "resume":
                await run_in_threadpool(self._resume, asking)
                return Saved("looking")
            case "check":
                await run_in_threadpool(self._check, asking)
                return Saved("looking")
            case "ignore" | "mind":
                await run_in_threadpool(self._ignore, asking, which, ignored=verb == IGNORE)
                return Saved("ignored" if verb == IGNORE else "minded")
        names = _FORMS.get(verb)
        if names is None:
            raise NotFound("There is no such monitor.")
        checks, changes = Checks(), {names[0]: bool(posted.get(names[0], ""))}
        for name in names[1:]:
            given = {name: posted.get(name, "")}
            changes |= checks.field(name, "Address", partial(check_settings, given)) or {}
        checks.done()
        await run_in_threadpool(change_site, self._pool, asking, changes)
        return Saved()

    def _found(self, asking: Asking) -> dict[str, Any]:
        with self._pool.connection() as connection:
            return {
                "uptime": monitor_views.uptime_of(connection, asking.site, asking.now),
                "content": monitor_views.content_of(connection, asking.site, asking.now),
                "insight": monitor_views.insight_of(connection, asking.site),
            }

    def _resume(self, asking: Asking) -> None:
        """Switch uptime off and on: it begins anew."""
        account = None if asking.user.is_admin else asking.user.account_id
        with self._pool.connection() as connection:
            for on in (False, True):
                if sites.configure(connection, asking.site.uuid, {"uptime": on}, account_id=account) is None:
                    raise NotFound(GONE)

    def _check(self, asking: Asking) -> None:
        with self._pool.connection() as connection:
            content.want(connection, asking.site.id, now=asking.now)

    def _ignore(self, asking: Asking, text: str, *, ignored: bool) -> None:
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise NotFound(_NO_ISSUE)
        with self._pool.connection() as connection:
            if content.ignore(connection, asking.site.id, int(text), ignored=ignored) is None:
                raise NotFound(_NO_ISSUE)


def _filled(asking: Asking, typed: Posted | None) -> dict[str, Any]:
    """The site as it is, but for the form that was typed."""
    site = asking.site
    filled = {name: getattr(site, name) for names in _FORMS.values() for name in names}
    if typed is None:
        return filled
    for name in _FORMS.get(typed.get("action", ""), ()):
        text = typed.get(name, "")
        filled[name] = bool(text) if isinstance(filled[name], bool) else text
    return filled
