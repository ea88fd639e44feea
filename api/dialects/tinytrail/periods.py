"""The days of an answer, and what of them is not known any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.ranges import Days


def period(days: Days) -> dict[str, str]:
    """The days, both included.

    With `events_from` where a site has no events of the first of them any more, so that what cannot be told from sums
    counts from there on; with `sums_from` where it has no sums of them either.
    """
    found = {"start": days.first.isoformat(), "end": days.last.isoformat()}
    if days.events_from is not None and days.first < days.events_from:
        found["events_from"] = days.events_from.isoformat()
    if days.sums_from is not None and days.first < days.sums_from:
        found["sums_from"] = days.sums_from.isoformat()
    return found
