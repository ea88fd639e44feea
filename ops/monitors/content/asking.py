"""Asking for one address: pages are read, all else is only asked for."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from core.content import Outcome, Role
from ops.monitors.content.links import read_page
from ops.monitors.content.urls import canonical
from ops.monitors.content.verdicts import verdict, verdict_without_answer
from ops.outbound.answer import Bounds
from ops.outbound.errors import OutboundError

if TYPE_CHECKING:
    from core.content import Verdict
    from ops.monitors.content.links import Page
    from ops.monitors.content.robots import Rules
    from ops.monitors.content.urls import Scope
    from ops.outbound.answer import Answer
    from ops.outbound.client import Outbound
    from storage.crawls import Waiting

#: Of what is only asked for, so much is taken when there is no other way.
_A_LITTLE: Final = Bounds(bytes=1_000)
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
_ACCEPT: Final = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"}
#: A server that answers so to HEAD may do otherwise to GET; of the others it is known that they would not.
_SAME_TO_ALL: Final = frozenset({429, 503})
_ERRORS: Final = 400


class Asked(NamedTuple):
    """What came of it."""

    verdict: Verdict
    page: Page | None = None  #: if it was read


class Asker:
    """Asks for addresses of a run."""

    def __init__(self, outbound: Outbound, scope: Scope, rules: Rules, *, page_bounds: Bounds) -> None:
        """Prepare one; `page_bounds` are for what is read."""
        self._outbound = outbound
        self._scope = scope
        self._rules = rules
        self._page_bounds = page_bounds

    async def ask(self, waiting: Waiting) -> Asked:
        """Ask for an address. One that did not answer before is asked in the way that browsers ask."""
        try:
            if waiting.role is Role.PAGE:
                answer = await self._outbound.ask(waiting.url, headers=_ACCEPT, bounds=self._page_bounds)
            else:
                answer = await self._head(waiting.url, is_liked=waiting.attempts == 0)
        except OutboundError as error:
            return Asked(verdict_without_answer(error))
        said = verdict(answer, is_own=self._scope.is_own(answer.url))
        page = await self._read(answer) if waiting.role is Role.PAGE and said.outcome is Outcome.OK else None
        return Asked(said, page)

    async def _head(self, url: str, *, is_liked: bool) -> Answer:
        if is_liked:
            answer = await self._outbound.ask(url, method="HEAD", bounds=_A_LITTLE)
            if answer.status < _ERRORS or answer.status in _SAME_TO_ALL:
                return answer
        return await self._outbound.ask(url, bounds=_A_LITTLE)

    async def _read(self, answer: Answer) -> Page | None:
        """Read a page, unless a redirect led to what is none of the site, or may not be read."""
        url = canonical(answer.url)
        kind = answer.headers.get("Content-Type", "")
        if url is None or kind.partition(";")[0].strip().lower() not in _HTML:
            return None
        if not self._scope.contains(url) or not self._rules.allow(url):
            return None
        policy = answer.headers.get("Content-Security-Policy", "")
        # Parsing takes a while for a large page.
        return await asyncio.to_thread(partial(read_page, url, answer.body, content_type=kind, policy=policy))
