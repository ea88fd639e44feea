"""Filters as chips: each says what it does, opens its dialog and can be taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.dashboard.choices import View
from api.dashboard.dialogs.draft import about
from api.dashboard.labels import value_label
from api.dashboard.phrases import Phrase, phrase

if TYPE_CHECKING:
    from babel import Locale

    from api.dashboard.state import State


class Chip(NamedTuple):
    """One filter."""

    phrase: Phrase
    edit: State  #: with its dialog open
    remove: State  #: without it


def chips(state: State, locale: Locale) -> list[Chip]:
    """The filters of a report, in their order."""
    closed = state.with_(view=View.REPORT)
    return [
        Chip(
            phrase=phrase(given, lambda dimension, value: value_label(dimension, value, locale)),
            edit=closed.with_(view=View.FILTER, of=about(given)),
            remove=closed.without_filter(given),
        )
        for given in state.filters
    ]
