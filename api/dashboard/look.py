"""`GET /` and `GET /share/TOKEN/`: the report that an address names, or the sites where it names none of several."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.dashboard import chips, csv, live_source, pickers, report, sites_table
from api.dashboard.asking import asked_of
from api.dashboard.choices import View
from api.dashboard.counting import count
from api.dashboard.dialogs.opening import Opened, opened
from api.dashboard.guard import HEADERS
from api.dashboard.live import time_of_day
from api.dashboard.parts import Shown
from api.dashboard.rendering import wants_fragment
from api.dashboard.sayings import said_of
from api.dashboard.shortcuts import SHORTCUTS
from api.dashboard.state import parse
from api.dashboard.viewer import ABSENT, name_of, named
from core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from api.dashboard.parts import Parts
    from api.dashboard.state import State
    from api.dashboard.viewer import Viewer
    from core.sites import Site

#: What only those who are signed in can open.
_KEEPERS_VIEWS: Final = frozenset({View.SHARE, View.NOTE})
#: What narrows a report.
_FILTERING_VIEWS: Final = frozenset({View.FILTER, View.FUNNEL})


def router(parts: Parts) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.api_route("/", methods=["GET", "HEAD"])
    @routes.api_route("/share/{token}/", methods=["GET", "HEAD"])
    async def look(request: Request) -> Response:
        """Show what the address says; where another address says the same, lead there."""
        viewer = await parts.viewers.required(request)
        await count(parts, viewer)
        sites = await run_in_threadpool(parts.viewers.sites_of, viewer)
        parsed = parse(request.query_params.multi_items())
        state = _permitted(parsed.state, viewer, sites)
        if not parsed.is_canonical or state != parsed.state:
            return _lead(state.url(viewer.base))
        said = said_of(parsed.said)
        if viewer.share is None and not state.site:
            given = await sites_table.asked(parts, viewer, state, sites)
            return parts.rendering.page("sites.html", request, viewer, said=said, **given)
        site = next(iter(sites), None) if viewer.share is not None else named(sites, state.site)
        if site is None:
            raise NotFound(ABSENT)
        shown = Shown(request, viewer, site, state, parts.clock.now_ms())
        if state.csv:
            return await csv.answer(parts, shown)
        return await answer(parts, shown, sites=sites, said=said)

    return routes


async def answer(parts: Parts, shown: Shown, *, sites: Sequence[Site], said: str) -> Response:
    """The report with its dialog, or only what a script changes of it; what both ask for is asked side by side."""
    request, viewer, site, state, now = shown
    is_fragment = wants_fragment(request)
    asking: list[Callable[[Parts, Shown], Awaitable[Mapping[str, Any]]]] = [_frame]
    if not is_fragment:
        asking.append(live_source.asked)
    if state.view is not View.LIVE:
        asking += [report.ask, _dialog]
    given: dict[str, Any] = {
        "site": site,
        "state": state,
        "now": now,
        "said": said,
        "until": time_of_day(now, site),
        "sites": pickers.sites(sites, site, viewer),
    }
    for values in await asyncio.gather(*(ask(parts, shown) for ask in asking)):
        given |= values
    template = "fragment.html" if is_fragment else _template(state, given)
    return parts.rendering.page(template, request, viewer, **given)


async def _frame(parts: Parts, shown: Shown) -> Mapping[str, Any]:
    """What is around the report."""
    asked = await asked_of(parts, shown)
    return {"pickers": pickers.pickers(shown, asked), "chips": chips.chips(shown.state, shown.viewer.language)}


async def _dialog(parts: Parts, shown: Shown) -> Mapping[str, Any]:
    """The dialog that is open, if one is."""
    if shown.state.view is View.HELP:
        return {"dialog": Opened("help.html", SHORTCUTS)}
    return {"dialog": await opened(parts, shown)}


def _template(state: State, given: Mapping[str, Any]) -> str:
    if given["waiting"] and not state.view.is_dialog:
        return "empty.html"
    return "wall.html" if state.view is View.LIVE else "page.html"


def _permitted(state: State, viewer: Viewer, sites: Sequence[Site]) -> State:
    """The state as this viewer may have it, naming the only site of whoever has one."""
    if viewer.share is not None:
        state = state.with_(site="")
        if not viewer.may_filter:
            state = state.with_(filters=(), steps=())
        closed = _KEEPERS_VIEWS if viewer.may_filter else _KEEPERS_VIEWS | _FILTERING_VIEWS
        return state.with_(view=View.REPORT) if state.view in closed else state
    if not state.site and len(sites) == 1:
        return state.with_(site=name_of(sites[0], sites))
    return state


def _lead(url: str) -> Response:
    return Response(status_code=302, headers={**HEADERS, "Location": url, "Cache-Control": "private, no-cache"})
