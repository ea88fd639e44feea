"""Days that are in files, kept in memory: a range that ends at a time of day reads a part of one again and again."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.archive.layout import FilePiece, lay_out
from aggregations.archive.reading import Columns, Frames, of_files, reading_files, required
from aggregations.planner import Span
from core.spans import DAY, day_of, hour_of
from core.telemetry import NoTelemetry
from storage import marks
from storage.archive import manifest, retention
from storage.archive.files import FileKind
from storage.archive.schema import EVENTS, SESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from psycopg import Connection

    from core.metrics import Totals
    from core.telemetry import Telemetry
    from storage.archive.manifest import FilePair
    from storage.archive.store import ArchiveStore

#: What all days of a process may take, bytes.
CAPACITY: Final = 64_000_000
#: Events of a day; of a longer one no more than what is asked for is read.
LONGEST: Final = 20_000
#: Totals of parts of days: those that ranges begin with are asked for again.
_ANSWERS: Final = 5_000


class Day(NamedTuple):
    """A UTC day with all columns."""

    name: str  #: of the file that it is from, '' where there is nothing of it
    frames: Frames


_EMPTY: Final = Day("", Frames(pl.LazyFrame(schema=EVENTS), pl.LazyFrame(schema=SESSIONS)))


class KeptDays:
    """Events and sessions of short days, and totals of parts of them, for threads.

    Args:
        capacity: bytes that may be kept in all; the days not asked for the longest go first.
        longest: events that a day may have.
        telemetry: where it goes how often a day was there.
    """

    def __init__(self, *, capacity: int = CAPACITY, longest: int = LONGEST, telemetry: Telemetry | None = None) -> None:
        self._telemetry = telemetry or NoTelemetry()
        self._capacity = capacity
        self._longest = longest
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, int], tuple[pl.DataFrame, pl.DataFrame]] = OrderedDict()
        self._size = 0
        self._answers: OrderedDict[Hashable, list[Totals]] = OrderedDict()

    def totals(self, about: Hashable, make: Callable[[], list[Totals]]) -> list[Totals]:
        """Return what `make` finds, kept under what it is about; a day's name is part of that."""
        with self._lock:
            found = self._answers.get(about)
        if found is None:
            found = make()
            with self._lock:
                self._answers[about] = found
                while len(self._answers) > _ANSWERS:
                    self._answers.popitem(last=False)
        return found

    def whole(self, connection: Connection, store: ArchiveStore | None, site: int, day: int) -> Day | None:
        """Return a UTC day; None if some of it is read from rows, or it is long.

        Raises:
            Unavailable: the archive does not answer, or is not configured.
        """
        begin, end = span = Span(day, day + DAY)
        layout = lay_out(
            span,
            marked={mark.hour for mark in marks.of_span(connection, site=site, start=hour_of(begin), end=end)},
            pairs=manifest.current(connection, site=site, begin=begin, end=end),
            row_days=retention.row_days(connection, site=site, begin=begin, end=end),
        )
        if layout.rows or any(self._is_long(piece.pair) for piece in layout.files):
            return None
        if not layout.files:
            return _EMPTY
        (piece,) = layout.files
        events, sessions = self._known(required(store), piece)
        return Day(str(piece.pair.events.name), Frames(events.lazy(), sessions.lazy()))

    def _is_long(self, pair: FilePair) -> bool:
        return pair.events.rows > self._longest * len(pair.days)

    def _known(self, store: ArchiveStore, piece: FilePiece) -> tuple[pl.DataFrame, pl.DataFrame]:
        key = (str(piece.pair.events.name), piece.spans[0].begin)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                self._telemetry.add("footfall_report_cache_total", result="hit")
                return self._kept[key]
        self._telemetry.add("footfall_report_cache_total", result="miss")
        with reading_files():
            found = (
                pl.concat(of_files(store, [piece], FileKind.EVENTS, EVENTS)).collect(),
                pl.concat(of_files(store, [piece], FileKind.SESSIONS, SESSIONS)).collect(),
            )
        with self._lock:
            if key not in self._kept:
                self._kept[key] = found
                self._size += _size(found)
            while self._size > self._capacity:
                self._size -= _size(self._kept.popitem(last=False)[1])
        return found


def part(whole: Frames, span: Span, columns: Columns) -> Frames:
    """Return the events of a span within a day, and the sessions that began in it, as `read_frames` does."""
    begin, end = span
    events, sessions = (
        frame.filter(pl.col(time) >= begin, pl.col(time) < end).select(*names) if names else pl.LazyFrame(schema={})
        for frame, time, names in ((whole.events, "ts", columns.events), (whole.sessions, "start", columns.sessions))
    )
    return Frames(events, sessions)


def is_in_one_day(span: Span) -> bool:
    """Whether the span is of one UTC day."""
    return day_of(span.begin) == day_of(max(span.end - 1, span.begin))


def _size(frames: tuple[pl.DataFrame, pl.DataFrame]) -> int:
    return sum(int(frame.estimated_size()) for frame in frames)
