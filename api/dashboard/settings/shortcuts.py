"""The section of letters that are shortcuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.concurrency import run_in_threadpool

from api.dashboard.settings.sections import Saved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.dashboard.sessions import Sessions
    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking


class ShortcutsEditor:
    """On or off, for this session. See `Editor`."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:  # noqa: ARG002 - a box cannot be wrong
        """See `Editor`."""
        return {"filled": {"shortcuts": asking.viewer.shortcuts}}

    async def save(self, asking: Asking, posted: Posted) -> Saved:
        """See `Editor`."""
        on = bool(posted.get("shortcuts", ""))
        await run_in_threadpool(self._sessions.set_shortcuts, asking.request, shortcuts=on)
        return Saved()
