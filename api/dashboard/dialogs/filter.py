"""The filter dialog: one filter to make or to change, and the segments that were saved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from api.dashboard.choices import View
from api.dashboard.dialogs.draft import Draft, about, draft_of, filter_of, found_in
from api.dashboard.dialogs.spelling import read, spell
from api.dashboard.labels import value_label
from api.dashboard.phrases import DIMENSIONS, How, phrase
from core.errors import InvalidInput
from core.filters import FilterDimension, parse_filters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from babel import Locale

    from api.dashboard.state import State
    from core.definitions import Definition
    from core.segments import Segment


class SegmentLine(NamedTuple):
    """A segment that can be picked."""

    id: str
    name: str
    words: str  #: what it filters by
    state: State  #: the report with its filters besides the others


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterView:
    """The dialog."""

    draft: Draft
    was: str  #: which filter is changed, '' for a new one
    dimensions: Mapping[FilterDimension, str]
    hows: tuple[How, ...]
    hidden: tuple[tuple[str, str], ...]  #: what sending the form leaves as it is
    remove: State | None  #: the report without the filter that is changed
    segments: tuple[SegmentLine, ...]
    savable: bool  #: whether there are filters to save
    error: str  #: what is wrong with the filter
    name: str  #: of a segment, as it was typed
    name_error: str


def shown(  # noqa: PLR0913 - what is open, and what was typed
    state: State,
    segments: Sequence[Definition[Segment]],
    locale: Locale,
    *,
    draft: Draft | None = None,
    error: str = "",
    name: str = "",
    name_error: str = "",
) -> FilterView:
    """What is shown.

    Args:
        state: with the dialog open; `of` says which filter is changed.
        segments: those of the site.
        locale: of the viewer.
        draft: what stands in the form, if not the filter as it is.
        error: what is wrong with it.
        name: of a segment, as it was typed.
        name_error: what is wrong with it.
    """
    given = found_in(state.filters, state.of)
    if draft is None:
        draft = _fresh(state.of) if given is None else draft_of(given, partial(spell, locale=locale))
    report = state.with_(view=View.REPORT)
    return FilterView(
        draft=draft,
        was="" if given is None else about(given),
        dimensions=DIMENSIONS,
        hows=tuple(How),
        hidden=tuple(report.pairs()),
        remove=None if given is None else report.without_filter(given),
        segments=tuple(_line(each, report, locale) for each in segments),
        savable=bool(state.filters),
        error=error,
        name=name,
        name_error=name_error,
    )


def applied(state: State, was: str, draft: Draft, locale: Locale) -> State:
    """The report with what the form means, instead of the filter that was changed.

    Raises:
        InvalidInput: the form means no filter.
    """
    made = filter_of(draft, partial(read, locale=locale))
    kept = [each for each in state.filters if not was or about(each) != was]
    return state.with_(filters=(*kept, *([] if made is None else [made])), view=View.REPORT, p=1)


def _fresh(of: str) -> Draft:
    """An empty form, of the dimension that is asked for."""
    name = of.removeprefix("!")
    try:
        (found,) = parse_filters([(name, "")])
    except InvalidInput:
        traffic = name == FilterDimension.TRAFFIC
        return Draft(dimension=FilterDimension.TRAFFIC) if traffic else Draft()
    return Draft(dimension=found.dimension, key=found.key, how=How.IS_NOT if of.startswith("!") else How.IS)


def _line(segment: Definition[Segment], report: State, locale: Locale) -> SegmentLine:
    filters, called = segment.meaning.filters, partial(value_label, locale=locale)
    return SegmentLine(
        id=str(segment.id),
        name=segment.name,
        words=", ".join(str(phrase(each, called)) for each in filters),
        state=report.with_(filters=(*report.filters, *filters), p=1),
    )
