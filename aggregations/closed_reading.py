"""Lists over days that are in month rows, each put together from heads of months.

The days from the 8th to the 20th are the first 20 without the first 7; a whole month is its own longest head. A head
that nobody has asked for yet is the nearest one that is known and the days between the two. So ranges share what was
read, whichever days they begin and end on.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from aggregations.closed import ClosedKey, Head
from aggregations.planner import merged, month_after, months_of
from core.spans import DAY, HOUR, hour_of
from storage import listings
from storage.pieces import Piece
from storage.rollups import Grain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from aggregations.basis import Basis
    from aggregations.closed import ClosedLists
    from aggregations.planner import Span
    from storage.listings import Block, Listing


class ClosedReading:
    """One list of one site in one snapshot.

    Args:
        basis: holds all pieces that will be asked for.
        listing: what is listed.
        kept: what earlier readings added up.
    """

    def __init__(self, basis: Basis, listing: Listing, kept: ClosedLists) -> None:
        self._basis = basis
        self._listing = listing
        self._kept = kept
        self._whole = {
            month: Head(month, rolled.version, rolled.through + DAY) for month, rolled in basis.standing.months.items()
        }

    def has(self, piece: Piece) -> bool:
        """Whether the piece is of rollups of days that are all in month rows."""
        if piece.grain is Grain.MONTH:
            return True
        return piece.grain is Grain.DAY and all(
            month in self._whole and min(piece.end, month_after(month)) <= self._whole[month].until
            for month in months_of(piece)
        )

    def lines(self, heads: Mapping[Head, int]) -> pl.DataFrame:
        """Return the list over heads, each as often as it is added, each key once."""
        newest = max(self._whole, default=0)

        def add_all() -> pl.DataFrame:
            # Of these, ranges that begin and end elsewhere have the same, and events of yesterday change none.
            past = {head: times for head, times in heads.items() if self._is_whole(head) and head.month < newest}
            others = {head: times for head, times in heads.items() if head not in past}
            return added(self._listing, [self._known(past, lambda: self._sum(past)), *self._each(others)])

        return self._known(heads, add_all)

    def of_part(self, span: Span, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """Return what `make` finds of a span, kept if a month's rows have its days and nothing has changed since."""
        (month, *others) = months_of(Piece(None, *span))
        whole = self._whole.get(month)
        hours = range(hour_of(span.begin), span.end, HOUR)
        if (
            others
            or whole is None
            or span.end > whole.until
            or any(map(self._basis.standing.marked.__contains__, hours))
        ):
            return make()
        return self._known({Head(span.begin, whole.version, span.end): 1}, make)

    def heads(self, pieces: Iterable[Piece]) -> dict[Head, int]:
        """How often each head is added to make pieces that this reading has; the same for all lists of the basis."""
        times: Counter[Head] = Counter()
        for piece in pieces:
            for month in months_of(piece):
                whole = self._whole[month]
                times[whole._replace(until=min(piece.end, whole.until))] += piece.sign
                times[whole._replace(until=max(piece.begin, month))] -= piece.sign
        return {head: count for head, count in sorted(times.items()) if count and head.until > head.month}

    def _sum(self, heads: Mapping[Head, int]) -> pl.DataFrame:
        return added(self._listing, self._each(heads))

    def _each(self, heads: Mapping[Head, int]) -> Iterator[pl.DataFrame]:
        """The list over each head as often as it is added."""
        months = self._months(head for head in heads if self._is_whole(head))
        for head, times in heads.items():
            lines = months[head] if head in months else self._known({head: 1}, partial(self._extended, head))
            yield _times(lines, times)

    def _months(self, heads: Iterable[Head]) -> dict[Head, pl.DataFrame]:
        """The lists over whole months, read together."""
        known = {head: self._kept.get(self._key({head: 1})) for head in heads}
        missing = {head.month: head for head, lines in known.items() if lines is None}
        pieces = merged(Piece(Grain.MONTH, month, month_after(month)) for month in sorted(missing))
        # A page that people and bots saw is there twice.
        read = {missing[block.begin]: added(self._listing, [block.lines]) for block in self._read(*pieces)}
        for head in missing.values():
            self._kept.keep(self._key({head: 1}), read.setdefault(head, listings.no_lines(self._listing)))
        return read | {head: lines for head, lines in known.items() if lines is not None}

    def _extended(self, head: Head) -> pl.DataFrame:
        """The list over a head: the nearest one that is known, and the days between."""
        nearest, known = next(self._by_distance(head))
        begin, end = sorted((nearest.until, head.until))
        sign = 1 if nearest.until == begin else -1
        days = [_times(block.lines, sign) for block in self._read(Piece(Grain.DAY, begin, end))]
        return added(self._listing, [known, *days])

    def _by_distance(self, head: Head) -> Iterator[tuple[Head, pl.DataFrame]]:
        """The heads of the month that are known, the nearest first; the empty one and the longest always are."""
        for until in sorted(
            range(head.month, self._whole[head.month].until + DAY, DAY), key=lambda until: abs(until - head.until)
        ):
            near = head._replace(until=until)
            if until == head.month:
                yield near, listings.no_lines(self._listing)
            elif self._is_whole(near):
                yield near, self._months([near])[near]
            elif (lines := self._kept.get(self._key({near: 1}))) is not None:
                yield near, lines

    def _known(self, heads: Mapping[Head, int], make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        key = self._key(heads)
        lines = self._kept.get(key)
        if lines is None:
            lines = make()
            self._kept.keep(key, lines)
        return lines

    def _key(self, heads: Mapping[Head, int]) -> ClosedKey:
        scope = self._basis.scope
        return ClosedKey(scope.site, tuple(scope.classes), self._listing.about, tuple(heads.items()))

    def _is_whole(self, head: Head) -> bool:
        return head == self._whole[head.month]

    def _read(self, *pieces: Piece) -> Iterator[Block]:
        return listings.rollup_blocks(self._basis.connection, self._listing, self._basis.scope, pieces)


def added(listing: Listing, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The sum of some lists, each key once."""
    return adding(listing, (part.lazy() for part in (listings.no_lines(listing), *parts))).collect()


def adding(listing: Listing, parts: Iterable[pl.LazyFrame]) -> pl.LazyFrame:
    """The same of one at least, not yet added up."""
    return pl.concat(parts).group_by("key").agg(pl.col(*listing.sums).sum())


def _times(lines: pl.DataFrame, times: int) -> pl.DataFrame:
    return lines if times == 1 else pl.DataFrame([lines["key"], *(sums * times for sums in lines.get_columns()[1:])])
