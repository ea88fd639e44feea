"""What reports are read from: rollups where they say it, else events and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregations.asking import Questions
from aggregations.closed import ClosedLists
from aggregations.hours import HourCache
from aggregations.lists import ListReading
from aggregations.totals import TotalsReading

if TYPE_CHECKING:
    import polars as pl
    import psycopg
    from psycopg_pool import ConnectionPool

    from aggregations.planner import Span
    from aggregations.question_reading import QuestionReading
    from core.clock import Clock
    from core.metrics import Totals
    from core.query import Query
    from core.telemetry import Telemetry
    from storage.archive.store import ArchiveStore


class Reading(Questions):
    """Reads totals and lists, and keeps what is asked for often.

    Args:
        pool: connections to read with; closed by whoever opened it.
        clock: for what is kept a moment, and to measure.
        telemetry: where the time of each report goes.
        archive: where files are that questions are answered from, if there are any.
    """

    def __init__(
        self, pool: ConnectionPool, *, clock: Clock, telemetry: Telemetry, archive: ArchiveStore | None = None
    ) -> None:
        super().__init__(pool, clock=clock, telemetry=telemetry, archive=archive)
        self._totals_kept: HourCache[tuple[int, Totals]] = HourCache(clock=clock)
        self._lines_kept: HourCache[tuple[int, pl.DataFrame]] = HourCache(clock=clock, size=lambda part: part[1].height)
        self._closed = ClosedLists()

    def _totals_in(self, connection: psycopg.Connection, query: Query, span: Span) -> TotalsReading | QuestionReading:
        question = self._question(connection, query)
        if query.is_filtered:
            return question
        return TotalsReading(self._basis(connection, query, span), self._totals_kept, question)

    def _lists_in(self, connection: psycopg.Connection, query: Query, span: Span) -> ListReading | QuestionReading:
        question = self._question(connection, query)
        if query.is_filtered:
            return question
        return ListReading(self._basis(connection, query, span), self._lines_kept, self._closed, question)
