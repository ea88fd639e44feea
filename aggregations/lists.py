"""Lists of plans: for each key its sums over rollups, and over rows where a mark is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from aggregations.closed_reading import ClosedReading, added
from core.spans import DAY
from storage import listings
from storage.pieces import Bucketed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aggregations.basis import Basis
    from aggregations.closed import ClosedLists
    from aggregations.hours import HourCache
    from aggregations.planner import Span
    from aggregations.question_reading import QuestionReading
    from core.dimensions import Dimension
    from storage.listings import Listing
    from storage.pieces import Piece


class ListReading:
    """Lists of one site in one snapshot.

    Args:
        basis: holds all spans that will be asked for.
        hours: lists by class that earlier readings found in marked hours.
        closed: what they added up of days that are in month rows.
        question: answers the same over frames, for what has no rows.
    """

    def __init__(
        self,
        basis: Basis,
        hours: HourCache[tuple[int, pl.DataFrame]],
        closed: ClosedLists,
        question: QuestionReading,
    ) -> None:
        self._question = question
        self._basis = basis
        self._connection = basis.connection
        self._scope = basis.scope
        self._hours = hours
        self._closed = closed

    def lines(self, span: Span, listing: Listing) -> pl.DataFrame:
        """Return the text `key` and the listing's sums over the span, each key once, in no order; some may be 0."""
        made = self._basis.plan(span, added_later=listing.added_later)
        archived = self._basis.archived(made.rows)
        if archived is None:
            return self._asked(span, listing)
        closed = ClosedReading(self._basis, listing, self._closed)
        past = [piece for piece in made.rollups if closed.has(piece)]
        running = [piece for piece in made.rollups if piece not in past]
        distinct = [cut for cut in made.cuts if listing.visitors and self._is_apart(cut)]
        now = [
            _without_visitors(block.lines) if _is_in(block.begin, distinct) else block.lines
            for block in listings.rollup_blocks(self._connection, listing, self._scope, running)
        ]
        rows = [
            _without_visitors(lines) if _is_in(begin, distinct) else lines
            for begin, lines in self._row_lines(
                [piece for piece in made.rows if piece.begin >= self._basis.rows_from], listing
            )
        ]
        visitors = [
            listings.distinct_visitors(self._connection, listing, self._scope, begin=cut.begin, end=cut.end)
            for cut in distinct
        ]
        lately = [*now, *rows, *visitors, *(self._old(part, listing, closed) for part in archived)]
        return added(listing, [closed.lines(past), *lately]) if lately else closed.lines(past)

    def visits_by(self, span: Span, *dimensions: Dimension) -> dict[Dimension, dict[str, int]]:
        """Return the visits of each value of each dimension; with a group, of visits that saw a page of it there."""
        listing, group = listings.visits_by(*dimensions), self._basis.query.group
        if group is None:
            found = self.lines(span, listing)
        elif not self._basis.has_rows(span):
            return self._question.visits_by(span, *dimensions)
        else:
            paths = self._basis.paths_of(span, group)
            found = listings.visits_of_paths(
                self._connection, listing, self._scope, begin=span.begin, end=span.end, paths=paths
            )
        return {dimension: listings.values_of(dimension, found) for dimension in dimensions}

    def _is_apart(self, cut: Span) -> bool:
        """Whether distinct visitors of a part of a day are no sums.

        Who is there in a part from the day's beginning on is there for the first time in it.
        """
        return cut.begin % DAY != 0 and cut.begin >= self._basis.rows_from

    def _old(self, span: Span, listing: Listing, closed: ClosedReading) -> pl.DataFrame:
        """The list over a span without rows, kept where a job that changes it changes its month."""
        return closed.of_part(span, lambda: self._asked(span, listing))

    def _asked(self, span: Span, listing: Listing) -> pl.DataFrame:
        """The list over a span, as a question."""
        if not listing.dimensions or listing.visitors:
            return self._question.lines(span, listing).cast(listings.no_lines(listing).schema)
        found = self._question.visits_by(span, *listing.dimensions)
        keyed = [
            (f"{dimension.value}\t{value}", visits)
            for dimension, values in found.items()
            for value, visits in values.items()
        ]
        return pl.DataFrame(keyed, schema=listings.no_lines(listing).schema, orient="row")

    def _row_lines(self, pieces: Sequence[Piece], listing: Listing) -> Iterator[tuple[int, pl.DataFrame]]:
        """(begin, list) of each piece."""

        def count(asked: Sequence[Bucketed]) -> list[tuple[int, tuple[int, pl.DataFrame]]]:
            blocks = listings.row_blocks(self._connection, listing, self._scope, asked)
            return [(number, (traffic, lines)) for number, traffic, lines in blocks]

        numbered = [Bucketed(0, piece) for piece in pieces]
        for (_, piece), (traffic, lines) in self._basis.hours(numbered, self._hours, listing.about, count):
            if traffic in self._scope.classes:
                yield piece.begin, lines


def _without_visitors(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.with_columns(pl.lit(0, pl.Int64).alias("visitors"))


def _is_in(ms: int, cuts: Iterable[Span]) -> bool:
    return any(cut.begin <= ms < cut.end for cut in cuts)
