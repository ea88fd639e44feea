"""Flow: what visits saw right before a page, and right after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from api.dashboard import numbers
from api.dashboard.choices import View
from api.dashboard.dialogs.details import address_of
from api.dashboard.narrowing import only
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babel import Locale

    from aggregations.answers import Around
    from api.dashboard.state import State
    from core.sites import Site

#: Pages of each list.
ROWS: Final = 10
_BEGIN: Final = "Visit began here"
_END: Final = "Visit ended here"


class Neighbour(NamedTuple):
    """A page before or after."""

    label: str
    times: str
    width: str  #: of its bar, one scale for both lists
    flow: State | None  #: its own flow; None of the beginning and the end of a visit


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowView:
    """The dialog."""

    path: str
    before: tuple[Neighbour, ...]
    after: tuple[Neighbour, ...]
    only: State  #: the report of this page alone
    open: str  #: address of the page itself
    pages: State  #: the list of all pages
    sheet: State  #: the same as a file


def shown(found: Around, site: Site, state: State, locale: Locale) -> FlowView:
    """What is shown of the flow around a page."""
    most = max((count for _, count in (*found.before, *found.after)), default=0)

    def neighbours(rows: Sequence[tuple[str, int]], none: str) -> tuple[Neighbour, ...]:
        return tuple(
            Neighbour(
                label=path or none,
                times=numbers.count(count, locale),
                width=f"{100 * count / most:.2f}%",
                flow=state.with_(of=path) if path else None,
            )
            for path, count in rows
        )

    return FlowView(
        path=found.path,
        before=neighbours(found.before, _BEGIN),
        after=neighbours(found.after, _END),
        only=only(state, Subject.PAGE, (found.path,)),
        open=address_of(site, found.path),
        pages=state.with_(view=View.PAGES, of=""),
        sheet=state.with_(csv=True),
    )
