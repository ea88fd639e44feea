"""Series of a site: a metric at each point of a range."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from aggregations.answers import Series, Timeseries
from aggregations.planner import Span
from aggregations.reading import Reading
from aggregations.series import series
from core import intervals
from core.metrics import Metric, value_of
from storage.reports import oldest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from aggregations.series import Asked
    from core.intervals import Slot
    from core.query import Query

#: Metrics for which no visit need be looked at.
_OF_VIEWS: Final = frozenset({Metric.UNIQUE_VISITORS, Metric.PAGEVIEWS, Metric.UNIQUE_PAGEVIEWS})
#: Points of a series that is no question for its turn: a day of minutes, two months of hours.
_QUICK_POINTS: Final = 1_500


def is_question(query: Query, asked: Asked) -> bool:
    """Whether a series has too many points to be a quick report."""
    return intervals.count(query.days, asked.interval) > _QUICK_POINTS


class SeriesReports(Reading):
    """Answers them, as reports are answered."""

    async def timeseries(self, query: Query, metric: Metric) -> Timeseries:
        """The metric on each day of the range."""
        return await self._run("timeseries", self._timeseries, query, metric)

    async def series(self, query: Query, asked: Asked) -> Series:
        """The metric at each point of the range up to now."""
        if is_question(query, asked):
            return await self._ask("timeseries", self._series, query, asked)
        return await self._run("timeseries", self._series, query, asked)

    def _timeseries(self, query: Query, metric: Metric) -> Timeseries:
        with self._snapshot() as connection:
            values = self._values(connection, query, metric, [Span(*edges) for edges in pairwise(query.edges)])
        return Timeseries(days=query.days, metric=metric, points=tuple(zip(query.days, values, strict=True)))

    def _values(
        self, connection: psycopg.Connection, query: Query, metric: Metric, spans: Sequence[Span | Slot]
    ) -> list[int | float]:
        """The metric over neighbouring spans."""
        if not spans:
            return []
        reading = self._totals_in(connection, query, Span(spans[0].begin, spans[-1].end))
        asked = [Span(span.begin, span.end) for span in spans]
        totals = reading.totals(asked, visitors=metric is Metric.UNIQUE_VISITORS, visits=metric not in _OF_VIEWS)
        return [value_of(metric, found) for found in totals]

    def _series(self, query: Query, asked: Asked) -> Series:
        with self._snapshot() as connection:
            first = None if asked.other is None else oldest(connection, site=query.site)
            return self._series_in(connection, query, asked, first=first)

    def _series_in(self, connection: psycopg.Connection, query: Query, asked: Asked, *, first: int | None) -> Series:
        """As for `series`, of a site whose first data are of `first`, ms."""
        return series(
            query,
            asked,
            lambda query, points: self._values(connection, query, asked.metric, points),
            now_ms=self._clock.now_ms(),
            first=first,
        )
