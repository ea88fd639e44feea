"""Totals of plans: sums of rollups, of rows where a mark is, and unique counts of cut days."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import chain
from operator import add as add_numbers
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from aggregations.closed import ClosedKey, ClosedLists
from aggregations.hours import HourCache, HourKey
from aggregations.planner import Span, merged, month_after, months_around, months_of, plan
from aggregations.rollups.zone import midnight_in
from core.metrics import Totals, add
from core.spans import DAY, HOUR, day_of
from storage import gaps, listings, marks, reports, zones
from storage.pieces import Bucketed
from storage.reports import Scope
from storage.rollups import Grain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from psycopg import Connection

    from aggregations.planner import Plan
    from core.clock import Clock
    from core.dimensions import Dimension
    from core.query import Group, Query
    from storage.listings import Keyed, Listing
    from storage.pieces import Piece
    from storage.zones import Halves

T = TypeVar("T")


class Kept(NamedTuple):
    """The caches of a process: parts (class, sums) of marked hours, and lists of the past."""

    totals: HourCache[tuple[int, Totals]]
    lines: HourCache[tuple[int, Keyed]]
    closed: ClosedLists[Mapping[str, tuple[int, ...]]]

    @classmethod
    def empty(cls, *, clock: Clock) -> Kept:
        """Nothing is kept yet."""
        return cls(HourCache(clock=clock), HourCache(clock=clock), ClosedLists())


class Reading:
    """One site as it is in one snapshot.

    Args:
        connection: in the snapshot.
        query: whose site, scope and classes are read, over whatever spans.
        around: holds all spans that will be asked for.
        kept: what earlier readings found in marked hours.
    """

    def __init__(self, connection: Connection, query: Query, around: Span, *, kept: Kept) -> None:
        self._connection = connection
        self._query = query
        self._scope = Scope(query.site, query.classes, query.path)
        self._kept = kept
        wide = months_around(around)
        versions: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for hour, partition, version in marks.of_span(connection, site=query.site, start=wide.begin, end=wide.end):
            versions[hour].append((partition, version))
        self._versions = {hour: tuple(sorted(found)) for hour, found in versions.items()}
        days = gaps.of_span(connection, site=query.site, start=wide.begin, end=wide.end)
        self._missed = {hour for day in days for hour in range(day, day + DAY, HOUR)}
        self._rolled = reports.months(connection, site=query.site, begin=wide.begin, end=wide.end)
        self._months = {month: rolled.through for month, rolled in self._rolled.items()}

    def totals(self, spans: Sequence[Span], *, visitors: bool = True) -> list[Totals]:
        """Return the totals of neighbouring spans, in their order; without visitors where nobody asks for them."""
        if self._query.group is not None:
            return self._group_totals(spans, self._query.group)
        plans = self._plans(spans)
        begins = [span.begin for span in spans]
        parts: defaultdict[int, list[Totals]] = defaultdict(list)

        def bucket_of(ms: int) -> int:
            return bisect_right(begins, ms) - 1

        # One look into the index for neighbouring days, however many results they go to.
        rollups = [*merged(piece for made in plans for piece in made.rollups)]
        for begin, totals in reports.rollup_totals(self._connection, self._scope, rollups, by_span=len(spans) > 1):
            parts[max(bucket_of(begin), 0)].append(totals)
        rows = [Bucketed(bucket_of(piece.begin), piece) for made in plans for piece in made.rows]
        for bucket, totals in self._row_totals(rows):
            parts[bucket].append(totals)
        if visitors:
            cuts = [(bucket_of(cut.begin), *cut) for made in plans for cut in made.cuts]
            for bucket, distinct in self._visitors(cuts):
                parts[bucket].append(Totals(visitors=distinct))
        return [add(parts[bucket]) for bucket in range(len(spans))]

    def _visitors(self, cuts: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
        """Distinct visitors of the parts of days (bucket, begin, end); what the midnight cuts is known."""
        counted = []
        known = self._halves({day_of(begin) for _, begin, _ in cuts}) if self._scope.path is None else {}
        for bucket, begin, end in cuts:
            day = day_of(begin)
            midnight = midnight_in(day, self._query.zone) if day in known else None
            if midnight is not None and (begin, end) == (day, midnight):
                yield bucket, known[day].before
            elif midnight is not None and (begin, end) == (midnight, day + DAY):
                yield bucket, known[day].after
            else:
                counted.append((bucket, begin, end))
        yield from reports.visitors(self._connection, self._scope, counted)

    def _halves(self, days: set[int]) -> dict[int, Halves]:
        """What is rolled up of the days without marks."""
        unmarked = days - {day_of(hour) for hour in self._versions}
        if not unmarked:
            return {}
        zone, classes = str(self._query.zone), self._scope.classes
        return zones.of_days(self._connection, site=self._scope.site, zone=zone, classes=classes, days=unmarked)

    def listing(self, span: Span, listing: Listing) -> dict[str, tuple[int, ...]]:
        """Return the sums of each key of a list over the span; some may be 0."""
        made = self._plan(span, months=self._months, added_later=listing.added_later)
        past, recent, running = self._split(made.rollups)
        sums = dict(self._closed_sums(past, listing))
        lately = self._closed_sums(recent, listing).items()
        now = listings.rollup_sums(self._connection, listing, self._scope, running)
        for key, more in chain(lately, now, self._line_rows(made.rows, listing)):
            known = sums.get(key)
            sums[key] = more if known is None else tuple(map(add_numbers, known, more))
        return sums

    def visits_by(self, span: Span, *dimensions: Dimension) -> dict[Dimension, dict[str, int]]:
        """Return the visits of each value of each dimension; with a group, of visits that saw a page of it there."""
        listing, group = listings.visits_by(*dimensions), self._query.group
        if group is None:
            found = self.listing(span, listing)
        else:
            paths = self._paths_of(span, group)
            found = listings.visits_of_paths(
                self._connection, listing, self._scope, begin=span.begin, end=span.end, paths=paths
            )
        return {dimension: listings.values_of(dimension, found) for dimension in dimensions}

    def _closed_sums(self, pieces: tuple[Piece, ...], listing: Listing) -> Mapping[str, tuple[int, ...]]:
        if not pieces:
            return {}
        key = self._closed_key(pieces, listing.about)
        known = self._kept.closed.get(key)
        if known is None:
            known = dict(listings.rollup_sums(self._connection, listing, self._scope, pieces))
            self._kept.closed.keep(key, known)
        return known

    def _closed_key(self, pieces: tuple[Piece, ...], about: str) -> ClosedKey:
        versions = tuple((month, self._rolled[month].version) for piece in pieces for month in months_of(piece))
        return ClosedKey(self._scope.site, tuple(self._scope.classes), pieces, versions, about)

    def _split(self, pieces: Sequence[Piece]) -> tuple[tuple[Piece, ...], tuple[Piece, ...], list[Piece]]:
        """Whole months before the newest; other days that are in month rows; the days that are not.

        What is kept of the first serves ranges that begin and end elsewhere, and late events leave it alone.
        """
        closed = [piece for piece in pieces if self._is_closed(piece)]
        ragged = {month for piece in closed if piece.sign < 0 for month in months_of(piece)}
        ragged.update(sorted(self._months)[-1:])
        past: list[Piece] = []
        recent: list[Piece] = []
        for piece in closed:
            if piece.grain is not Grain.MONTH:
                recent.append(piece)
                continue
            for month in months_of(piece):
                (recent if month in ragged else past).append(piece._replace(begin=month, end=month_after(month)))
        return tuple(merged(past)), tuple(merged(recent)), [piece for piece in pieces if piece not in closed]

    def _is_closed(self, piece: Piece) -> bool:
        """Whether the piece is of days that are all in month rows."""
        if piece.grain is Grain.MONTH:
            return True
        return piece.grain is Grain.DAY and all(
            month in self._months and min(piece.end, month_after(month)) <= self._months[month] + DAY
            for month in months_of(piece)
        )

    def _plans(self, spans: Sequence[Span]) -> list[Plan]:
        """Plans that cover the spans, without a rollup that reaches over the end of one."""
        if len(spans) == 1:
            return [self._plan(spans[0], months=self._months)]
        if all(edge % DAY == 0 for span in spans for edge in span):
            return [self._plan(Span(spans[0].begin, spans[-1].end), months={})]
        return [self._plan(span, months={}) for span in spans]

    def _plan(self, span: Span, *, months: Mapping[int, int], added_later: bool = False) -> Plan:
        """A plan; of a rollup that was added later, with the rows of the days that it misses."""
        marked = self._versions.keys()
        return plan(span, marked=marked | self._missed if added_later else marked, months=months)

    def _group_totals(self, spans: Sequence[Span], group: Group) -> list[Totals]:
        """Distinct visits and visitors do not add up, so all of it is counted on rows."""
        paths = self._paths_of(Span(spans[0].begin, spans[-1].end), group)
        parts: defaultdict[int, list[Totals]] = defaultdict(list)
        for bucket, totals in reports.group_totals(
            self._connection,
            self._scope,
            [(bucket, *span) for bucket, span in enumerate(spans)],
            paths=paths,
        ):
            parts[bucket].append(totals)
        return [add(parts[bucket]) for bucket in range(len(spans))]

    def _paths_of(self, span: Span, group: Group) -> list[str]:
        """The paths of the group that are known in the span."""
        made = self._plan(span, months=self._months)
        known = reports.paths(
            self._connection, self._scope, [Bucketed(0, piece) for piece in (*made.rollups, *made.rows)]
        )
        return [path for path in known if group.has(path)]

    def _row_totals(self, pieces: Sequence[Bucketed]) -> Iterator[tuple[int, Totals]]:
        def count(asked: Sequence[Bucketed]) -> list[tuple[int, tuple[int, Totals]]]:
            rows = reports.row_totals(self._connection, self._scope, asked)
            return [(number, (traffic, totals)) for number, traffic, totals in rows]

        about = "site" if self._scope.path is None else f"path {self._scope.path}"
        for (bucket, piece), (traffic, totals) in self._hours(pieces, self._kept.totals, about, count):
            if traffic in self._scope.classes:
                yield bucket, totals if piece.whole else totals._replace(visitors=0)

    def _line_rows(self, pieces: Sequence[Piece], listing: Listing) -> list[Keyed]:
        def count(asked: Sequence[Bucketed]) -> list[tuple[int, tuple[int, Keyed]]]:
            rows = listings.row_sums(self._connection, listing, self._scope, asked)
            return [(number, (traffic, line)) for number, traffic, line in rows]

        parts = self._hours([Bucketed(0, piece) for piece in pieces], self._kept.lines, listing.about, count)
        return [line for _, (traffic, line) in parts if traffic in self._scope.classes]

    def _hours(
        self,
        pieces: Sequence[Bucketed],
        kept: HourCache[T],
        about: str,
        count: Callable[[Sequence[Bucketed]], list[tuple[int, T]]],
    ) -> Iterator[tuple[Bucketed, T]]:
        """Every piece of rows with each of its parts: whole hours out of the cache, ragged ends counted now.

        `count` takes pieces numbered by their bucket and gives (number, part).
        """
        whole = {self._key(about, hour.piece): hour for hour in pieces if hour.piece.end - hour.piece.begin == HOUR}

        def count_hours(keys: Sequence[HourKey]) -> dict[HourKey, list[T]]:
            counted: dict[HourKey, list[T]] = {key: [] for key in keys}
            for number, part in count([Bucketed(number, whole[key].piece) for number, key in enumerate(keys)]):
                counted[keys[number]].append(part)
            return counted

        for key, parts in kept.get([*whole], count_hours).items():
            yield from ((whole[key], part) for part in parts)
        ragged = [piece for piece in pieces if piece.piece.end - piece.piece.begin != HOUR]
        for number, part in count([Bucketed(number, piece) for number, (_, piece) in enumerate(ragged)]):
            yield ragged[number], part

    def _key(self, about: str, piece: Piece) -> HourKey:
        return HourKey(self._scope.site, about, piece.begin, self._versions.get(piece.begin, ()))
