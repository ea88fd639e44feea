"""Hits of sites: listed, and counted by what they say; each answer is of one snapshot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from functools import partial
from itertools import starmap
from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations import hit_reading
from aggregations.hit_reading import HitReading
from aggregations.hits import HitGroup, HitGroups, Hits
from aggregations.planner import Span
from aggregations.questions.hits import window
from aggregations.reading import Reading
from core.hits import HitColumn, HitOrder
from core.query import Query
from core.ranges import Days, date_at
from core.spans import DAY, HOUR, day_of
from storage.reports import oldest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from aggregations.hits import AddressHits, Hit
    from core.hits import HitQuery

#: Hits that are put in order at once: of a day with more, only some hours are looked at.
_MANY: Final = 5_000


class HitReports(Reading):
    """Answers them, as reports are answered."""

    async def hits(self, query: HitQuery, *, limit: int, offset: int = 0, order: HitOrder = HitOrder.NEWEST) -> Hits:
        """Single hits.

        Args:
            query: which.
            limit: how many, in the order; 1 at least.
            offset: how many before them.
            order: of one time stamp those with the greater event id are the newer ones.
        """
        turns = self._quick if query.is_told_by_rollups else self._questions
        asked = partial(self._hits, query, limit=limit, offset=offset, order=order)
        return await turns.run(partial(self._timed, "hits", asked))

    async def hits_by(
        self, query: HitQuery, column: HitColumn, *, limit: int, offset: int = 0, unique: bool = True
    ) -> HitGroups:
        """Hits by what they say themselves; of several sites together.

        Args:
            query: which.
            column: what they are told apart by.
            limit: how many groups, the greatest first.
            offset: how many before them.
            unique: whether it is asked how many are unique. Without it, it is 0, and rollups tell more. In the part of
                a UTC day that the range begins with it is found anew, for what is there may have been seen before.
        """
        told = query.is_told_by_rollups and (column is HitColumn.PATH or not unique)
        turns = self._quick if told else self._questions
        asked = partial(self._hits_by, query, column, limit=limit, offset=offset, unique=unique)
        return await turns.run(partial(self._timed, "hits_by", asked))

    async def hits_by_address(self, query: HitQuery) -> tuple[AddressHits, ...]:
        """How often each page was seen from each address, by site as they are given, then by path and address."""
        return await self._ask("hits_by_address", self._hits_by_address, query)

    def _hits(self, query: HitQuery, *, limit: int, offset: int, order: HitOrder) -> Hits:
        with self._snapshot() as connection:
            sites = self._hit_readings(connection, query)
            if not sites:
                return Hits(rows=(), total=0)
            if order is HitOrder.NEWEST:
                return _newest(sites, limit=limit, offset=offset)
            return _by_path(sites, limit=limit, offset=offset)

    def _hits_by(self, query: HitQuery, column: HitColumn, *, limit: int, offset: int, unique: bool) -> HitGroups:
        with self._snapshot() as connection:
            sites = self._hit_readings(connection, query)
            if not sites:
                return HitGroups(rows=(), total=0)
            found = pl.concat(site.groups(column, unique=unique) for site in sites)
        if len(sites) > 1:
            found = found.group_by("value").agg(pl.col("hits", "unique").sum())
        rows = found.sort("hits", "value", descending=[True, False]).slice(offset, limit)
        return HitGroups(rows=tuple(starmap(HitGroup, rows.iter_rows())), total=found.height)

    def _hits_by_address(self, query: HitQuery) -> tuple[AddressHits, ...]:
        with self._snapshot() as connection:
            sites = self._hit_readings(connection, query)
            return tuple(line for site in sites for line in site.by_address())

    def _hit_readings(self, connection: psycopg.Connection, query: HitQuery) -> list[HitReading]:
        """One for each site, without the days before any of them had anything, and after now; none if none are left."""
        firsts = [first for site in query.sites if (first := oldest(connection, site=site)) is not None]
        begin = max(query.begin, day_of(min(firsts, default=query.end)))
        end = min(query.end, self._clock.now_ms() + DAY)
        if begin >= end:
            return []
        return [self._hit_reading(connection, replace(query, site=site, begin=begin, end=end)) for site in query.sites]

    def _hit_reading(self, connection: psycopg.Connection, query: HitQuery) -> HitReading:
        span, of_site = Span(query.begin, query.end), query_of(query)
        return HitReading(
            query,
            self._question(connection, of_site),
            partial(self._totals_in, connection, replace(of_site, path=query.path), span),
            partial(self._lists_in, connection, of_site, span),
        )


def query_of(query: HitQuery) -> Query:
    """The traffic that a query of hits is about, on all days of its site that it touches."""
    (site,) = query.sites
    days = Days(first=date_at(query.begin, UTC), last=date_at(query.end - 1, UTC))
    return Query(site=site, days=days, zone=UTC, bots=query.bots)


def _newest(sites: Sequence[HitReading], *, limit: int, offset: int) -> Hits:
    span, total = sites[0].span, None
    # What no rollup tells is looked for once.
    for step in (DAY, HOUR) if sites[0].query.is_told_by_rollups else (HOUR,):
        edges = [span.begin, *range(span.begin - span.begin % step + step, span.end, step), span.end]
        counts = [sum(several) for several in zip(*(site.counts(edges) for site in sites), strict=True)]
        if total is None:
            total = sum(counts)
        counts.reverse()
        first, stop, before = window(counts, offset, limit)
        if first == stop:
            return Hits(rows=(), total=total)
        span, offset = Span(edges[-1 - stop], edges[-1 - first]), offset - before
        if sum(counts[first:stop]) <= _MANY:
            break
    return Hits(rows=tuple(hit_reading.newest(sites, span, limit=limit, offset=offset)), total=total or 0)


def _by_path(sites: Sequence[HitReading], *, limit: int, offset: int) -> Hits:
    rows: list[Hit] = []
    total = 0
    for site in sites:
        groups = site.groups(HitColumn.PATH, unique=False).sort("value")
        paths, counts = groups["value"], groups["hits"].to_list()
        wanted = limit - len(rows)
        first, stop, before = window(counts, max(offset - total, 0), wanted)
        if wanted and first < stop:
            ends = paths[first], paths[stop - 1]
            inside = max(offset - total, 0) - before
            rows += hit_reading.of_paths(site, ends, limit=wanted, offset=inside)
        total += sum(counts)
    return Hits(rows=tuple(rows), total=total)
