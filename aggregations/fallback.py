"""Reports out of rollups and rows, or as questions where the rows that they need are in files only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregations.basis import NoRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from aggregations.lists import ListReading
    from aggregations.planner import Span
    from aggregations.question_reading import QuestionReading
    from aggregations.totals import TotalsReading
    from core.dimensions import Dimension
    from core.metrics import Totals
    from storage.listings import Listing


class TotalsOrQuestion:
    """Totals of one site in one snapshot.

    Args:
        rollups: reads what rollups say, and rows.
        question: the same query over frames: slower, and wherever they are.
    """

    def __init__(self, rollups: TotalsReading, question: QuestionReading) -> None:
        self._rollups = rollups
        self._question = question

    def totals(self, spans: Sequence[Span], *, visitors: bool = True) -> list[Totals]:
        """Return the totals of neighbouring spans, in their order; without visitors where nobody asks for them."""
        try:
            return self._rollups.totals(spans, visitors=visitors)
        except NoRows:
            return self._question.totals(spans, visitors=visitors)


class ListOrQuestion:
    """Lists of one site in one snapshot; see `TotalsOrQuestion`."""

    def __init__(self, rollups: ListReading, question: QuestionReading) -> None:
        self._rollups = rollups
        self._question = question

    def lines(self, span: Span, listing: Listing) -> pl.DataFrame:
        """Return the text `key` and the listing's sums over the span, each key once, in no order; some may be 0."""
        try:
            return self._rollups.lines(span, listing)
        except NoRows:
            return self._question.lines(span, listing)

    def visits_by(self, span: Span, *dimensions: Dimension) -> dict[Dimension, dict[str, int]]:
        """Return the visits of each value of each dimension; with a group, of visits that saw a page of it there."""
        try:
            return self._rollups.visits_by(span, *dimensions)
        except NoRows:
            return self._question.visits_by(span, *dimensions)
