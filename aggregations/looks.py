"""A look at a site: what one page shows of it, read in one snapshot."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from aggregations.series_reports import SeriesReports, is_question
from aggregations.table_reading import Tables, asks_questions
from core.ranges import date_at
from storage.reports import oldest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, tzinfo

    from aggregations.answers import Series
    from aggregations.series import Asked
    from aggregations.tables import Breakdown, Table
    from core.query import Query


class Look(NamedTuple):
    """What was found."""

    breakdowns: tuple[Breakdown, ...]
    series: Series
    oldest: date | None  #: the first day with anything


class Looks(Tables, SeriesReports):
    """Answers several reports as one: what they have in common is read once, and nothing happens between them."""

    async def look(self, query: Query, asked: Asked, tables: Sequence[Table]) -> Look:
        """The breakdowns and the series of a range, compared with the same other one.

        Args:
            query: as for `breakdowns`.
            asked: the series, and what all is compared with.
            tables: as for `breakdowns`.

        Raises:
            ValueError: the query is about a path.
        """
        if not (query.is_filtered or asks_questions(tables) or is_question(query, asked)):
            return await self._run("look", self._look, query, asked, tables)
        # Each has turns of its own kind. The longest first: few run at a time.
        return Look(
            *await asyncio.gather(
                self.breakdowns(query, tables, other=asked.other),
                self.series(query, asked),
                self.oldest(query.site, query.zone),
            )
        )

    def _look(self, query: Query, asked: Asked, tables: Sequence[Table]) -> Look:
        with self._snapshot() as connection:
            first = oldest(connection, site=query.site)
            return Look(
                self._breakdowns_in(connection, query, tables, asked.other, first=first),
                self._series_in(connection, query, asked, first=first),
                None if first is None else date_at(first, query.zone),
            )

    async def oldest(self, site: int, zone: tzinfo) -> date | None:
        """The first day with anything, or None if the site has nothing yet."""
        return await self._quick.run(partial(self._timed, "oldest", self._oldest, site, zone))

    def _oldest(self, site: int, zone: tzinfo) -> date | None:
        with self._snapshot() as connection:
            first = oldest(connection, site=site)
        return None if first is None else date_at(first, zone)
