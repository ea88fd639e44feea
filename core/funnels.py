"""Funnels: steps that visits take in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from core.errors import InvalidInput
from core.text import require_clean

if TYPE_CHECKING:
    from collections.abc import Iterable

#: How many steps a funnel has.
FEWEST: Final = 2
MOST: Final = 10
_MAX_TEXT: Final = 1_024


class Steps(NamedTuple):
    """The steps of a funnel as they are written, for `core.steps.parse_step`."""

    texts: tuple[str, ...]


def check_steps(texts: Iterable[str]) -> Steps:
    """Return the steps of a funnel that is to be kept.

    Raises:
        InvalidInput: there are too few or too many, or there can be no such page or event.
    """
    steps = Steps(tuple(texts))
    if not FEWEST <= len(steps.texts) <= MOST:
        raise InvalidInput(f"steps must be {FEWEST} to {MOST}: each a path or an event")
    for index, text in enumerate(steps.texts):
        if not 0 < len(text) <= _MAX_TEXT:
            raise InvalidInput(f"steps[{index}] must be 1 to {_MAX_TEXT} characters")
        require_clean(text, f"steps[{index}]")
    return steps
