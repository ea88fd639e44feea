"""The funnel dialog: its steps to edit, what visits made of them, and the funnels that were saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from api.dashboard import numbers
from api.dashboard.choices import View
from api.dashboard.dialogs.builder import bars, fields
from core.funnels import FEWEST, MOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babel import Locale

    from api.dashboard.dialogs.builder import Bar, Field
    from api.dashboard.state import State
    from core.definitions import Definition
    from core.funnels import Steps


class Step(NamedTuple):
    """A step of the answer, in words."""

    number: int
    text: str
    visits: str
    width: str  #: of its bar, all on one scale
    of_before: str  #: share of the step before, '' of the first
    lost: str  #: visits that did not come here, '' where none was lost


class Saved(NamedTuple):
    """A funnel that has a name."""

    id: str
    name: str
    state: State  #: the dialog with it
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelView:
    """The dialog."""

    fields: tuple[Field, ...]
    full: bool  #: whether there can be no more steps
    hidden: tuple[tuple[str, str], ...]  #: what sending the form leaves as it is
    steps: tuple[Step, ...]  #: of the answer; none without two steps
    sentence: str  #: the answer in one
    saved: tuple[Saved, ...]
    current: Saved | None  #: the saved one that is open, as it was saved or changed since
    changed: bool
    new: State
    sheet: State | None  #: the same as a file
    name: str  #: as it was typed
    error: str  #: what is wrong with the name


def steps_of(state: State, saved: Sequence[Definition[Steps]]) -> tuple[str, ...]:
    """The steps that a state shows: its own or those of the saved funnel that it names."""
    if state.steps:
        return state.steps
    return next((each.meaning.texts for each in saved if each.name == state.funnel), ())


def is_whole(steps: Sequence[str]) -> bool:
    """Whether they can be answered."""
    return FEWEST <= len(steps) <= MOST


def answered(found: Sequence[tuple[str, int]], locale: Locale) -> tuple[Step, ...]:
    """The steps of an answer in words."""
    return tuple(_step(bar, locale) for bar in bars(found))


def sentence(found: Sequence[tuple[str, int]], locale: Locale) -> str:
    """The answer in one sentence; '' where there is none."""
    if not found:
        return ""
    (first, begun), (_, ended) = found[0], found[-1]
    if not begun:
        return f"No visit came to {first} in these days."
    return f"{numbers.percent(100 * ended / begun, locale)} of visits that came to {first} finished."


def shown(  # noqa: PLR0913 - what is open, what was found, and what was typed
    state: State,
    saved: Sequence[Definition[Steps]],
    found: Sequence[tuple[str, int]],
    locale: Locale,
    *,
    name: str = "",
    error: str = "",
) -> FunnelView:
    """What is shown.

    Args:
        state: with the dialog open.
        saved: the funnels of the site.
        found: (step, visits) of the answer, nothing where there is none.
        locale: of the viewer.
        name: of the funnel, as it was typed.
        error: what is wrong with it.
    """
    steps = steps_of(state, saved)
    closed = state.with_(view=View.FUNNEL, of="", steps=(), funnel="")
    listed = tuple(
        Saved(str(each.id), each.name, closed.with_(funnel=each.name), current=each.name == state.funnel)
        for each in saved
    )
    current = next((each for each in listed if each.current), None)
    meant = next((each.meaning.texts for each in saved if each.name == state.funnel), ())
    return FunnelView(
        fields=tuple(fields(steps)),
        full=len(steps) >= MOST,
        hidden=tuple(state.with_(view=View.FUNNEL, of="", steps=()).pairs()),
        steps=answered(found, locale),
        sentence=sentence(found, locale),
        saved=listed,
        current=current,
        changed=current is not None and steps != meant,
        new=closed,
        sheet=state.with_(csv=True) if found else None,
        name=name or (current.name if current else ""),
        error=error,
    )


def _step(bar: Bar, locale: Locale) -> Step:
    return Step(
        number=bar.number,
        text=bar.text,
        visits=numbers.exact(bar.visits, locale),
        width=f"{100 * (bar.of_first or 0):.2f}%",
        of_before="" if bar.of_before is None else numbers.percent(100 * bar.of_before, locale),
        lost=numbers.exact(bar.lost, locale) if bar.lost else "",
    )
