"""What one client is shown of now: the strip or, until somebody has come, what there is to do."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from fastapi.concurrency import run_in_threadpool

from api.dashboard.empty import Waiting, first_visit, uncounted
from api.dashboard.live import WINDOW, Look, Orders, strip
from core.errors import Unavailable
from core.ranges import date_at
from core.spans import day_of
from storage import arrivals, drops
from tracker.snippet import snippet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.dashboard.empty import Uncounted
    from api.dashboard.parts import Parts, Shown
    from core.realtime import RealtimeView

#: Seconds between two looks at what was not counted.
_LOOKED: Final = 1.0
#: Seconds for which the first visit is said.
_SAID: Final = 60.0
_BLANKS: Final = re.compile(r"\s*\n\s*")


class LiveSource:
    """Reads and renders what is now, again and again, for one client.

    Args:
        parts: reads.
        shown: what is looked at, and by whom.
    """

    def __init__(self, parts: Parts, shown: Shown) -> None:
        self._parts = parts
        self._shown = shown
        self._look = Look(
            site=shown.site,
            state=shown.state,
            base=shown.viewer.base,
            locale=shown.viewer.language,
            may_filter=shown.viewer.may_filter,
        )
        self._orders = Orders()
        self._is_waiting = False
        self._uncounted: tuple[Uncounted, ...] = ()
        self._looked = self._came = 0.0
        self._first = ""

    @property
    def stream(self) -> str:
        """The address of what says it again when it has changed."""
        return self._look.stream

    async def begin(self) -> RealtimeView | None:
        """Find out whether anybody has come, and return the window now; None while nobody can tell."""
        self._is_waiting = not await run_in_threadpool(self._seen)
        try:
            return await self.view()
        except Unavailable:
            return None

    async def view(self) -> RealtimeView:
        """The window now.

        Raises:
            Unavailable: nobody can tell.
        """
        if self._is_waiting and self._now() - self._looked >= _LOOKED:
            self._looked = self._now()
            self._uncounted = await run_in_threadpool(self._dropped)
        return await self._parts.realtime.view(self._look.site.id, self._parts.clock.now_ms(), WINDOW)

    def values(self, view: RealtimeView | None) -> Mapping[str, Any]:
        """What the template is given of the window: `strip` or `waiting`, and the `first` visit."""
        if view is not None and view.types and self._is_waiting:
            self._is_waiting, self._came = False, self._now()
            self._first = first_visit(view, self._look.locale)
        if self._is_waiting:
            return {"strip": None, "waiting": self._waiting(), "first": ""}
        if view is None:
            return {"strip": None, "waiting": None, "first": ""}
        lists = self._orders.arranged(view.lists, rows=self._look.rows, at=self._now())
        first = self._first if self._now() - self._came < _SAID else ""
        return {"strip": strip(view, lists, self._look), "waiting": None, "first": first}

    def html(self, view: RealtimeView) -> bytes:
        """The window as it is rendered, in one line."""
        viewer = self._shown.viewer
        text = self._parts.rendering.text(
            "live.html",
            **self.values(view),
            base=viewer.base,
            stream=self._look.stream,
            viewer=viewer,
        )
        return _BLANKS.sub(" ", text).strip().encode()

    def _waiting(self) -> Waiting:
        site, viewer, request = self._look.site, self._shown.viewer, self._shown.request
        made = snippet(
            site.uuid,
            self._parts.public_url or str(self._parts.guard.origin(request)),
            honour_gpc=site.honour_gpc,
            honour_dnt=site.honour_dnt,
        )
        return Waiting(
            domain=site.domain,
            snippet=made.plain if viewer.may_change else "",
            uncounted=self._uncounted if viewer.may_change else (),
            site=self._look.state.site,
        )

    def _seen(self) -> bool:
        with self._parts.pool.connection() as connection:
            return arrivals.seen(connection, self._look.site.id)

    def _dropped(self) -> tuple[Uncounted, ...]:
        now, site = self._parts.clock.now_ms(), self._look.site.id
        today = date_at(now, UTC)
        with self._parts.pool.connection() as connection:
            dropped = drops.of_site(connection, site, today, today)
            bots = arrivals.bots(connection, site, since=day_of(now))
        return uncounted(dropped, bots, site=self._look.state.site, locale=self._look.locale)

    def _now(self) -> float:
        return self._parts.clock.monotonic()


async def asked(parts: Parts, shown: Shown) -> Mapping[str, Any]:
    """What the page's templates are given of now."""
    source = LiveSource(parts, shown)
    return {**source.values(await source.begin()), "stream": source.stream}
