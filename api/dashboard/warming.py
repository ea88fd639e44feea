"""What a process makes ready before anybody asks: templates, first plans, and what reports of busy sites keep."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final
from uuid import UUID

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api.dashboard.languages import language
from api.dashboard.look import answer
from api.dashboard.parts import Shown
from api.dashboard.state import State
from api.dashboard.viewer import Viewer
from core.accounts import Principal, Role
from core.ranges import Period
from core.spans import DAY
from storage import reports, sites

if TYPE_CHECKING:
    from api.dashboard.parts import Parts
    from core.sites import Site

_log = logging.getLogger(__name__)

#: Sites whose reports are looked at, those with the most views of the last months.
_SITES: Final = 3
_LATELY: Final = 62 * DAY
#: What is looked at of each, as it is opened and as far back as people mostly look. Statements are prepared when they
#: come again, on each connection, so it is looked at as often.
_PERIODS: Final = (Period.MONTH, Period.TODAY, Period.YEAR)
_TIMES: Final = 2
#: Seconds between two steps, in which whoever asks goes first.
_PAUSE: Final = 0.1
_NOBODY: Final = UUID(int=0)


class Warming:
    """Looks at reports once as a browser would, in the background and one after another; nobody waits for it."""

    def __init__(self, parts: Parts) -> None:
        self.ready = asyncio.Event()
        self._parts = parts

    async def keep(self) -> None:
        """Do it once. What fails is left to whoever asks for it."""
        self.ready.set()
        try:
            await self._warm()
        except Exception as error:  # noqa: BLE001 - it is there to save time, and nothing depends on it
            _log.info("Reports were not made ready before they are asked for: %s", error)
        await asyncio.Event().wait()

    async def _warm(self) -> None:
        environment = self._parts.rendering.environment
        for name in environment.list_templates(extensions=("html",)):
            await run_in_threadpool(environment.get_template, name)
            await asyncio.sleep(0)
        for site in await run_in_threadpool(self._busiest):
            for period in _PERIODS * _TIMES:
                await asyncio.sleep(_PAUSE)
                await answer(self._parts, self._shown(site, period), sites=[site], said="")

    def _busiest(self) -> list[Site]:
        with self._parts.pool.connection() as connection:
            busiest = reports.busiest(connection, since=self._parts.clock.now_ms() - _LATELY, limit=_SITES)
            return [site for uuid in busiest if (site := sites.find(connection, uuid)) is not None]

    def _shown(self, site: Site, period: Period) -> Shown:
        viewer = Viewer(
            principal=Principal(user_id=_NOBODY, account_id=site.account_id, role=Role.USER),
            share=None,
            base="/",
            may_filter=True,
            may_change=True,
            language=language(""),
        )
        state = State(site=site.domain, period=period)
        scope = {"type": "http", "method": "GET", "scheme": "http", "path": "/", "query_string": b"", "headers": []}
        return Shown(Request(scope), viewer, site, state, self._parts.clock.now_ms())
