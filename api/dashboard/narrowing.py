"""What a row of a list narrows the report to: a click on it leaves it alone, the other kind of click leaves it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.dashboard.choices import View
from core.events import EventType
from core.filters import Choice, Filter, FilterDimension
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.dashboard.state import State

_F = FilterDimension

#: The property that has the address of a link or a file.
_ADDRESS: Final = "url"
#: The event of a row that is told apart by its address.
_EVENTS: Final = {Subject.LINK: EventType.OUTBOUND_LINK.value, Subject.DOWNLOAD: "file_download"}
#: Dimensions whose name is not the subject's.
_DIMENSIONS: Final = {Subject.NOT_FOUND: _F.PAGE, Subject.SCROLL: _F.EVENT}


def filters_of(subject: Subject, names: Sequence[str]) -> tuple[Filter, ...]:
    """The filters that choose what the row with these names counts."""
    if subject is Subject.CAMPAIGN:
        return tuple(map(_is, map(_F, subject.names), names))
    if subject in _EVENTS:
        return _is(_F.EVENT, _EVENTS[subject]), _of_address(names[0])
    dimension = _DIMENSIONS.get(subject) or _F(subject.value)
    return (_is(dimension, _joined(names)),)


def only(state: State, subject: Subject, names: Sequence[str]) -> State:
    """The report of this row alone: what was chosen, or left out, of the same dimensions gives way."""
    added = filters_of(subject, names)
    kept = tuple(each for each in state.filters if not any(_gives_way(each, to=new) for new in added))
    return _report(state, (*kept, *added))


def without(state: State, subject: Subject, names: Sequence[str]) -> State:
    """The report without this row.

    No filter leaves out three names at once: of a campaign the last that it has is left out.
    """
    added = filters_of(subject, names)
    if subject is Subject.CAMPAIGN:
        added = (next((each for each in reversed(added) if each.choices != (Choice(""),)), added[-1]),)
    *others, last = added
    left_out = Filter(dimension=last.dimension, key=last.key, choices=last.choices, negated=True)
    kept = tuple(each for each in state.filters if each not in added)
    return _report(state, (*kept, *others, left_out))


def page_of(subject: Subject, names: Sequence[str]) -> str:
    """The path that the row is about; '' if it is about no page."""
    pages = {Subject.PAGE, Subject.ENTRY, Subject.EXIT, Subject.NOT_FOUND}
    return names[0] if subject in pages else ""


def _report(state: State, filters: tuple[Filter, ...]) -> State:
    return state.with_(filters=filters, view=View.REPORT, of="", search="", sort=None, p=1, csv=False)


def _is(dimension: FilterDimension, value: str) -> Filter:
    return Filter(dimension=dimension, choices=(Choice(value),))


def _of_address(address: str) -> Filter:
    """An address that was sent may have had a query, which its row does not tell."""
    choices = [Choice(address)]
    if address and "*" not in address:
        choices += [Choice(f"{address}{mark}*", glob=True) for mark in "?#"]
    return Filter(dimension=_F.PROPERTY, key=_ADDRESS, choices=tuple(choices))


def _joined(names: Sequence[str]) -> str:
    """Names as a filter has them: with slashes, without those that are empty at the end."""
    told = list(names)
    while len(told) > 1 and not told[-1]:
        told.pop()
    return "/".join(told)


def _gives_way(old: Filter, *, to: Filter) -> bool:
    same = (old.dimension, old.key) == (to.dimension, to.key)
    return same and (not old.negated or not all(old.matches(choice.text) for choice in to.choices if not choice.glob))
