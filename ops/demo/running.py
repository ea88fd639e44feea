"""The demo while it runs: the past is filled in a thread while visitors come."""

from __future__ import annotations

import asyncio
import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from core.errors import Unavailable
from ops.archives import archive_of_command
from ops.clock import SystemClock
from ops.demo.enriching import Enriching
from ops.demo.history import History
from ops.demo.live import BACK, hits_from, keep_coming
from ops.wiring.commands import rollup_job
from storage.pool import open_pool

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from core.ports import EventLog
    from core.sites import Site
    from ops.demo.traffic import Traffic
    from ops.settings import Settings

#: What is told when all days are there.
FILLED: Final = "all days are filled"
_SEED: Final = 1
_CONNECTIONS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A demo of one installation; `data` is the folder of a single node, None of a cluster.

    `log` opens where visitors of now go to, `tell` is told what people should know, `progress` how many days and how
    many more events are in.
    """

    settings: Settings
    dsn: str
    data: Path | None
    site: Site
    traffic: Traffic
    log: Callable[[], AbstractAsyncContextManager[EventLog]]
    tell: Callable[[str], None]
    progress: Callable[[int, int], None]
    _stop: threading.Event = field(default_factory=threading.Event)

    async def run(self, ending: asyncio.Event, *, live: bool) -> None:
        """Fill the past and, if `live`, let visitors come until the event is set.

        Raises:
            Unavailable: the store does not answer.
        """
        filling = asyncio.create_task(asyncio.to_thread(self._fill))
        coming = asyncio.create_task(self._come(ending)) if live else None
        ended = asyncio.create_task(ending.wait())
        try:
            await asyncio.wait({filling, ended}, return_when=asyncio.FIRST_COMPLETED)
            if filling.done():
                filling.result()
                self.tell(FILLED)
                if coming is not None:
                    await coming
        finally:
            self._stop.set()
            ending.set()
            await asyncio.gather(ended, filling, *(() if coming is None else (coming,)))

    def _fill(self) -> None:
        clock = SystemClock()
        with open_pool(self.dsn, size=_CONNECTIONS, name="footfall demo") as pool:
            history = History(
                self.site,
                self.traffic,
                until=clock.now_ms() - BACK,
                seed=_SEED,
                pool=pool,
                rollups=rollup_job(pool, archive_of_command(self.settings, self.data)),
                clock=clock,
            )
            for days, events in history.fill():
                self.progress(days, events)
                if self._stop.is_set():
                    return

    async def _come(self, ending: asyncio.Event) -> None:
        clock = SystemClock()
        enriching = Enriching(self.site, salt=secrets.token_bytes(32), clock=clock)
        hits = hits_from(self.traffic, clock.now_ms() - BACK, seed=_SEED)
        try:
            async with self.log() as log:
                self.tell("visitors are coming; Ctrl-C ends it")
                await keep_coming(hits, enriching, log, clock=clock, ending=ending)
        except Unavailable as error:
            self.tell(f"no visitors come now: {error}")
