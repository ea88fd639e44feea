"""Goals: what a visit is hoped to do."""

from __future__ import annotations

from typing import Final, NamedTuple

from core.errors import InvalidInput
from core.filters import Choice, Filter, FilterDimension
from core.text import require_clean

_MAX_TEXT: Final = 1_024


class Goal(NamedTuple):
    """An event that happens or a page that is seen; exactly one of the two is not empty."""

    event: str = ""  #: name of a custom event, type of any other
    page: str = ""  #: a glob over paths

    @property
    def filter(self) -> Filter:
        """What meets it: a view or an event that this filter chooses."""
        if self.event:
            return Filter(dimension=FilterDimension.EVENT, choices=(Choice(self.event),))
        return Filter(dimension=FilterDimension.PAGE, choices=(Choice(self.page, glob="*" in self.page),))


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
    if field == "page" and not text.startswith(("/", "*")):
        raise InvalidInput("page must begin with a slash or a *, such as /thanks or /orders/*")
    return Goal(**{field: text})
