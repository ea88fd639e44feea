"""What is asked about visitors: where their days begin and end, who was there lately, what they ever saw."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.answers import JourneyEnds
from aggregations.planner import Span, joined
from aggregations.questions.choosing import is_any, is_view
from aggregations.ranking import top
from aggregations.reading import Reading
from core.events import TrafficClass
from core.metrics import Totals
from core.query import Query
from core.ranges import Days, date_at
from core.spans import HOUR
from storage import lifetimes
from storage.journey_ends import journey_ends
from storage.lifetimes import Lifetime
from storage.rollups import Grain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from psycopg import Connection

    from aggregations.planner import Plan
    from storage.pieces import Piece

#: Grains whose rows count journeys: nobody's journey is that of an hour.
_WITH_JOURNEYS: Final = frozenset({Grain.DAY, Grain.MONTH})
#: What is looked at of an event of which only views are counted.
_OF_VIEWS: Final = ("class", "type", "d1")


class VisitorReports(Reading):
    """Answers it, as reports are answered."""

    async def journey_ends(self, query: Query, *, limit: int, offset: int = 0) -> JourneyEnds:
        """The pages that visitors' days begin and end with; each list is cut alike.

        Args:
            query: which views; a content group is a filter on them. A path may not be given.
            limit: how many rows, the most visitors first.
            offset: how many rows before them.

        Raises:
            ValueError: the query is about a path.
        """
        if query.path is not None:
            raise ValueError("a day of one page begins and ends with it; a filter on it chooses visits")
        return await self._ask("journey_ends", self._journey_ends, query, limit=limit, offset=offset)

    async def visitors_between(self, site: int, begin: int, end: int) -> int:
        """The people of whom anything was heard from `begin` to before `end`, both ms; one counts once per UTC day."""
        return (await self.totals_between(site, begin, end)).visitors

    async def totals_between(self, site: int, begin: int, end: int) -> Totals:
        """What people did from `begin` to before `end`, both ms; a visitor counts once per UTC day."""
        asked = partial(self._timed, "totals_between", self._totals_between, site, Span(begin, end))
        return await self._quick.run(asked)

    async def lifetime(self, sites: Sequence[int]) -> Mapping[int, Lifetime]:
        """What people ever saw of each of the sites."""
        return await self._quick.run(partial(self._timed, "lifetime", self._lifetime, sites))

    def _journey_ends(self, query: Query, *, limit: int, offset: int) -> JourneyEnds:
        query = query.with_group_as_filter()
        span = Span(*query.ends)
        with self._snapshot() as connection:
            question = self._question(connection, query)
            if query.is_filtered:
                found = question.journey_ends(span)
            else:
                basis = self._basis(connection, query, span)
                made = basis.plan(span)
                rolled = [piece for piece in made.rollups if piece.grain in _WITH_JOURNEYS]
                parts = [journey_ends(connection, basis.scope, rolled)]
                parts += [question.journey_ends(part) for part in _not_in(made, rolled)]
                found = pl.concat(parts).group_by("key").agg(pl.col("entries", "exits").sum())
        entries, exits = (tuple(top(found, by, limit=limit, offset=offset)) for by in ("entries", "exits"))
        return JourneyEnds(days=query.days, entries=entries, exits=exits)

    def _totals_between(self, site: int, span: Span) -> Totals:
        if span.begin >= span.end:
            return Totals()
        with self._snapshot() as connection:
            (totals,) = self._totals_in(connection, _around(site, span), span).totals([span])
        return totals

    def _lifetime(self, sites: Sequence[int]) -> dict[int, Lifetime]:
        with self._snapshot() as connection:
            known = lifetimes.of_sites(connection, sites)
            found = {site: known[site].lifetime if site in known else Lifetime() for site in sites}
            for site, of_site in known.items():
                for part in _hours(of_site.untold):
                    found[site] = _added(found[site], self._seen(connection, site, part))
        return found

    def _seen(self, connection: Connection, site: int, span: Span) -> Lifetime:
        question = self._question(connection, _around(site, span))
        views = question.events(span, _OF_VIEWS).filter(is_any("class", [TrafficClass.HUMAN]), is_view())
        (counted,) = question.collect(views.select(pl.len(), pl.col("d1").sum()))
        return Lifetime(*counted.row(0))


def _not_in(made: Plan, rolled: Sequence[Piece]) -> list[Span]:
    """What of a plan is in none of its pieces with journeys: parts of days at its ends, and days with marks."""
    others = [piece for piece in (*made.rollups, *made.rows) if piece not in rolled]
    return joined(Span(piece.begin, piece.end) for piece in others)


def _hours(begins: Iterable[int]) -> list[Span]:
    return joined(Span(begin, begin + HOUR) for begin in begins)


def _around(site: int, span: Span) -> Query:
    """A query about all people on the days that a span touches."""
    return Query(site=site, days=Days(first=date_at(span.begin, UTC), last=date_at(span.end - 1, UTC)), zone=UTC)


def _added(one: Lifetime, other: Lifetime) -> Lifetime:
    return Lifetime(one.views + other.views, one.unique_views + other.unique_views)
