"""What the report is compared with, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.comparisons import Against

if TYPE_CHECKING:
    from core.ranges import Days


def compared_with(days: Days, against: Against) -> str:
    """The other range: "30 days before", "the day before", "same days last year"."""
    if against is Against.YEAR:
        return "same days last year"
    return "the day before" if len(days) == 1 else f"{len(days)} days before"
