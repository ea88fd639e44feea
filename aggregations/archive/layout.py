"""Which time of a span is read from which files, and which from rows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from aggregations.planner import Span
from core.spans import DAY, HOUR, day_of, hour_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from storage.archive.manifest import FilePair
    from storage.archive.retention import RowDays


class FilePiece(NamedTuple):
    """The parts of a pair of files that are read: spans in their order, that do not touch."""

    pair: FilePair
    spans: list[Span]

    @property
    def whole(self) -> bool:
        """Whether all of it is."""
        return self.spans == [Span(self.pair.begin, self.pair.end)]


class Layout(NamedTuple):
    """A span taken apart: each instant is in a file or in rows, or nothing is known of it."""

    files: list[FilePiece]
    rows: list[Span]


def lay_out(span: Span, *, marked: Collection[int], pairs: Iterable[FilePair], row_days: RowDays) -> Layout:
    """Read from files what they cover and no mark touches, and what has no rows; the rest from rows.

    Args:
        span: ms; may begin and end within an hour.
        marked: starts (ms) of its marked hours.
        pairs: the current files of the site, of months before those of days: a day's own stand before its month's.
        row_days: which of the days have rows.
    """
    of_day = {day: pair for pair in pairs for day in range(pair.begin, pair.end, DAY)}
    marked_in: defaultdict[int, set[int]] = defaultdict(set)
    for hour in marked:
        marked_in[day_of(hour)].add(hour)
    files: dict[Span, FilePiece] = {}
    rows: list[Span] = []
    for day in range(day_of(span.begin), span.end, DAY):
        wanted = Span(max(day, span.begin), min(day + DAY, span.end))
        pair = of_day.get(day)
        spoilt = marked_in[day] if row_days.has(day) else ()
        if pair is None:
            if row_days.has(day):
                _add(rows, wanted)
        elif not spoilt:
            _add(_piece(files, pair).spans, wanted)
        else:
            for hour, part in _hours(wanted):
                _add(rows if hour in spoilt else _piece(files, pair).spans, part)
    return Layout([*files.values()], rows)


def _piece(files: dict[Span, FilePiece], pair: FilePair) -> FilePiece:
    return files.setdefault(Span(pair.begin, pair.end), FilePiece(pair, []))


def _hours(span: Span) -> Iterator[tuple[int, Span]]:
    for hour in range(hour_of(span.begin), span.end, HOUR):
        yield hour, Span(max(hour, span.begin), min(hour + HOUR, span.end))


def _add(spans: list[Span], span: Span) -> None:
    if spans and spans[-1].end == span.begin:
        spans[-1] = Span(spans[-1].begin, span.end)
    elif span.begin < span.end:
        spans.append(span)
