"""Lists of plans: for each key its sums over rollups, and over rows where a mark is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregations.closed_reading import ClosedReading, added
from storage import listings
from storage.pieces import Bucketed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from aggregations.basis import Basis
    from aggregations.closed import ClosedLists
    from aggregations.hours import HourCache
    from aggregations.planner import Span
    from core.dimensions import Dimension
    from storage.listings import Listing
    from storage.pieces import Piece


class ListReading:
    """Lists of one site in one snapshot.

    Args:
        basis: holds all spans that will be asked for.
        hours: lists by class that earlier readings found in marked hours.
        closed: what they added up of days that are in month rows.
    """

    def __init__(self, basis: Basis, hours: HourCache[tuple[int, pl.DataFrame]], closed: ClosedLists) -> None:
        self._basis = basis
        self._connection = basis.connection
        self._scope = basis.scope
        self._hours = hours
        self._closed = closed

    def lines(self, span: Span, listing: Listing) -> pl.DataFrame:
        """Return the text `key` and the listing's sums over the span, each key once, in no order; some may be 0."""
        made = self._basis.plan(span, added_later=listing.added_later)
        closed = ClosedReading(self._basis, listing, self._closed)
        past = [piece for piece in made.rollups if closed.has(piece)]
        running = [piece for piece in made.rollups if piece not in past]
        now = listings.rollup_blocks(self._connection, listing, self._scope, running)
        rows = self._row_lines(made.rows, listing)
        lately = [*(block.lines for block in now), *rows]
        return added(listing, [closed.lines(past), *lately]) if lately else closed.lines(past)

    def visits_by(self, span: Span, *dimensions: Dimension) -> dict[Dimension, dict[str, int]]:
        """Return the visits of each value of each dimension; with a group, of visits that saw a page of it there."""
        listing, group = listings.visits_by(*dimensions), self._basis.query.group
        if group is None:
            found = self.lines(span, listing)
        else:
            paths = self._basis.paths_of(span, group)
            found = listings.visits_of_paths(
                self._connection, listing, self._scope, begin=span.begin, end=span.end, paths=paths
            )
        return {dimension: listings.values_of(dimension, found) for dimension in dimensions}

    def _row_lines(self, pieces: Sequence[Piece], listing: Listing) -> Iterator[pl.DataFrame]:
        def count(asked: Sequence[Bucketed]) -> list[tuple[int, tuple[int, pl.DataFrame]]]:
            blocks = listings.row_blocks(self._connection, listing, self._scope, asked)
            return [(number, (traffic, lines)) for number, traffic, lines in blocks]

        numbered = [Bucketed(0, piece) for piece in pieces]
        for _, (traffic, lines) in self._basis.hours(numbered, self._hours, listing.about, count):
            if traffic in self._scope.classes:
                yield lines
