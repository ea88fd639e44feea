"""Lists of plans: for each key its sums over rollups, and over rows where a mark is."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from aggregations.closed_reading import ClosedReading, adding
from core.dimensions import NUMBERS
from core.spans import DAY
from storage import listings
from storage.pieces import Bucketed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aggregations.basis import Basis
    from aggregations.closed import ClosedLists
    from aggregations.hours import HourCache
    from aggregations.planner import Plan, Span
    from aggregations.question_reading import QuestionReading
    from core.dimensions import Dimension
    from storage.listings import Listing
    from storage.pieces import Piece


class Lines(NamedTuple):
    """A list in parts, `key` and the listing's sums; a key may be in several of them, and twice in one."""

    listing: Listing
    parts: Sequence[pl.DataFrame]
    mixed: Sequence[pl.DataFrame] = ()  #: parts that have keys of other dimensions too

    def added(self) -> pl.LazyFrame:
        """The list with each key once."""
        mixed = (part.lazy().filter(listings.is_of(self.listing)) for part in self.mixed)
        return adding(self.listing, [*(part.lazy() for part in self.parts), *mixed])


class ListReading:
    """Lists of one site in one snapshot.

    Args:
        basis: holds all spans that will be asked for.
        hours: lists by class that earlier readings found in marked hours.
        closed: what they added up of days that are in month rows.
        question: answers the same over frames, for what has no rows.
        together: lists with visitors that will be asked for over the same spans; they are one question.
    """

    def __init__(
        self,
        basis: Basis,
        hours: HourCache[tuple[int, pl.DataFrame]],
        closed: ClosedLists,
        question: QuestionReading,
        *,
        together: Sequence[Listing] = (),
    ) -> None:
        self._question = question
        self._together = together
        self._answers: dict[Span, dict[Listing, pl.DataFrame]] = {}
        self._basis = basis
        self._connection = basis.connection
        self._scope = basis.scope
        self._hours = hours
        self._closed = closed

    def lines(self, span: Span, listing: Listing) -> pl.DataFrame:
        """Return the text `key` and the listing's sums over the span, each key once, in no order; some may be 0."""
        return self.reading(span, listing).added().collect()

    def reading(self, span: Span, listing: Listing) -> Lines:
        """Return the same, read but not yet added up."""
        (found,) = self._lists(span, listing, [listing])
        return found

    def values_by(self, span: Span, *dimensions: Dimension) -> list[Lines]:
        """Return the list of each dimension's values, as `reading` does; what has to be read is read together."""
        each = [listings.values_by(dimension) for dimension in dimensions]
        return self._lists(span, listings.values_by(*dimensions), each)

    def _lists(self, span: Span, listing: Listing, parts: Sequence[Listing]) -> list[Lines]:
        """The lists that one consists of: itself, or one for each of its dimensions."""
        made = self._basis.plan(span, added_later=listing.added_later)
        archived = self._basis.archived(made.rows)
        if archived is None:
            return [Lines(part, [self._asked(span, part)]) for part in parts]
        closed = [ClosedReading(self._basis, part, self._closed) for part in parts]
        past = [piece for piece in made.rollups if closed[0].has(piece)]
        heads = closed[0].heads(past)
        lately = [*self._lately(listing, made, [piece for piece in made.rollups if piece not in past])]
        found = []
        for part, reading in zip(parts, closed, strict=True):
            old = [reading.of_part(each, partial(self._asked, each, part)) for each in archived]
            known = [reading.lines(heads), *old]
            found.append(Lines(part, [*known, *lately]) if part is listing else Lines(part, known, lately))
        return found

    def _lately(self, listing: Listing, made: Plan, running: Sequence[Piece]) -> Iterator[pl.DataFrame]:
        """What is not kept: rollups of the last days, and rows."""
        apart = [cut for cut in made.cuts if listing.visitors and self._is_apart(cut)]
        rows = [piece for piece in made.rows if piece.begin >= self._basis.rows_from]
        yield from self._running(running, listing, apart)
        for begin, lines in self._row_lines(rows, listing):
            yield _without_visitors(lines) if _is_in(begin, apart) else lines
        for cut in apart:
            yield listings.distinct_visitors(self._connection, listing, self._scope, begin=cut.begin, end=cut.end)

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

    def _running(self, pieces: Sequence[Piece], listing: Listing, apart: Sequence[Span]) -> Iterator[pl.DataFrame]:
        """What rollups have of pieces that no month row has, without the visitors of spans that have their own."""
        # A piece may begin in such a span and go on after it.
        parts = [
            part._replace(whole=not _is_in(part.begin, apart)) for piece in pieces for part in _parted(piece, apart)
        ]
        if parts:
            yield listings.rollup_lines(self._connection, listing, self._scope, parts)

    def _asked(self, span: Span, listing: Listing) -> pl.DataFrame:
        """The list over a span, as a question."""
        if listing in self._together:
            if span not in self._answers:
                answers = self._question.lists(span, *self._together)
                self._answers[span] = dict(zip(self._together, answers, strict=True))
            return self._answers[span][listing]
        if not listing.dimensions or "visits" not in listing.sums or listing.visitors:
            return self._question.lines(span, listing)
        found = self._question.visits_by(span, *listing.dimensions)
        keyed = [
            (f"{NUMBERS[dimension]}\t{value}", visits)
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


def _is_in(ms: int, spans: Iterable[Span]) -> bool:
    return any(span.begin <= ms < span.end for span in spans)


def _parted(piece: Piece, cuts: Iterable[Span]) -> list[Piece]:
    """The piece in parts, none of which is partly in one of the cuts."""
    inner = {edge for cut in cuts for edge in cut if piece.begin < edge < piece.end}
    return [piece._replace(begin=begin, end=end) for begin, end in pairwise(sorted({piece.begin, piece.end} | inner))]
