"""The hits of one site in one snapshot, wherever its events are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.hits import AddressHits, Hit
from aggregations.planner import Span
from aggregations.questions import hits
from aggregations.questions.buckets import counted
from core.dimensions import OF_HITS
from core.hits import HitColumn, HitOrder
from core.spans import DAY
from storage.hits import Meant
from storage.listings import PAGES, PATHS, hits_by, without_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aggregations.lists import ListReading
    from aggregations.question_reading import QuestionReading
    from aggregations.totals import TotalsReading
    from core.hits import HitQuery

_GROUPS: Final = ("value", "hits", "unique")
_DIMENSIONS: Final = {HitColumn(column): dimension for dimension, columns in OF_HITS.items() for column in columns}


class HitReading:
    """What a query chooses on one of its sites.

    Args:
        query: what is chosen; spans that are asked for lie in its range, which is not empty.
        question: reads events of the site.
        totals: gives what knows how many hits there are, if the query is one that rollups tell of.
        lists: gives what knows hits by path, likewise, of all paths.
    """

    def __init__(
        self,
        query: HitQuery,
        question: QuestionReading,
        totals: Callable[[], TotalsReading | QuestionReading],
        lists: Callable[[], ListReading | QuestionReading],
    ) -> None:
        self._question = question
        self._totals = totals
        self._lists = lists
        self.query: Final = query
        self.span: Final = Span(query.begin, query.end)
        self._meant = Meant(classes=tuple(map(int, query.classes)), path=query.path)

    def counts(self, edges: Sequence[int]) -> list[int]:
        """Return how many hits there are from each edge (ms, rising) to the next."""
        if self.query.is_told_by_rollups:
            spans = [Span(*ends) for ends in pairwise(edges)]
            return [each.views for each in self._totals().totals(spans, visitors=False, visits=False)]
        (found,) = self._question.collect(
            counted(self._chosen(Span(edges[0], edges[-1]), "ts"), "ts", edges, hits=pl.len())
        )
        known = dict(found.select("bucket", "hits").iter_rows())
        return [known.get(bucket, 0) for bucket in range(len(edges) - 1)]

    def groups(self, column: HitColumn, *, unique: bool = True) -> pl.DataFrame:
        """Return `value`, `hits` and `unique`, each value once, in no order; `unique` may be 0 where nobody asks."""
        query, whole = self.query, self.span
        lines = self._rolled(column, unique=unique)
        if lines is not None:
            return lines.filter(pl.col("hits") > 0)
        # Of the part of a day that the range begins with, the facts on its events say nothing of what is first in it.
        midnight = min(-(-whole.begin // DAY) * DAY, whole.end) if unique else whole.begin
        parts = [(Span(whole.begin, midnight), True), (Span(midnight, whole.end), False)]
        found = [
            hits.counted_by(self._counted(span, column, anew=anew), query, column, anew=anew)
            for span, anew in parts
            if span.begin < span.end
        ]
        return pl.concat(self._question.collect(*found)).group_by("value").agg(pl.col("hits", "unique").sum())

    def _rolled(self, column: HitColumn, *, unique: bool) -> pl.DataFrame | None:
        """What rollups say, if they do: pages are theirs, other values only as often as they are there at all."""
        query = self.query
        if column is HitColumn.PATH and query.is_told_by_rollups:
            lines = self._lists().lines(self.span, PATHS if unique else PAGES)
            of_path = lines if query.path is None else lines.filter(pl.col("key") == query.path)
            visitors = pl.col("visitors") if unique else pl.lit(0, pl.Int64)
            return of_path.select(value="key", hits="views", unique=visitors)
        if column is HitColumn.PATH or unique or query.path is not None or not query.is_told_by_rollups:
            return None
        dimension = _DIMENSIONS[column]
        lines = self._lists().lines(self.span, hits_by(dimension))
        return lines.select("hits", value=without_number(dimension), unique=pl.lit(0, pl.Int64)).select(*_GROUPS)

    def by_address(self) -> list[AddressHits]:
        """Return how often each page was seen from each address, by path, then by address."""
        found = self._chosen(self.span, "path", "ip")
        (lines,) = self._question.collect(found.group_by("path", "ip").agg(hits=pl.len()))
        (site,) = self.query.sites
        return [AddressHits(site, ip, path, times) for path, ip, times in lines.sort("path", "ip").iter_rows()]

    def views(self, span: Span, columns: Sequence[str]) -> pl.DataFrame:
        """Return columns of the hits of a span, in no order."""
        return self._question.few(self._chosen(span, *columns).select(*columns))

    def keys(self, span: Span, paths: tuple[str, str] | None = None) -> pl.DataFrame:
        """Return what orders tell hits apart by, in no order: of those of a span, on pages from a first to a last."""
        return self._found(span, paths, ("site", "path", *hits.KEY))

    def rows(self, span: Span, paths: tuple[str, str] | None = None, *also: pl.Expr) -> pl.DataFrame:
        """Return the columns of `Hit`, likewise, of those for which all else is true too."""
        return self._found(span, paths, Hit._fields, *also)

    def _found(self, span: Span, paths: tuple[str, str] | None, columns: Sequence[str], *also: pl.Expr) -> pl.DataFrame:
        found = self._chosen(span, *(column for column in columns if column != "site"), paths=paths).filter(*also)
        (site,) = self.query.sites
        return self._question.few(found.with_columns(site=pl.lit(site, pl.Int64)).select(*columns))

    def _chosen(self, span: Span, *columns: str, paths: tuple[str, str] | None = None) -> pl.LazyFrame:
        meant = replace(self._meant, country=self.query.country, paths=paths)
        found = hits.chosen(self._question.events(span, hits.columns(self.query, *columns), meant=meant), self.query)
        if paths is None:
            return found
        first, last = paths
        return found.filter(pl.col("path").is_between(pl.lit(first), pl.lit(last)))

    def _counted(self, span: Span, column: HitColumn, *, anew: bool) -> pl.LazyFrame:
        # What is seen for the first time is so among all views, wherever they come from.
        meant = self._meant if anew else replace(self._meant, country=self.query.country)
        return self._question.events(span, hits.columns_by(self.query, column, anew=anew), meant=meant)


def newest(sites: Sequence[HitReading], span: Span, *, limit: int, offset: int) -> list[Hit]:
    """Return some hits of a span, those of all sites together, the newest first."""
    found = hits.in_order(pl.concat(site.keys(span) for site in sites), HitOrder.NEWEST)
    page = found["ts"].slice(offset, limit)
    if page.is_empty():
        return []
    last, first = page[0], page[-1]
    before = offset - int((found["ts"] > last).sum())
    rows = pl.concat(site.rows(Span(first, last + 1)) for site in sites)
    return _made(hits.in_order(rows, HitOrder.NEWEST).slice(before, page.len()))


def of_paths(site: HitReading, paths: tuple[str, str], *, limit: int, offset: int) -> list[Hit]:
    """Return some hits of the pages from a first to a last path: by path, then the newest first."""
    path, ts = pl.col("path"), pl.col("ts")
    found = hits.in_order(site.keys(site.span, paths), HitOrder.SITE_PATH_NEWEST)
    page = found.slice(offset, limit)
    if page.is_empty():
        return []
    (top, newest_of_top), (bottom, oldest_of_bottom) = (page.select("path", "ts").row(row) for row in (0, -1))
    before = offset - found.filter((path < top) | ((path == top) & (ts > newest_of_top))).height
    span = Span(oldest_of_bottom, newest_of_top + 1) if top == bottom else site.span
    rows = site.rows(
        span,
        (top, bottom),
        (path != top) | (ts <= newest_of_top),
        (path != bottom) | (ts >= oldest_of_bottom),
    )
    return _made(hits.in_order(rows, HitOrder.SITE_PATH_NEWEST).slice(before, page.height))


def _made(found: pl.DataFrame) -> list[Hit]:
    return [*map(Hit._make, found.iter_rows())]
