"""`GET /live`: what is now as it is rendered, again whenever it has changed, as server-sent events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from api.dashboard.live import time_of_day
from api.dashboard.live_source import LiveSource
from api.dashboard.parts import Shown
from api.dashboard.state import parse
from api.encodings import accepts
from api.event_streams import EventStream
from api.watching import Pace, Watched

if TYPE_CHECKING:
    from api.dashboard.parts import Parts

#: In silence the time is told every few seconds, so that a script knows how old is what it shows.
_PACE: Final = Pace(comment=4.0)


def router(parts: Parts, *, pace: Pace = _PACE) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/live")
    @routes.get("/share/{token}/live")
    async def live(request: Request) -> EventStream:
        """What is now of the site that the address names; its rows lead to the report that the address means."""
        viewer = await parts.viewers.required(request)
        state = parse(request.query_params.multi_items()).state
        site = await run_in_threadpool(parts.viewers.find_site, viewer, state.site)
        source = LiveSource(parts, Shown(request, viewer, site, state, parts.clock.now_ms()))

        def check() -> None:
            parts.viewers.find_site(parts.viewers.again(request), state.site)

        def beat() -> bytes:
            return b"event: time\ndata: %b\n\n" % time_of_day(parts.clock.now_ms(), site).encode()

        watched = Watched(source.view, check, source.html, clock=parts.clock, pace=pace, beat=beat)
        compressed = accepts(request.headers.get("accept-encoding", ""), "gzip")
        response = EventStream(watched.chunks(await source.begin()), parts.streams, compressed=compressed)
        parts.viewers.sessions.remember(request, response)
        return response

    return routes
