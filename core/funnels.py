"""Funnels: steps that visits take in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from core.errors import InvalidInput
from core.paths import MAX_LENGTH, normalise_path
from core.text import require_clean

if TYPE_CHECKING:
    from collections.abc import Iterable

_FEWEST: Final = 2
_MOST: Final = 10


class Steps(NamedTuple):
    """Each a page, if it begins with a slash, else the type or the name of an event."""

    texts: tuple[str, ...]


def check_steps(texts: Iterable[str]) -> Steps:
    """Return the steps of a funnel that is to be kept.

    Raises:
        InvalidInput: there are too few or too many, or there can be no such page or event.
    """
    steps = Steps(tuple(check_step(text, f"steps[{index}]") for index, text in enumerate(texts)))
    if not _FEWEST <= len(steps.texts) <= _MOST:
        raise InvalidInput(f"steps must be {_FEWEST} to {_MOST}: each a path or an event")
    return steps


def check_step(text: str, field: str) -> str:
    """Return a step, a page in the form in which paths are stored.

    Raises:
        InvalidInput: there can be no such page or event; the message names the field.
    """
    require_clean(text, field)
    if text.startswith("/"):
        return normalise_path(text)
    if not 0 < len(text) <= MAX_LENGTH:
        raise InvalidInput(f"{field} must be 1 to {MAX_LENGTH} characters")
    return text
