"""Which hours' sums a change makes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.spans import hour_of, hours_between

if TYPE_CHECKING:
    from core.sessions import Delta


def mark_event(site: int, ts: int, delta: Delta) -> None:
    """An event's row was written, or its facts or session changed."""
    delta.marks.add((site, hour_of(ts)))


def mark_start(site: int, start: int, delta: Delta) -> None:
    """A session's row was made, changed or deleted: its sums belong to the hour it starts in."""
    delta.marks.add((site, hour_of(start)))


def mark_whole(site: int, start: int, last: int, delta: Delta) -> None:
    """A session's source, device, visit flag or identity changed, by which its events are summed in all its hours."""
    delta.marks.update((site, hour) for hour in hours_between(start, last))
