"""Which rollups and which rows a report reads: a range covered once, with the longest spans that can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from core.spans import DAY, HOUR, day_of, hour_of
from storage.pieces import Piece
from storage.rollups import Grain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

#: Of a month, more days than these are read as the month without the others.
_FEW_DAYS: Final = 15


class Span(NamedTuple):
    """From `begin` to before `end`, ms since 1970 UTC."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a range is read.

    The rollup pieces and the row pieces together cover each instant of the range once. A row piece never leaves its
    hour. Unique counts may be added over the pieces that are `whole`; for each of `cuts`, the parts of UTC days at the
    ends of the range, they are counted on the rows.

    Everything that is read from rows passes through `rows`: a file that covers such an hour can stand in for it there.
    """

    span: Span
    rollups: tuple[Piece, ...]
    rows: tuple[Piece, ...]
    cuts: tuple[Span, ...]


def plan(span: Span, *, marked: AbstractSet[int], months: Mapping[int, int], hours_from: int = 0) -> Plan:
    """Cover the span with months, then days, then hours, and what cannot be trusted with rows.

    A mark spoils its hour, its day and its month only. Where a few days are missing from a month that is right, it is
    read without them: sums subtract exactly.

    Args:
        span: the range; may be empty.
        marked: starts (ms) of the marked hours, of all months that the span touches.
        months: for each month (start, ms) with rollup rows, the last day (start, ms) in them.
        hours_from: start (ms) of the first hour that has rollup rows of its own.
    """
    if months or hours_from or any(day_of(span.begin) <= hour < span.end for hour in marked):
        return _plan(span, marked, months, hours_from)
    return _plan_of_days(span)


@lru_cache(4_096)  # of each point of a series
def _plan_of_days(span: Span) -> Plan:
    return _plan(span, frozenset(), {}, 0)


def _plan(span: Span, marked: AbstractSet[int], months: Mapping[int, int], hours_from: int) -> Plan:
    begin, end = span
    first, last = -(-begin // DAY) * DAY, day_of(end)  # the whole days
    if begin >= end:
        cuts: tuple[Span, ...] = ()
    elif first > last:
        cuts = (span,)  # inside one day
    else:
        cuts = tuple(cut for cut in (Span(begin, first), Span(last, end)) if cut.begin < cut.end)
    trust = _Trust(marked, {day_of(hour) for hour in marked} if first < last else frozenset(), hours_from)
    pieces = [piece for cut in cuts for piece in _hours(cut, trust, whole=False)]
    pieces += _whole_days(Span(first, last), trust, months)
    return Plan(
        span=span,
        rollups=tuple(merged(piece for piece in pieces if piece.grain is not None)),
        rows=tuple(piece for piece in pieces if piece.grain is None),
        cuts=cuts,
    )


def months_around(span: Span) -> Span:
    """The whole calendar months (UTC) that hold the span."""
    return Span(_month_of(span.begin), month_after(_month_of(max(span.end - 1, span.begin))))


class _Trust(NamedTuple):
    """What there is of rollups that can be read."""

    marked: AbstractSet[int]  # hours
    spoilt: AbstractSet[int]  # days with a marked hour
    hours_from: int


def _whole_days(days: Span, trust: _Trust, months: Mapping[int, int]) -> Iterator[Piece]:
    month = _month_of(days.begin)
    while month < days.end:
        following = month_after(month)
        wanted = Span(max(month, days.begin), min(following, days.end))
        through = months.get(month)
        if through is not None and trust.spoilt.isdisjoint(range(month, through + DAY, DAY)):
            known = through + DAY
            inside = min(wanted.end, known) - wanted.begin
            before, after = Span(month, wanted.begin), Span(min(wanted.end, known), known)
            if inside == known - month or inside > _FEW_DAYS * DAY:
                yield Piece(Grain.MONTH, month, following)
                for missing in (before, after):
                    if missing.begin < missing.end:
                        yield Piece(Grain.DAY, *missing, sign=-1)
                wanted = Span(min(wanted.end, known), wanted.end)
        for day in range(wanted.begin, wanted.end, DAY):
            if day in trust.spoilt:
                yield from _hours(Span(day, day + DAY), trust, whole=True)
            else:
                yield Piece(Grain.DAY, day, day + DAY)
        month = following


def _hours(span: Span, trust: _Trust, *, whole: bool) -> Iterator[Piece]:
    first, last = -(-span.begin // HOUR) * HOUR, hour_of(span.end)
    if first < last and first >= trust.hours_from and trust.marked.isdisjoint(range(first, last, HOUR)):
        if span.begin < first:
            yield Piece(None, span.begin, first, whole=whole)
        yield Piece(Grain.HOUR, first, last, whole=whole)
        if last < span.end:
            yield Piece(None, last, span.end, whole=whole)
        return
    for hour in range(hour_of(span.begin), span.end, HOUR):
        begin, end = max(hour, span.begin), min(hour + HOUR, span.end)
        trusted = end - begin == HOUR and hour not in trust.marked and hour >= trust.hours_from
        yield Piece(Grain.HOUR if trusted else None, begin, end, whole=whole)


def merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one: a range of spans costs one look into the index."""
    held: Piece | None = None
    end = 0
    for piece in pieces:
        if held is not None and end == piece.begin and _kind(held) == _kind(piece):
            end = piece.end
            continue
        if held is not None:
            yield held._replace(end=end)
        held, end = piece, piece.end
    if held is not None:
        yield held._replace(end=end)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans that do not overlap in their order, neighbours as one."""
    return [Span(piece.begin, piece.end) for piece in merged(Piece(None, *span) for span in sorted(spans))]


def _kind(piece: Piece) -> tuple[object, ...]:
    return piece.grain, piece.sign, piece.whole


def months_of(piece: Piece) -> Iterator[int]:
    """The starts (ms) of the months that the piece touches."""
    month = _month_of(piece.begin)
    while month < piece.end:
        yield month
        month = month_after(month)


def _month_of(ms: int) -> int:
    date = datetime.fromtimestamp(day_of(ms) // 1_000, UTC)
    return day_of(ms) - (date.day - 1) * DAY


def month_after(month: int) -> int:
    """The start of the month after the one that starts at `month`, both in ms."""
    return _month_of(month + 31 * DAY)
