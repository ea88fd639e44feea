"""Goals: what a visit is hoped to do."""

from __future__ import annotations

from typing import Final, NamedTuple

from core.errors import InvalidInput
from core.steps import Step, parse_step
from core.text import require_clean

_MAX_TEXT: Final = 1_024


class Goal(NamedTuple):
    """An event that happens or a page that is seen, as they are written; exactly one of the two is not empty."""

    event: str = ""  #: name of a custom event, type of any other
    page: str = ""  #: a path; in it `*` is any run of characters

    @property
    def step(self) -> Step:
        """What a visit does that reaches it."""
        return Step(self.event) if self.event else parse_step(self.page)


def check_goal(*, event: str | None = None, page: str | None = None) -> Goal:
    """Return the goal.

    Raises:
        InvalidInput: not exactly one is given, or it is empty, too long or cannot be met.
    """
    if (event is None) is (page is None):
        raise InvalidInput("send either event, the name of an event, or page, a path such as /thanks or /orders/*")
    field, text = ("page", page or "") if event is None else ("event", event)
    if not 0 < len(text) <= _MAX_TEXT:
        raise InvalidInput(f"{field} must be 1 to {_MAX_TEXT} characters")
    require_clean(text, field)
    if field == "page" and not text.startswith(("/", "\\/")):
        raise InvalidInput("page must begin with a slash, such as /thanks or /orders/*")
    return Goal(**{field: text})
