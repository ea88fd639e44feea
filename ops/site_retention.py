"""Site retention: files and sums go when a site's owner does not want them to be kept any longer."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from aggregations.job import month_of
from aggregations.planner import month_after
from aggregations.rollups import ROLLUPS
from core.spans import DAY, MINUTE, day_of
from ops.turn import take_turn
from storage import retention
from storage.locks import site_lock, wait_for_past_alone
from storage.retention import Kept
from storage.times import instant

if TYPE_CHECKING:
    from threading import Event

    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from core.telemetry import Telemetry
    from storage.retention import Limits, Passed

_log = logging.getLogger(__name__)

#: How long what is said to be gone is there for those who do not know it yet, ms.
KNOWN_AFTER: Final = 10 * MINUTE
_TABLES: Final = (*(rollup.table.name for rollup in ROLLUPS), "roll_zone")


class SiteRetention:
    """Some steps of the archivist. Each returns whether it is done for now.

    Args:
        pool: connections.
        clock: for how long a turn takes.
        telemetry: what is measured.
    """

    def __init__(self, *, pool: ConnectionPool, clock: Clock, telemetry: Telemetry) -> None:
        self._pool = pool
        self._clock = clock
        self._telemetry = telemetry

    def announce(self, now: int, stop: Event) -> bool:
        """Say which days are gone: those that are wholly older than the limits of their site.

        A file goes when all of its days may, a month of sums as a whole.
        """
        with self._pool.connection() as connection:
            due = retention.due(connection, now=now)
        return take_turn(due, partial(self._announce, now), clock=self._clock, stop=stop)

    def _announce(self, now: int, limits: Limits) -> None:
        with self._pool.connection() as connection, site_lock(connection, limits.site), connection.transaction():
            wait_for_past_alone(connection)
            oldest = day_of(now - limits.files * DAY)
            files_from = retention.bound(connection, site=limits.site, day=oldest)
            if files_from is None:
                return
            sums_from = 0
            if limits.rollups is not None:
                sums_from = month_of(min(day_of(now - limits.rollups * DAY), files_from))
            retention.move(connection, site=limits.site, kept=Kept(files_from, sums_from), at=now)

    def remove(self, now: int, stop: Event) -> bool:
        """Remove what is gone, once everybody knows; whoever reads a file has ten minutes more."""
        with self._pool.connection() as connection:
            passed = retention.passed(connection, before=now - KNOWN_AFTER)
        return take_turn(passed, partial(self._remove, now), clock=self._clock, stop=stop)

    def _remove(self, now: int, what: Passed) -> None:
        with self._pool.connection() as connection, site_lock(connection, what.site):
            with connection.transaction():
                files = retention.drop_files(connection, what, at=now)
                first = retention.first_sum(connection, what.site)
            months = 0
            while first is not None and first < what.kept.rollups_from:
                month = month_of(first)
                with connection.transaction():
                    retention.drop_month(
                        connection,
                        _TABLES,
                        site=what.site,
                        month=month,
                        end=min(month_after(month), what.kept.rollups_from),
                    )
                    first = retention.first_sum(connection, what.site)
                months += 1
        self._telemetry.add("footfall_retention_files_total", files)
        self._telemetry.add("footfall_retention_months_total", months)
        _log.info(
            "Removed what is older than its owner wants of site %d: %d files, up to %s, and the sums of %d months",
            what.site,
            files,
            instant(what.kept.files_from).date(),
            months,
        )
