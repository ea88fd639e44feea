"""What the report is compared with, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.comparisons import Against
from core.ranges import Period

if TYPE_CHECKING:
    from api.dashboard.state import State
    from core.ranges import Days


def compared_with(state: State, days: Days) -> str:
    """The other range: "30 days before", "the day before", "same days last year"; '' for none."""
    if state.compare is None:
        return ""
    if state.compare is Against.YEAR:
        return "same days last year"
    if len(days) == 1:
        return "the day before"
    if state.days is None and state.period is Period.YEAR:
        return "12 months before"
    return f"{len(days)} days before"
