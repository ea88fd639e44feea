"""`GET /api/v1/reports/realtime/stream`: the realtime report again whenever it has changed."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from hashlib import blake2b
from random import randrange
from typing import TYPE_CHECKING, Any, Final

import msgspec
import psycopg
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from psycopg_pool import PoolTimeout

from api.auth import User, tinytrail_again
from api.dialects.tinytrail import parameters, translate
from api.dialects.tinytrail.filters import without_filters
from api.errors import HttpError
from api.event_streams import COMMENT, EventStream, message, retry
from core.errors import NotFound, Unavailable
from core.spans import MINUTE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from uuid import UUID

    from api.event_streams import OpenStreams
    from core.accounts import Principal
    from core.clock import Clock
    from core.realtime import Realtime, RealtimeView
    from core.sites import Site

_log = logging.getLogger(__name__)

_WINDOW: Final = 30 * MINUTE
#: When a server ends, its clients come back to the others, not all in the same moment. ms.
_RETRY: Final = (1_000, 3_000)
#: No id of ours is longer.
_MAX_ID: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between what a stream does."""

    #: Between two messages, at least.
    message: float = 1.0
    #: Between two looks when nothing has changed.
    look: float = 0.25
    #: Of silence, until a comment.
    comment: float = 15.0
    #: Between two looks whether key and site are still there.
    check: float = 5.0


_PACE: Final = Pace()


def router(
    *,
    realtime: Realtime,
    find_site: Callable[[Principal, UUID], Site],
    streams: OpenStreams,
    clock: Clock,
    pace: Pace = _PACE,
) -> APIRouter:
    """Return the route.

    Args:
        realtime: answers what is about now.
        find_site: gives a user a site, or raises `NotFound`; runs in a thread.
        streams: where every stream takes its place.
        clock: tells what now is.
        pace: how often what happens.
    """
    routes = APIRouter()

    @routes.get("/api/v1/reports/realtime/stream")
    async def realtime_stream(request: Request, user: User) -> EventStream:
        """The last 30 minutes, humans only, as server-sent events."""
        uuid = parameters.website_id(request.query_params)
        extended = parameters.extended(request.query_params)
        without_filters(request.query_params.multi_items(), report="realtime")
        site = await run_in_threadpool(find_site, user, uuid)

        def check() -> None:
            find_site(tinytrail_again(request), uuid)

        async def view() -> RealtimeView:
            return await realtime.view(site.id, clock.now_ms(), _WINDOW)

        watched = _Watched(view, check, clock=clock, pace=pace, extended=extended)
        first = await view()
        seen = request.headers.get("last-event-id", "")[:_MAX_ID]
        return EventStream(watched.chunks(first, seen), streams)

    return routes


class _Watched:
    """A site's window, watched for one client."""

    def __init__(
        self,
        view: Callable[[], Awaitable[RealtimeView]],
        check: Callable[[], None],
        *,
        clock: Clock,
        pace: Pace,
        extended: bool = False,
    ) -> None:
        self._view = view
        self._check = check
        self._extended = extended
        self._monotonic = clock.monotonic
        self._pace = pace

    async def chunks(self, view: RealtimeView | None, seen: str) -> AsyncGenerator[bytes, None]:
        """Yield what is to be sent, until the key or the site is gone.

        Args:
            view: what there is to begin with.
            seen: the id of what the client has already.
        """
        yield retry(randrange(*_RETRY))  # noqa: S311 - spreads clients, keeps no secret
        spoken = checked = self._monotonic()
        while True:
            pause = self._pace.look
            data = b"" if view is None else msgspec.json.encode(self._data(view))
            # Of what is said and not of when, so that any process can tell whether a client has it.
            id_ = blake2b(data, digest_size=8).hexdigest()
            if data and id_ != seen:
                yield message(data, id_)
                seen, spoken, pause = id_, self._monotonic(), self._pace.message
            elif self._monotonic() - spoken >= self._pace.comment:
                yield COMMENT
                spoken = self._monotonic()
            await asyncio.sleep(pause)
            if self._monotonic() - checked >= self._pace.check:
                if not await self._is_allowed():
                    return
                checked = self._monotonic()
            view = await self._look()

    def _data(self, view: RealtimeView) -> dict[str, Any]:
        return translate.realtime(view, extended=self._extended)

    async def _look(self) -> RealtimeView | None:
        """The window now; None while nobody can tell."""
        try:
            return await self._view()
        except Unavailable:
            return None

    async def _is_allowed(self) -> bool:
        """Whether key and site are there; a store that is away takes nothing from anybody."""
        try:
            await run_in_threadpool(self._check)
        except (HttpError, NotFound):
            return False
        except (psycopg.OperationalError, PoolTimeout):
            _log.warning("whether a stream may go on cannot be told while the database is away")
        return True
