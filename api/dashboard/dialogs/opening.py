"""Which dialog a state has open, and what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from fastapi.concurrency import run_in_threadpool

from api.dashboard.asking import asked_of
from api.dashboard.choices import View
from api.dashboard.dialogs import details, flow, funnel
from api.dashboard.dialogs import filter as filtering
from api.dashboard.settings import notes, shares
from core.paths import normalise_path
from core.steps import parse_step
from storage.definitions import FUNNELS, SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.dashboard.dialogs.draft import Draft
    from api.dashboard.parts import Parts, Shown
    from core.definitions import Definition
    from core.funnels import Steps
    from storage.definitions import Definitions

T = TypeVar("T")


class Typed(NamedTuple):
    """What was typed into a form that is shown again, and what is wrong with it."""

    draft: Draft | None = None  #: of a filter
    name: str = ""  #: of a segment or a funnel
    error: str = ""  #: with the filter, or with the name where there is no draft


class Opened(NamedTuple):
    """A dialog: its template, and what the template shows as `dialog.model`."""

    template: str
    model: Any
    wide: bool = False


_UNTYPED: Final = Typed()
#: Forms that save what settings list.
_OF_SETTINGS: Final = {
    View.SHARE: ("settings/share_dialog.html", shares.dialog_values),
    View.NOTE: ("settings/note_dialog.html", notes.dialog_values),
}


async def opened(parts: Parts, shown: Shown, typed: Typed = _UNTYPED) -> Opened | None:
    """The dialog that is open; None for none of these.

    Raises:
        Unavailable: as for every report.
    """
    view = shown.state.view
    if view.is_list:
        asked = await asked_of(parts, shown)
        lists = await details.details(parts.reports, asked, shown.site, shown.state, shown.viewer.language)
        return Opened("dialogs/details.html", lists, wide=True)
    if view is View.FLOW:
        return Opened("dialogs/flow.html", await _flow(parts, shown), wide=True)
    if view is View.FUNNEL:
        return Opened("dialogs/funnel.html", await _funnel(parts, shown, typed))
    if view is View.FILTER:
        return Opened("dialogs/filter.html", await _filter(parts, shown, typed))
    if view in _OF_SETTINGS:
        template, values = _OF_SETTINGS[view]
        return Opened(template, await values(parts, shown))
    return None


async def funnel_found(parts: Parts, shown: Shown, saved: Sequence[Definition[Steps]]) -> tuple[tuple[str, int], ...]:
    """What visits made of the steps of a state; nothing where there are not enough of them.

    Raises:
        Unavailable: as for every report.
    """
    steps = funnel.steps_of(shown.state, saved)
    if not funnel.is_whole(steps):
        return ()
    asked = await asked_of(parts, shown)
    return (await parts.reports.funnel(asked.query, [*map(parse_step, steps)])).steps


async def saved_of(parts: Parts, kind: Definitions[T], site: int) -> list[Definition[T]]:
    """What is saved of a kind for a site."""

    def read() -> list[Definition[T]]:
        with parts.pool.connection() as connection:
            return kind.of_site(connection, site)

    return await run_in_threadpool(read)


async def _flow(parts: Parts, shown: Shown) -> flow.FlowView:
    asked, path = await asked_of(parts, shown), normalise_path(shown.state.of)
    found = await parts.reports.around(asked.query, path, limit=flow.ROWS)
    return flow.shown(found, shown.site, shown.state, shown.viewer.language)


async def _funnel(parts: Parts, shown: Shown, typed: Typed) -> funnel.FunnelView:
    saved = await saved_of(parts, FUNNELS, shown.site.id)
    found = await funnel_found(parts, shown, saved)
    return funnel.shown(shown.state, saved, found, shown.viewer.language, name=typed.name, error=typed.error)


async def _filter(parts: Parts, shown: Shown, typed: Typed) -> filtering.FilterView:
    # Segments are of those who made them: a link shows the report to strangers.
    saved = await saved_of(parts, SEGMENTS, shown.site.id) if shown.viewer.may_change else []
    of_draft, of_name = (typed.error, "") if typed.draft else ("", typed.error)
    return filtering.shown(
        shown.state,
        saved,
        shown.viewer.language,
        draft=typed.draft,
        error=of_draft,
        name=typed.name,
        name_error=of_name,
    )
