"""When a marked hour is worth a rollup. A matter of speed only: a marked hour is read from its rows and right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from core.spans import HOUR, MINUTE, day_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.marks import MarkedHour

#: So long after its end an hour's last sessions have ended too, ms.
SETTLED: Final = 35 * MINUTE
#: So long nothing must have changed, seconds: what changes all the time would be marked again at once.
QUIET: Final = 60.0


class SiteDay(NamedTuple):
    """One UTC day of a site."""

    site: int
    day: int  # start, ms


class DueDays:
    """Watches the marks from round to round and says which days to roll up."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], tuple[int, float]] = {}

    def of(self, waiting: Iterable[MarkedHour], *, now: int, monotonic: float) -> list[SiteDay]:
        """Return the days with an hour that ended 35 minutes ago and has not changed for a minute, oldest first.

        Args:
            waiting: all marked hours.
            now: wall clock, ms.
            monotonic: seconds from an arbitrary start; the age of a mark is measured from when it was first seen here.
        """
        before, self._seen = self._seen, {}
        due = set()
        for site, hour, version in waiting:
            known, since = before.get((site, hour), (version, monotonic))
            if known != version:
                since = monotonic
            self._seen[site, hour] = version, since
            if hour + HOUR + SETTLED <= now and monotonic - since >= QUIET:
                due.add(SiteDay(site, day_of(hour)))
        return sorted(due, key=lambda found: (found.day, found.site))

    def postpone(self, failed: SiteDay) -> None:
        """Let a day whose rollup failed wait for another minute."""
        self._seen = {
            (site, hour): seen
            for (site, hour), seen in self._seen.items()
            if (site, day_of(hour)) != (failed.site, failed.day)
        }
