"""The reports of a site: each read in one snapshot, so nothing is counted twice or lost while batches commit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from aggregations.answers import CustomEvents, Flow, Pages, Summary
from aggregations.breakdowns import DEVICES, Devices, Sources, devices, ranked, sources
from aggregations.comparing import before, of_keys
from aggregations.journey_reports import JourneyReports
from aggregations.looks import Looks
from aggregations.planner import Span
from aggregations.ranking import top
from aggregations.visitor_reports import VisitorReports
from core.ranges import compared
from storage.listings import CUSTOM_EVENTS, FLOW, PAGES, events_by_path
from storage.reports import PageSum, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    import psycopg

    from core.comparisons import Other
    from core.dimensions import Dimension
    from core.metrics import Totals
    from core.query import Group, Query
    from core.ranges import Comparison
    from storage.listings import Listing


class Reports(Looks, JourneyReports, VisitorReports):
    """Answers queries, a few at a time, each in a thread: out of rollups where they say it, else as questions.

    Args:
        pool: connections to read with; closed by whoever opened it.
        clock: for what is kept a moment, and to measure.
        telemetry: where the time of each report goes.
        archive: where files are that questions are answered from, if there are any.

    Every report raises:
        Unavailable: the store or the archive does not answer, or it takes too long.
        Overloaded: too many reports are waiting.
    """

    async def summary(
        self, query: Query, comparison: Comparison | None = None, *, other: Other | None = None
    ) -> Summary:
        """The totals of the range, and of the one it is compared with: as whole days, or `other`.

        Raises:
            OverflowError: the calendar does not reach back to the other range.
        """
        return await self._run("summary", self._summary, query, comparison, other)

    async def pages(self, query: Query, *, limit: int, offset: int = 0, other: Other | None = None) -> Pages:
        """The pages of the range that have views."""
        return await self._run("pages", self._pages, query, limit=limit, offset=offset, other=other)

    async def flow(self, query: Query, *, limit: int, offset: int = 0, other: Other | None = None) -> Flow:
        """The pages by which visits enter and leave; each list is cut alike."""
        return await self._run("flow", self._flow, query, limit=limit, offset=offset, other=other)

    async def custom_events(
        self, query: Query, name: str | None = None, *, limit: int, offset: int = 0, other: Other | None = None
    ) -> CustomEvents:
        """The custom events by name, or the one that is named."""
        return await self._run(
            "custom_events", self._custom_events, query, name, limit=limit, offset=offset, other=other
        )

    async def sources(  # noqa: PLR0913 - what of the visits, which rows, and what they are compared with
        self,
        query: Query,
        dimension: Dimension,
        *,
        assistants: bool = True,
        limit: int,
        offset: int = 0,
        other: Other | None = None,
    ) -> Sources:
        """The visits by source.

        Args:
            query: which visits; with a group, those that saw a page of it in the range.
            dimension: what a source is: the channel, the referrer or the campaign.
            assistants: whether AI assistants are a channel of their own; otherwise they are among the referrals.
            limit: how many rows, the most visits first.
            offset: how many rows before them.
            other: what they are compared with.
        """
        return await self._run(
            "sources",
            self._sources,
            query,
            dimension,
            assistants=assistants,
            limit=limit,
            offset=offset,
            other=other,
        )

    async def devices(self, query: Query, *, other: Other | None = None) -> Devices:
        """The visits by device, browser, system and screen; with a group, those that saw a page of it in the range."""
        return await self._run("devices", self._devices, query, other)

    def _summary(self, query: Query, comparison: Comparison | None, other: Other | None) -> Summary:
        previous_days = None if comparison is None else compared(query.days, comparison)
        with self._snapshot() as connection:
            totals = self._totals(connection, query)
            if previous_days is None:
                past = before(connection, query, other, partial(self._totals, connection))
                return Summary(days=query.days, totals=totals, before=past)
            previous = self._totals(connection, replace(query, days=previous_days))
        return Summary(days=query.days, totals=totals, previous_days=previous_days, previous=previous)

    def _totals(self, connection: psycopg.Connection, query: Query) -> Totals:
        span = Span(*query.ends)
        (totals,) = self._totals_in(connection, query, span).totals([span])
        return totals

    def _pages(self, query: Query, *, limit: int, offset: int, other: Other | None) -> Pages:
        with self._snapshot() as connection:
            seen = self._lines(connection, query, PAGES)
            rows = tuple(
                PageSum(*row)
                for row in top(seen, "views", "unique_views", limit=limit, offset=offset, group=query.group)
            )
            past = before(
                connection,
                query,
                other,
                lambda query: of_keys(
                    self._lines(connection, query, PAGES), "views", keys=[page.path for page in rows]
                ),
            )
        return Pages(days=query.days, rows=rows, before=past)

    def _flow(self, query: Query, *, limit: int, offset: int, other: Other | None) -> Flow:
        with self._snapshot() as connection:
            found = self._lines(connection, query, FLOW)
            landings, exits = (
                tuple((path, visits) for path, visits in top(found, by, limit=limit, offset=offset, group=query.group))
                for by in ("landings", "exits")
            )

            def read(query: Query) -> tuple[Mapping[str, int], Mapping[str, int]]:
                lines = self._lines(connection, query, FLOW)
                return (
                    of_keys(lines, "landings", keys=[path for path, _ in landings]),
                    of_keys(lines, "exits", keys=[path for path, _ in exits]),
                )

            past = before(connection, query, other, read)
        return Flow(days=query.days, landings=landings, exits=exits, before=past)

    def _custom_events(
        self, query: Query, name: str | None, *, limit: int, offset: int, other: Other | None
    ) -> CustomEvents:
        with self._snapshot() as connection:
            counts = self._event_counts(connection, query)
            past = before(connection, query, other, partial(self._event_counts, connection))
        if name is not None:
            counts = Counter({name: counts[name]})
        return CustomEvents(days=query.days, rows=tuple(ranked(counts, limit=limit, offset=offset)), before=past)

    def _event_counts(self, connection: psycopg.Connection, query: Query) -> Counter[str]:
        if query.group is None or query.is_filtered:
            return Counter(dict(self._lines(connection, query, CUSTOM_EVENTS).iter_rows()))
        span = Span(*query.ends)
        if not self._basis(connection, query, span).has_rows(span):
            return Counter(dict(self._question(connection, query).lines(span, CUSTOM_EVENTS).iter_rows()))
        return self._events_of_group(connection, query, query.group)

    def _events_of_group(self, connection: psycopg.Connection, query: Query, group: Group) -> Counter[str]:
        """No rollup knows where an event happened."""
        begin, end = query.ends
        found = events_by_path(connection, Scope(query.site, query.classes), begin=begin, end=end)
        counts: Counter[str] = Counter()
        for name, path, count in found:
            counts[name] += count if group.has(path) else 0
        return counts

    def _lines(self, connection: psycopg.Connection, query: Query, listing: Listing) -> pl.DataFrame:
        span = Span(*query.ends)
        return self._lists_in(connection, query, span).lines(span, listing)

    def _sources(  # noqa: PLR0913 - as for `sources`
        self,
        query: Query,
        dimension: Dimension,
        *,
        assistants: bool,
        limit: int,
        offset: int,
        other: Other | None,
    ) -> Sources:
        with self._snapshot() as connection:

            def read(query: Query, *, limit: int | None = None, offset: int = 0) -> Sources:
                visits = self._visits_by(connection, query, dimension)[dimension]
                return sources(query.days, dimension, visits, assistants=assistants, limit=limit, offset=offset)

            found = read(query, limit=limit, offset=offset)
            past = before(connection, query, other, lambda query: dict(read(query).rows))
        return replace(found, before=past)

    def _devices(self, query: Query, other: Other | None) -> Devices:
        with self._snapshot() as connection:

            def read(query: Query) -> Devices:
                return devices(query.days, self._visits_by(connection, query, *DEVICES))

            found = read(query)
            past = before(
                connection,
                query,
                other,
                lambda query: {dimension: dict(rows) for dimension, rows in read(query).rows.items()},
            )
        return replace(found, before=past)

    def _visits_by(
        self, connection: psycopg.Connection, query: Query, *dimensions: Dimension
    ) -> dict[Dimension, dict[str, int]]:
        span = Span(*query.ends)
        return self._lists_in(connection, query, span).visits_by(span, *dimensions)
