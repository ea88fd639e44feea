"""`/settings/SECTION`: shows a section, saves its form, and says so once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.dashboard import guard, numbers, pickers
from api.dashboard.sayings import said_of
from api.dashboard.settings.alerts import AlertsEditor
from api.dashboard.settings.data import DataEditor
from api.dashboard.settings.dates import Dates
from api.dashboard.settings.exclusions import ExclusionsEditor
from api.dashboard.settings.forms import Said, Wrong
from api.dashboard.settings.groups import GroupsEditor
from api.dashboard.settings.keys import KeysEditor
from api.dashboard.settings.messages import MessagesEditor
from api.dashboard.settings.monitors import MonitorsEditor
from api.dashboard.settings.notes import NotesEditor
from api.dashboard.settings.sections import PERSONAL, Asking, Editor, Fresh, Page, Preview, Section
from api.dashboard.settings.shares import SharesEditor
from api.dashboard.settings.shortcuts import ShortcutsEditor
from api.dashboard.settings.site import SiteEditor
from api.dashboard.settings.snippets import SnippetPage
from api.dashboard.state import SAID, State
from api.dashboard.viewer import ABSENT, name_of, named
from api.errors import HttpError
from core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.dashboard.parts import Parts
    from core.sites import Site

_NO_SECTION: Final = "There are no such settings."


def router(parts: Parts) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/settings")
    editors: dict[Section, Editor] = {
        Section.SITE: SiteEditor(parts.pool),
        Section.EXCLUSIONS: ExclusionsEditor(parts.pool, address_of=parts.guard.address),
        Section.GROUPS: GroupsEditor(parts.pool, parts.reports),
        Section.SHARES: SharesEditor(parts.pool, guard=parts.guard),
        Section.NOTES: NotesEditor(parts.pool),
        Section.MONITORS: MonitorsEditor(parts.pool),
        Section.ALERTS: AlertsEditor(parts.pool, vault=parts.vault),
        Section.MESSAGES: MessagesEditor(parts.pool, vault=parts.vault),
        Section.DATA: DataEditor(parts.pool),
        Section.KEYS: KeysEditor(parts.pool, vault=parts.vault, sessions=parts.viewers.sessions),
        Section.SHORTCUTS: ShortcutsEditor(parts.viewers.sessions),
    }
    pages: dict[Section, Page] = {Section.SNIPPET: SnippetPage(public_url=parts.public_url), **editors}

    @routes.get("")
    async def first(request: Request) -> Response:
        """Lead to the first section."""
        query = f"?{request.url.query}" if request.url.query else ""
        return guard.see_other(f"/settings/{Section.SNIPPET if query else Section.KEYS}{query}")

    @routes.get("/{section}")
    async def show(request: Request, section: str) -> Response:
        """Show a section."""
        chosen = _section(section)
        asking, known = await _asking(parts, request)
        values = await pages[chosen].show(asking)
        said = said_of(request.query_params.get(SAID, ""))
        return _page(parts, asking, known, chosen, {**values, "said": said})

    @routes.post("/{section}")
    async def save(request: Request, section: str) -> Response:
        """Do what a section's form asks."""
        chosen = _section(section)
        asking, known = await _asking(parts, request)
        posted, page = await guard.posted(request), editors.get(chosen)
        if page is None:
            raise HttpError(405, "nothing is saved here")
        try:
            done = await page.save(asking, posted)
        except Wrong as wrong:
            values = await page.show(asking, posted)
            return _page(parts, asking, known, chosen, {**values, "errors": Said(wrong.errors)}, status=422)
        if isinstance(done, Preview):
            return _page(parts, asking, known, chosen, await page.show(asking, done.typed))
        if isinstance(done, Fresh):
            # What is shown once is kept nowhere, by no browser either.
            return _page(parts, asking, known, chosen, {**await page.show(asking), **done.values}, kept=False)
        site = done.site or asking.chosen
        here = f"/settings/{chosen}{_query(site, known)}"
        return guard.see_other(saying(done.to or here, done.said))

    return routes


def saying(url: str, word: str) -> str:
    """The address with a word that is said once."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({SAID: word})}"


async def _asking(parts: Parts, request: Request) -> tuple[Asking, list[Site]]:
    """Who asks and of which site, and all sites that they see."""
    viewer = await parts.viewers.keeper(request)
    if viewer.principal is None:
        raise HttpError(403, "a share link shows the report and changes nothing")
    known = await run_in_threadpool(parts.viewers.sites_of, viewer)
    text = request.query_params.get("site", "").strip().lower()
    site = named(known, text) if text else (known[0] if len(known) == 1 else None)
    if text and site is None:
        raise NotFound(ABSENT)
    asking = Asking(request=request, viewer=viewer, user=viewer.principal, chosen=site, now=parts.clock.now_ms())
    return asking, known


def _page(  # noqa: PLR0913 - what a page is made of
    parts: Parts,
    asking: Asking,
    known: list[Site],
    section: Section,
    values: Mapping[str, Any],
    *,
    status: int = 200,
    kept: bool = True,
) -> Response:
    site, query = asking.chosen, _query(asking.chosen, known)
    given: dict[str, Any] = {
        "site": site,
        "state": State(site=name_of(site, known) if site else ""),
        "sites": pickers.sites(known, site, asking.viewer),
        "section": section,
        "sections": [
            (each.label, f"/settings/{each}{query}", each is section) for each in Section if site or each in PERSONAL
        ],
        "action": f"/settings/{section}{query}",
        "dates": Dates.of(site, asking.viewer.language, asking.now),
        "errors": Said(),
        "said": "",
        "made": "",
        "numbers": numbers,
        "asks_others": parts.asks_others,
        "sends_mails": parts.sends_mails,
    }
    response = parts.rendering.page(
        f"settings/{section}.html", asking.request, asking.viewer, status=status, **{**given, **values}
    )
    if not kept:
        response.headers["Cache-Control"] = "no-store"
    return response


def _query(site: Site | None, known: list[Site]) -> str:
    if site is None:
        return ""
    # The site may be called otherwise by now.
    others = [each for each in known if each.uuid != site.uuid]
    return f"?site={quote(name_of(site, [*others, site]), safe=':')}"


def _section(text: str) -> Section:
    try:
        return Section(text)
    except ValueError:
        raise NotFound(_NO_SECTION) from None
