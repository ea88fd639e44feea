"""Journeys of visitors: what each of them saw on a UTC day, and what all have in common, in one snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.basis import Basis
from aggregations.hit_reports import HitReports, query_of
from aggregations.hits import VisitorJourney, VisitorJourneys
from aggregations.planner import Span, joined
from aggregations.questions import visitor_days
from aggregations.questions.hits import window
from aggregations.ranking import top
from core.spans import DAY
from storage import journeys
from storage.journey_ends import SCHEMA, journey_ends
from storage.rollups import Grain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from aggregations.hit_reading import HitReading
    from core.hits import HitQuery

#: Grains whose rows count journeys: nobody's journey is that of an hour.
_WITH_JOURNEYS: Final = frozenset({Grain.DAY, Grain.MONTH})


class JourneyReports(HitReports):
    """Answers it, as reports are answered."""

    async def visitor_journeys(
        self, query: HitQuery, *, limit: int, offset: int = 0, ends: int = 10
    ) -> VisitorJourneys:
        """The journeys of visitors through the hits of a site: those of one UTC day that lie in the range.

        Args:
            query: which hits, of one site. Those of nobody are in no journey.
            limit: how many journeys, those that began last first; 1 at least.
            offset: how many before them.
            ends: how many of the pages that they begin with, and that they end with.

        Raises:
            ValueError: the query names several sites.
        """
        if len(query.sites) != 1:
            raise ValueError("a visitor is one of a single site")
        return await self._ask("visitor_journeys", self._visitor_journeys, query, limit=limit, offset=offset, ends=ends)

    def _visitor_journeys(self, query: HitQuery, *, limit: int, offset: int, ends: int) -> VisitorJourneys:
        with self._snapshot() as connection:
            readings = self._hit_readings(connection, query)
            if not readings:
                return VisitorJourneys(rows=(), total=0, single=0, entries=(), exits=())
            (reading,) = readings
            told = _told(connection, reading)
            untold = _days_of(reading, told.untold)
            counts = told.days | visitor_days.by_day(untold)
            found = pl.concat([told.ends, visitor_days.ends(untold)]).group_by("key").agg(pl.all().sum())
            rows = _journeys(reading, told, untold, counts, limit=limit, offset=offset)
        return VisitorJourneys(
            rows=tuple(rows),
            total=sum(number for number, _ in counts.values()),
            single=sum(single for _, single in counts.values()),
            entries=tuple(top(found, "entries", limit=ends, offset=0)),
            exits=tuple(top(found, "exits", limit=ends, offset=0)),
        )


class _Told(NamedTuple):
    """What rollups tell of a range, and where they do not: parts of days at its ends, and days with marks."""

    days: dict[int, tuple[int, int]]  # journeys, and those of one view, by start of the day
    ends: pl.DataFrame
    told: list[Span]
    untold: list[Span]


def _told(connection: Connection, reading: HitReading) -> _Told:
    query, span = reading.query, reading.span
    if not query.is_told_by_rollups or query.path is not None:
        return _Told({}, pl.DataFrame(schema=SCHEMA), [], [span])
    basis = Basis.read(connection, query_of(query), span)
    made = basis.plan(span, by_month=False)
    days = [piece for piece in made.rollups if piece.grain is Grain.DAY]
    others = [piece for piece in (*made.rollups, *made.rows) if piece.grain is not Grain.DAY]
    rolled = [piece for piece in basis.plan(span).rollups if piece.grain in _WITH_JOURNEYS]
    return _Told(
        {day: (number, single) for day, number, single in journeys.by_day(connection, basis.scope, days)},
        journey_ends(connection, basis.scope, rolled),
        joined(Span(piece.begin, piece.end) for piece in days),
        joined(Span(piece.begin, piece.end) for piece in others),
    )


def _journeys(  # noqa: PLR0913 - what is there, what is known of it, and which part
    reading: HitReading,
    told: _Told,
    untold: pl.DataFrame,
    counts: dict[int, tuple[int, int]],
    *,
    limit: int,
    offset: int,
) -> list[VisitorJourney]:
    latest = sorted(counts, reverse=True)
    first, stop, before = window([counts[day][0] for day in latest], offset, limit)
    if first == stop:
        return []
    wanted = Span(latest[stop - 1], latest[first] + DAY)
    inside = [Span(max(span.begin, wanted.begin), min(span.end, wanted.end)) for span in told.told]
    known = untold.filter(pl.col("first").is_between(*wanted, closed="left"))
    there = pl.concat([known, _days_of(reading, [span for span in inside if span.begin < span.end])])
    days = visitor_days.latest(there, limit=limit, offset=offset - before)
    begin, last = days.select(pl.col("first").min(), pl.col("last").max()).row(0)
    views = reading.views(Span(begin, last + 1), (*visitor_days.COLUMNS, *visitor_days.NAMING))
    return [
        VisitorJourney(visitor, began, ended, tuple(pages), *naming)
        for visitor, began, ended, pages, *naming in visitor_days.followed(days, views)
        .select("visitor", "first", "last", "pages", *visitor_days.NAMING)
        .iter_rows()
    ]


def _days_of(reading: HitReading, spans: Sequence[Span]) -> pl.DataFrame:
    """The days of visitors over spans of whole days, or of parts of days at the ends of the range."""
    return pl.concat(
        [
            visitor_days.NONE,
            *(visitor_days.days_of(reading.views(span, visitor_days.COLUMNS)) for span in spans),
        ]
    )
