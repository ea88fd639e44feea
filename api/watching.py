"""A site's realtime window, watched for one client: said again whenever what is to be said of it has changed."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from hashlib import blake2b
from random import randrange
from typing import TYPE_CHECKING, Final

import psycopg
from fastapi.concurrency import run_in_threadpool
from psycopg_pool import PoolTimeout

from api.errors import HttpError
from api.event_streams import COMMENT, message, retry
from core.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from core.clock import Clock
    from core.realtime import RealtimeView

_log = logging.getLogger(__name__)

#: When a server ends, its clients come back to the others, not all in the same moment. ms.
_RETRY: Final = (1_000, 3_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between what a stream does."""

    #: Between two messages, at least.
    message: float = 1.0
    #: Between two looks when nothing has changed.
    look: float = 0.25
    #: Of silence, until a comment.
    comment: float = 15.0
    #: Between two looks whether the client may still see it.
    check: float = 5.0


class Watched:
    """One client's stream.

    Args:
        view: gives the window now.
        check: raises `HttpError` or `NotFound` when the client may not see it any more; runs in a thread.
        data: what is to be said of a window, without line breaks; b'' for nothing.
        clock: measures the pace.
        pace: how often what happens.
        beat: what is sent when there was silence, while the window can be told; a comment otherwise.
    """

    def __init__(  # noqa: PLR0913 - what is watched, for whom, and how
        self,
        view: Callable[[], Awaitable[RealtimeView]],
        check: Callable[[], None],
        data: Callable[[RealtimeView], bytes],
        *,
        clock: Clock,
        pace: Pace,
        beat: Callable[[], bytes] = lambda: COMMENT,
    ) -> None:
        self._view = view
        self._check = check
        self._data = data
        self._monotonic = clock.monotonic
        self._pace = pace
        self._beat = beat

    async def chunks(self, view: RealtimeView | None, seen: str = "") -> AsyncGenerator[bytes, None]:
        """Yield what is to be sent, until the client may not see it any more.

        Args:
            view: what there is to begin with.
            seen: the id of what the client has already.
        """
        yield retry(randrange(*_RETRY))  # noqa: S311 - spreads clients, keeps no secret
        spoken = checked = self._monotonic()
        while True:
            pause = self._pace.look
            data = b"" if view is None else self._data(view)
            # Of what is said and not of when, so that any process can tell whether a client has it.
            id_ = blake2b(data, digest_size=8).hexdigest()
            if data and id_ != seen:
                yield message(data, id_)
                seen, spoken, pause = id_, self._monotonic(), self._pace.message
            elif self._monotonic() - spoken >= self._pace.comment:
                yield COMMENT if view is None else self._beat()
                spoken = self._monotonic()
            await asyncio.sleep(pause)
            if self._monotonic() - checked >= self._pace.check:
                if not await self._is_allowed():
                    return
                checked = self._monotonic()
            view = await self._look()

    async def _look(self) -> RealtimeView | None:
        """The window now; None while nobody can tell."""
        try:
            return await self._view()
        except Unavailable:
            return None

    async def _is_allowed(self) -> bool:
        """Whether the client may go on; a store that is away takes nothing from anybody."""
        try:
            await run_in_threadpool(self._check)
        except (HttpError, NotFound):
            return False
        except (psycopg.OperationalError, PoolTimeout):
            _log.warning("whether a stream may go on cannot be told while the database is away")
        return True
