"""When a marked hour is worth a rollup. A matter of speed only: a marked hour is read from its rows and right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from core.spans import DAY, HOUR, MINUTE, day_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.marks import MarkedHour

#: So long after its end an hour's last sessions have ended too, ms.
SETTLED: Final = 35 * MINUTE
#: So long nothing must have changed, seconds: what changes all the time would be marked again at once.
QUIET: Final = 60.0
#: A day has files an hour after its end, ms. Whatever comes later makes them anew, all of them: not more often than
#: every so many seconds.
FILED: Final = HOUR
AGAIN: Final = 600.0


class SiteDay(NamedTuple):
    """One UTC day of a site."""

    site: int
    day: int  # start, ms


class DueDays:
    """Watches the marks from round to round and says which days to roll up."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], tuple[int, float]] = {}
        self._given: dict[SiteDay, float] = {}

    def of(self, waiting: Iterable[MarkedHour], *, now: int, monotonic: float) -> list[SiteDay]:
        """Return the days with an hour that ended 35 minutes ago and has not changed for a minute, oldest first.

        A day that has files comes again only after ten minutes.

        Args:
            waiting: all marked hours.
            now: wall clock, ms.
            monotonic: seconds from an arbitrary start; the age of a mark is measured from when it was first seen here.
        """
        before, self._seen = self._seen, {}
        self._given = {day: since for day, since in self._given.items() if monotonic - since < AGAIN}
        due = set()
        for site, hour, version in waiting:
            known, since = before.get((site, hour), (version, monotonic))
            if known != version:
                since = monotonic
            self._seen[site, hour] = version, since
            day = SiteDay(site, day_of(hour))
            if hour + HOUR + SETTLED <= now and monotonic - since >= QUIET and day not in self._given:
                due.add(day)
        self._given |= dict.fromkeys((found for found in due if found.day + DAY + FILED <= now), monotonic)
        return sorted(due, key=lambda found: (found.day, found.site))

    def postpone(self, failed: SiteDay) -> None:
        """Let a day whose rollup failed wait for another minute."""
        self._given.pop(failed, None)
        self._seen = {
            (site, hour): seen
            for (site, hour), seen in self._seen.items()
            if (site, day_of(hour)) != (failed.site, failed.day)
        }
