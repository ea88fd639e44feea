"""Looking at alerts: every hour at the numbers of the last 24 hours, and telling what has changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from core.alerts import EVERY, WINDOW, AlertMetric, check, compose
from core.errors import Unavailable
from core.messages import Channel
from core.metrics import Metric, value_of
from core.spans import MINUTE
from storage import alerts, messages, positions, sites

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from aggregations.reports import Reports
    from core.alerts import Alert
    from core.clock import Clock
    from core.jobs import Job
    from core.metrics import Totals

#: Counting that is further behind, ms, makes numbers of which nobody should be told. A quiet log is applied up to the
#: clock once a minute.
_BEHIND: Final = 5 * MINUTE
_METRICS: Final = {AlertMetric.VISITORS: Metric.UNIQUE_VISITORS, AlertMetric.PAGEVIEWS: Metric.PAGEVIEWS}


class AlertWork:
    """Looks at one alert. See `core.jobs.Work`.

    Args:
        pool: connections for threads.
        reports: where the numbers come from; Antics' badge and statistics are counted by the same.
        clock: for the end of the 24 hours.
    """

    def __init__(self, *, pool: ConnectionPool, reports: Reports, clock: Clock) -> None:
        self._pool = pool
        self._reports = reports
        self._clock = clock

    async def run(self, job: Job) -> int | None:
        """See `core.jobs.Work`.

        Raises:
            Unavailable: the numbers cannot be read now, or counting is behind and they are too small.
        """
        site = await asyncio.to_thread(self._site, job.subject)
        if site is None:
            return None
        now = self._clock.now_ms()
        totals = await self._reports.totals_between(site, now - WINDOW, now)
        is_there = await asyncio.to_thread(self._settle, job.subject, totals, now)
        return now + EVERY if is_there else None

    def _site(self, number: int) -> int | None:
        with self._pool.connection() as connection:
            held = alerts.hold(connection, number)
            if held is not None and positions.any_behind(connection, before=self._clock.now_ms() - _BEHIND):
                raise Unavailable(
                    "events are not counted up to now, so the last 24 hours look too small: see `footfall positions`"
                )
        return None if held is None else held.alert.site

    def _settle(self, number: int, totals: Totals, now: int) -> bool:
        """Note how the alert stands and write what is to be told, both or neither; False if it is gone."""
        with self._pool.connection() as connection:
            held = alerts.hold(connection, number)
            site = None if held is None else sites.of_number(connection, held.alert.site)
            if held is None or site is None:
                return False
            alert = held.alert
            value = int(value_of(_METRICS[alert.condition.metric], totals))
            state, told = check(alert.condition, alert.state, value, now, site_from=site.created_at)
            alerts.settle(connection, number, state)
            if told is not None:
                composed = compose(told, alert, site.domain, value)
                for to, secret in _addresses(alert, held.secret_cipher):
                    messages.post(connection, site.id, composed, to, secret)
        return True


def _addresses(alert: Alert, secret: bytes) -> list[tuple[tuple[Channel, str], bytes]]:
    found = [((Channel.EMAIL, alert.email), b""), ((Channel.WEBHOOK, alert.webhook), secret)]
    return [(to, cipher) for to, cipher in found if to[1]]
