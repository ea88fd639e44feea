"""A part of a run: asks for what waits, politely, and keeps each answer before it goes on."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from core.content import Role
from ops.monitors.content.frontier import Limits
from ops.monitors.content.urls import host_of
from ops.monitors.content.verdicts import may_pass
from ops.outbound.answer import Bounds
from storage import crawls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from ops.monitors.content.asking import Asked, Asker
    from ops.monitors.content.frontier import Frontier
    from ops.monitors.content.urls import Scope
    from storage.crawls import Waiting

#: Taken from what waits at a time.
_AT_A_TIME: Final = 32
#: Other sites that are asked at the same time.
_OTHERS: Final = 4
#: Requests in a row that the site itself does not answer until it is left alone for a while.
_FAILURES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast, how long and how much."""

    pause: float = 0.5  #: s between two requests to a host; a robots.txt may ask for more
    turn: float = 60.0  #: s until another job has its turn
    limits: Limits = Limits()  # noqa: RUF009 - cannot be changed
    page: Bounds = Bounds()  # noqa: RUF009 - same


class Walk:
    """Works on the run of one site that is under way."""

    def __init__(  # noqa: PLR0913 - the parts it is made of
        self,
        site: int,
        *,
        pool: ConnectionPool,
        clock: Clock,
        asker: Asker,
        frontier: Frontier,
        scope: Scope,
        pause: float,
    ) -> None:
        """Prepare one; `pause` in s, between two requests to a host."""
        self._site = site
        self._pool = pool
        self._clock = clock
        self._asker = asker
        self._frontier = frontier
        self._scope = scope
        self._pause = pause
        self._failures = 0
        self._others = asyncio.Semaphore(_OTHERS)

    @property
    def is_left_alone(self) -> bool:
        """Whether the site has not answered for so long that it is better left alone."""
        return self._failures >= _FAILURES

    async def go_on(self) -> bool:
        """Ask for some of what waits; False if nothing did. What was asked and not kept is asked again."""
        begun = self._clock.monotonic()
        some = await asyncio.to_thread(self._waiting)
        if not some:
            return False
        by_host = defaultdict(list)
        for each in some:
            by_host["" if self._scope.is_own(each.url) else host_of(each.url)].append(each)
        try:
            async with asyncio.TaskGroup() as group:
                for host, waiting in by_host.items():
                    group.create_task(self._ask_other(waiting) if host else self._ask_own(waiting))
        except ExceptionGroup as several:
            # The text of the first says more to an operator than that there were some.
            raise several.exceptions[0] from several
        await asyncio.to_thread(self._spend, self._clock.monotonic() - begun)
        return True

    async def _ask_own(self, some: Iterable[Waiting]) -> None:
        for waiting in some:
            asked = await self._ask(waiting)
            # What comes for the second time and does not answer is broken, while others may answer.
            self._failures = self._failures + 1 if may_pass(asked.verdict) and not waiting.attempts else 0
            if self.is_left_alone:
                return

    async def _ask_other(self, some: Iterable[Waiting]) -> None:
        async with self._others:
            for waiting in some:
                await self._ask(waiting)

    async def _ask(self, waiting: Waiting) -> Asked:
        asked = await self._asker.ask(waiting)
        await asyncio.to_thread(partial(self._keep, waiting, asked))
        await asyncio.sleep(self._pause)
        return asked

    def _waiting(self) -> list[Waiting]:
        with self._pool.connection() as connection:
            return crawls.waiting(connection, self._site, limit=_AT_A_TIME)

    def _spend(self, seconds: float) -> None:
        with self._pool.connection() as connection:
            crawls.spend(connection, self._site, int(seconds * 1_000))

    def _keep(self, waiting: Waiting, asked: Asked) -> None:
        """Keep in one transaction what came of an address and what it leads to."""
        now, page = self._clock.now_ms(), asked.page
        with self._pool.connection() as connection:
            if may_pass(asked.verdict) and not waiting.attempts:
                crawls.attempted(connection, self._site, waiting.url)
                return
            if page is not None and page.url != waiting.url:
                status = asked.verdict.status or 0
                is_new = crawls.read_elsewhere(
                    connection,
                    self._site,
                    page.url,
                    found_on=waiting.url,
                    depth=waiting.depth,
                    status=status,
                    now=now,
                )
                self._frontier.add(page.url, Role.PAGE)
                page = page if is_new else None
            is_read = page is not None and page.url == waiting.url
            crawls.record(connection, self._site, waiting.url, asked.verdict, now=now, is_read=is_read)
            if page is not None:
                new = self._frontier.offer(page, depth=waiting.depth)
                crawls.add_urls(connection, self._site, new, found_on=page.url, depth=waiting.depth + 1)
