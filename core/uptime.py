"""Uptime of a site: what a check changes, when the next one is due, and how much of the time the site was up. Pure.

All times are ms since 1970 UTC. A site is watched from one check to the next unless that one is far too late: time in
which nobody looked counts neither for the site nor against it. A downtime lies in watched time, so it ends, as far as
anybody knows, with the last check before such a gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from core.spans import DAY, HOUR, MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

#: From one check to the next while a site is up.
INTERVAL: Final = 5 * MINUTE
#: From the first check that fails to the one that confirms it.
CONFIRMED_AFTER: Final = 45 * SECOND
#: From one check to the next once a downtime has lasted so long, the longest first.
PAUSES: Final = ((3 * DAY, HOUR), (2 * DAY, 30 * MINUTE), (DAY, 10 * MINUTE), (0, INTERVAL))
#: A site that is down for so long is not checked any more.
GIVEN_UP_AFTER: Final = 7 * DAY
#: A check that comes so late still watches the time before it.
LATE: Final = 5 * MINUTE
#: What the percentage of uptime, and the list of downtimes, are of.
PERIOD: Final = 30 * DAY


class Span(NamedTuple):
    """A time, from `begin` up to `end`."""

    begin: int
    end: int


class Downtime(NamedTuple):
    """One that goes on. Before it is confirmed it may be a single request that failed."""

    started_at: int
    is_confirmed: bool


class Standing(NamedTuple):
    """How a monitored site is, after its last check."""

    checked_at: int | None = None  #: the last check
    due_at: int | None = None  #: the next one; None: nobody has looked since the last
    downtime: Downtime | None = None


class Step(NamedTuple):
    """What a check changes."""

    #: When the next check is due; None if the site was down for so long that nobody looks any more.
    due_at: int | None
    #: Whether the time since the check before was watched.
    was_watched: bool
    #: When the downtime that went on has ended; None if there was none, or it goes on.
    ended_at: int | None = None
    #: Whether a downtime begins with this check, not yet confirmed.
    begins: bool = False
    #: Whether the check confirms the downtime that goes on.
    confirms: bool = False


def step(standing: Standing, now: int, *, is_up: bool) -> Step:
    """Return what a check at `now` changes."""
    was_watched = standing.checked_at is not None and standing.due_at is not None and now <= standing.due_at + LATE
    ended_at, downtime = None, standing.downtime
    if downtime is not None and not was_watched:
        ended_at, downtime = max(downtime.started_at, standing.checked_at or 0), None
    if is_up:
        ended_at = ended_at if downtime is None else max(downtime.started_at, now)
        return Step(now + INTERVAL, was_watched, ended_at)
    if downtime is None:
        return Step(now + CONFIRMED_AFTER, was_watched, ended_at, begins=True)
    pause = pause_of(now - downtime.started_at)
    return Step(None if pause is None else now + pause, was_watched, confirms=not downtime.is_confirmed)


def pause_of(lasted: int) -> int | None:
    """Return how long to wait for the next check of a site that has been down for so long; None: look no more."""
    if lasted >= GIVEN_UP_AFTER:
        return None
    return next(pause for least, pause in PAUSES if lasted >= least)


def uptime(watched: Sequence[Span], down: Sequence[Span], period: Span) -> float | None:
    """Return which part of the watched time of a period the site was up, in percent, to 2 decimals.

    Args:
        watched: the times in which somebody looked, in any order, none of which overlap.
        down: the downtimes; what of them nobody watched is left out.
        period: the time it is asked for.

    Returns:
        from 0 to 100, or None where nothing was watched.
    """
    seen = [_within(each, period) for each in watched]
    total = sum(each.end - each.begin for each in seen)
    if not total:
        return None
    lost = sum(part.end - part.begin for each in seen for part in (_within(span, each) for span in down))
    return round(100 - 100 * lost / total, 2)


def _within(span: Span, bounds: Span) -> Span:
    begin = min(max(span.begin, bounds.begin), bounds.end)
    return Span(begin, max(begin, min(span.end, bounds.end)))
