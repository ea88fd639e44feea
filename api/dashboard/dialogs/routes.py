"""Forms of the dialogs: each leads to the address of what it means, or is shown again with what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.dashboard import pickers
from api.dashboard.asking import asked_of
from api.dashboard.choices import View
from api.dashboard.counting import count
from api.dashboard.dialogs import draft as drafts
from api.dashboard.dialogs import filter as filtering
from api.dashboard.dialogs import naming
from api.dashboard.dialogs.builder import edited
from api.dashboard.dialogs.opening import Typed, opened
from api.dashboard.dialogs.suggestions import Suggestions
from api.dashboard.guard import posted, see_other
from api.dashboard.parts import Shown
from api.dashboard.state import SAID, parse
from api.errors import HttpError
from core.errors import InvalidInput
from core.filters import FilterDimension

if TYPE_CHECKING:
    from api.dashboard.parts import Parts
    from api.dashboard.state import State
    from api.dashboard.viewer import Viewer

#: What a field is suggested values for, if not for a dimension.
_STEP: Final = "step"
#: Whoever types has the report left to ask for.
_TYPING: Final = b"typing"
#: Letters that are looked for.
_MOST_TYPED: Final = 200


def routes(parts: Parts) -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    forms = _Forms(parts)
    for base in ("/", "/share/{token}/"):
        router.add_api_route(f"{base}suggest", forms.suggest, methods=["GET"])
        router.add_api_route(f"{base}filter", forms.filter, methods=["GET"])
        router.add_api_route(f"{base}funnel", forms.funnel, methods=["GET"])
    router.add_api_route("/funnels", forms.funnels, methods=["POST"])
    router.add_api_route("/segments", forms.segments, methods=["POST"])
    return router


class _Forms:
    """The routes' handlers."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def suggest(self, request: Request) -> Response:
        """Options for what is typed into a field."""
        viewer = await self._filtering(request)
        await count(self._parts, viewer, _TYPING)
        pairs = request.query_params.multi_items()
        shown = await self._shown(request, viewer, parse(pairs).state)
        asked = await asked_of(self._parts, shown)
        suggestions = Suggestions(self._parts.reports, site=shown.site, query=asked.query, locale=shown.viewer.language)
        last = dict(pairs)
        dimension, typed = last.get("dimension", ""), last.get("q", "")[:_MOST_TYPED]
        if dimension == _STEP:
            options = await suggestions.steps(typed)
        elif dimension in {*FilterDimension}:
            options = await suggestions.values(FilterDimension(dimension), typed)
        else:
            raise InvalidInput(f"dimension must be {_STEP} or one of {', '.join(FilterDimension)}")
        return self._parts.rendering.page("dialogs/options.html", request, viewer, options=options)

    async def filter(self, request: Request) -> Response:
        """Lead to the report that is filtered as the form says."""
        viewer = await self._filtering(request)
        pairs = request.query_params.multi_items()
        was = dict(pairs).get("was", "")
        state = parse(pairs).state.with_(view=View.FILTER, of=was)
        draft = drafts.sent(pairs)
        try:
            made = filtering.applied(state, was, draft, viewer.language)
        except InvalidInput as error:
            return await self._again(request, viewer, state, Typed(draft=draft, error=str(error)))
        return see_other(made.url(viewer.base))

    async def funnel(self, request: Request) -> Response:
        """Lead to the funnel whose steps the form was sent with, changed as its button says."""
        viewer = await self._filtering(request)
        pairs = request.query_params.multi_items()
        steps = edited((text for name, text in pairs if name == "step"), dict(pairs).get("do", ""))
        state = parse(pairs).state.with_(view=View.FUNNEL, of="", steps=steps)
        return see_other(state.url(viewer.base))

    async def funnels(self, request: Request) -> Response:
        """Save, rename or delete a funnel."""
        return await self._named(request, naming.funnels, View.FUNNEL)

    async def segments(self, request: Request) -> Response:
        """Save, rename or delete a segment."""
        return await self._named(request, naming.segments, View.FILTER)

    async def _named(self, request: Request, change: naming.Change, view: View) -> Response:
        viewer = await self._parts.viewers.keeper(request)
        form = await posted(request)
        state = parse(form.pairs).state.with_(view=view)
        shown = await self._shown(request, viewer, state)

        def changed() -> tuple[State, str]:
            with self._parts.pool.connection() as connection:
                return change(connection, shown.site.id, state, form)

        try:
            made, said = await run_in_threadpool(changed)
        except InvalidInput as error:
            typed = Typed(name=form.get("name"), error=str(error))
            return await self._again(request, viewer, state, typed)
        url = made.url(viewer.base)
        return see_other(f"{url}&{SAID}={said}")

    async def _again(self, request: Request, viewer: Viewer, state: State, typed: Typed) -> Response:
        """The dialog with what was typed and what is wrong with it, on a page of its own."""
        shown = await self._shown(request, viewer, state)
        sites = await run_in_threadpool(self._parts.viewers.sites_of, viewer)
        return self._parts.rendering.page(
            "dialogs/alone.html",
            request,
            viewer,
            status=422,
            site=shown.site,
            sites=pickers.sites(sites, shown.site, viewer),
            state=state,
            dialog=await opened(self._parts, shown, typed),
        )

    async def _shown(self, request: Request, viewer: Viewer, state: State) -> Shown:
        site = await run_in_threadpool(self._parts.viewers.find_site, viewer, state.site)
        return Shown(request, viewer, site, state, self._parts.clock.now_ms())

    async def _filtering(self, request: Request) -> Viewer:
        """Who looks, if they may narrow what they see.

        Raises:
            HttpError: 403, a share link does not let them; 401 for nobody that we know.
        """
        viewer = await self._parts.viewers.required(request)
        if not viewer.may_filter:
            raise HttpError(403, "this link shows the report as it is, without filters")
        return viewer
