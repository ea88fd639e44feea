"""`GET /api/v1/reports/realtime/stream`: the realtime report again whenever it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from api.auth import User, tinytrail_again
from api.dialects.tinytrail import parameters, translate
from api.dialects.tinytrail.filters import without_filters
from api.event_streams import EventStream
from api.watching import Pace, Watched
from core.spans import MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from api.event_streams import OpenStreams
    from core.accounts import Principal
    from core.clock import Clock
    from core.realtime import Realtime, RealtimeView
    from core.sites import Site

_WINDOW: Final = 30 * MINUTE
#: No id of ours is longer.
_MAX_ID: Final = 64


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

        def data(view: RealtimeView) -> bytes:
            return msgspec.json.encode(translate.realtime(view, extended=extended))

        watched = Watched(view, check, data, clock=clock, pace=pace)
        first = await view()
        seen = request.headers.get("last-event-id", "")[:_MAX_ID]
        return EventStream(watched.chunks(first, seen), streams)

    return routes
