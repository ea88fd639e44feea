"""Questions to a site: what no rollup says, each read in one snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregations.answering import Answering
from aggregations.answers import Around, Funnel, Journeys
from aggregations.planner import Span
from aggregations.ranking import top

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregations.conversions import By, Reached
    from core.query import Query
    from core.steps import Step


class Questions(Answering):
    """Answers them from events and sessions, wherever they are."""

    async def funnel(self, query: Query, steps: Sequence[Step]) -> Funnel:
        """The visits that take the steps in order.

        Args:
            query: which visits: those that begin in the range and, with a group, have a view in it.
            steps: one at least.
        """
        return await self._ask("funnel", self._funnel, query, steps)

    async def journeys(self, query: Query, *, stops: int, limit: int, offset: int = 0) -> Journeys:
        """The first so many pages of the visits that begin in the range and, with a group, have a view in it."""
        return await self._ask("journeys", self._journeys, query, stops=stops, limit=limit, offset=offset)

    async def around(self, query: Query, path: str, *, limit: int, offset: int = 0) -> Around:
        """What comes before and after a page in these visits; each list is cut alike."""
        return await self._ask("around", self._around, query, path, limit=limit, offset=offset)

    async def conversions(self, query: Query, goal: Step, *by: By, assistants: bool = True) -> Reached:
        """How many visits that begin in the range reach the goal, in all and by the rows of reports.

        Args:
            query: which visits; with a group, those that saw a page of it in the range.
            goal: a view or an event, whenever in the visit.
            by: what they are told apart by.
            assistants: as for `sources`.
        """
        return await self._ask("conversions", self._conversions, query, goal, *by, assistants=assistants)

    def _funnel(self, query: Query, steps: Sequence[Step]) -> Funnel:
        with self._snapshot() as connection:
            counts = self._question(connection, query).funnel(Span(*query.ends), steps)
        taken = zip((step.text for step in steps), counts, strict=True)
        return Funnel(days=query.days, steps=tuple(taken))

    def _conversions(self, query: Query, goal: Step, *by: By, assistants: bool) -> Reached:
        query = query.with_group_as_filter()
        with self._snapshot() as connection:
            return self._question(connection, query).conversions(Span(*query.ends), goal, *by, assistants=assistants)

    def _journeys(self, query: Query, *, stops: int, limit: int, offset: int) -> Journeys:
        with self._snapshot() as connection:
            rows = self._question(connection, query).journeys(
                Span(*query.ends), stops=stops, limit=limit, offset=offset
            )
        return Journeys(days=query.days, rows=tuple(rows))

    def _around(self, query: Query, path: str, *, limit: int, offset: int) -> Around:
        with self._snapshot() as connection:
            lines = self._question(connection, query).around(Span(*query.ends), path)
        before, after = (tuple(top(found, "count", limit=limit, offset=offset)) for found in lines)
        return Around(days=query.days, path=path, before=before, after=after)
