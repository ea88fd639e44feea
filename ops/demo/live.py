"""Made-up visitors who come now: what is due is appended to the log, as a collector would."""

from __future__ import annotations

import asyncio
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Final

from core.errors import Overloaded, Unavailable
from core.spans import HOUR, MINUTE, hour_of
from ops.demo.visits import visits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.clock import Clock
    from core.ports import EventLog
    from ops.demo.enriching import Enriching
    from ops.demo.traffic import Traffic
    from ops.demo.visits import Hit

#: What lies so far back is sent at once, so that the last half hour is there from the beginning.
BACK: Final = 40 * MINUTE
#: There are more visits now than there were: so that there is something to be seen.
TIMES: Final = 4
_PAUSE_SECONDS: Final = 0.25
_AWAY_SECONDS: Final = 2


def hits_from(traffic: Traffic, start: int, *, seed: int, times: float = TIMES) -> Iterator[Hit]:
    """Yield the hits of visits that begin at `start` (ms) or later, in the order of time, without end."""
    waiting: list[tuple[int, int, Hit]] = []
    numbers = count()
    for hour in count(hour_of(start), HOUR):
        for visit in visits_of(traffic, hour, seed=seed, times=times):
            for hit in visit if visit[0].ts >= start else ():
                heappush(waiting, (hit.ts, next(numbers), hit))
        while waiting and waiting[0][0] < hour + HOUR:
            yield heappop(waiting)[2]


async def keep_coming(  # noqa: PLR0913 - who comes, where to, and until when
    hits: Iterator[Hit],
    enriching: Enriching,
    log: EventLog,
    *,
    clock: Clock,
    ending: asyncio.Event,
    sent: Callable[[int], None] = lambda _: None,
) -> None:
    """Append each hit when its time has come, until the event is set.

    While the log is away they are late, not lost; `sent` is told how many were appended.
    """
    for hit in hits:
        batch = [] if (event := enriching.event(hit)) is None else [(event.bucket, event.event)]
        while hit.ts > clock.now_ms():
            if await _ended(ending, _PAUSE_SECONDS):
                return
        while batch:
            try:
                await log.append(batch)
                sent(len(batch))
                break
            except (Unavailable, Overloaded):
                if await _ended(ending, _AWAY_SECONDS):
                    return
        if ending.is_set():
            return


async def _ended(ending: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await ending.wait()
    except TimeoutError:
        return False
    return True
