"""The panel of funnels: those that are saved, and what visits made of one of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.dashboard.choices import View
from api.dashboard.dialogs.funnel import answered, sentence
from api.dashboard.tabs import Tab

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babel import Locale

    from api.dashboard.dialogs.funnel import Step
    from api.dashboard.state import State
    from core.definitions import Definition
    from core.funnels import Steps

_NONE: Final = "No funnel yet. One shows how many visits take some steps one after the other, and where they leave."
#: Funnels that are named in the panel; the others are in the dialog.
_NAMED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPanel:
    """The panel with one of them open."""

    tabs: Sequence[Tab]
    steps: Sequence[Step]
    sentence: str
    new: State | None  #: where one is made; None for those who may not choose what they see
    csv: State | None
    empty: str  #: what is said where no funnel is open, '' where one is
    late: State | None  #: where to look again for what is still counted; None where nothing is


def chosen(state: State, saved: Sequence[Definition[Steps]]) -> State:
    """The state with the first saved funnel open unless it says which."""
    if state.steps or not saved or any(each.name == state.funnel for each in saved):
        return state
    return state.with_(funnel=saved[0].name)


def funnel_panel(  # noqa: PLR0913 - what was found, and for whom
    state: State,
    saved: Sequence[Definition[Steps]],
    found: Sequence[tuple[str, int]],
    locale: Locale,
    *,
    may_filter: bool,
    is_late: bool = False,
) -> FunnelPanel:
    """Put the panel together.

    Args:
        state: what is shown, with a funnel `chosen`.
        saved: the funnels of the site.
        found: (step, visits) of the one that is open, nothing where none is.
        locale: of the viewer.
        may_filter: whether the viewer may choose what they see.
        is_late: whether the answer is still to come.
    """
    is_saved = not state.steps
    named = sorted(saved, key=lambda each: each.name != state.funnel)[:_NAMED]
    dialog = state.with_(view=View.FUNNEL)
    return FunnelPanel(
        tabs=[
            Tab(each.name, state.with_(funnel=each.name, steps=()), is_saved and each.name == state.funnel)
            for each in saved
            if each in named
        ],
        steps=answered(found, locale),
        sentence=sentence(found, locale),
        new=dialog.with_(funnel="", steps=()) if may_filter else None,
        csv=dialog.with_(csv=True) if found else None,
        empty="" if found or is_late else _NONE,
        late=state if is_late else None,
    )
