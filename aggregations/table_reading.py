"""Breakdowns of a site: several of one range are read together, in one snapshot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from aggregations.answers import Before
from aggregations.basis import Basis
from aggregations.comparing import before
from aggregations.lists import ListReading
from aggregations.planner import Span
from aggregations.questions import tables as questions
from aggregations.reading import Reading
from aggregations.table_rows import cut, rows_of, whole_of
from aggregations.tables import Breakdown, Table
from aggregations.totals import TotalsReading
from core.subjects import Subject
from storage import listings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import polars as pl
    import psycopg

    from aggregations.questions.tables import Counted
    from aggregations.tables import Order
    from core.comparisons import Other
    from core.metrics import Totals
    from core.query import Query
    from storage.listings import Listing


#: What no rollup knows.
_QUESTIONS: Final[Mapping[Subject, Counted]] = {
    Subject.NOT_FOUND: questions.NOT_FOUND,
    Subject.LINK: questions.LINKS,
    Subject.DOWNLOAD: questions.DOWNLOADS,
}
_OF_EVENTS: Final = frozenset({Subject.EVENT, Subject.SCROLL})


class _Found(NamedTuple):
    """All rows of some subjects, and the site's totals."""

    totals: Totals
    rows: Mapping[Subject, pl.DataFrame]


class Tables(Reading):
    """Answers what is to be broken down by pages, sources, places, devices or events.

    All of it is exact, on days of any zone: who is there on a part of a UTC day is told from its rows.
    """

    async def breakdown(  # noqa: PLR0913 - what is asked, which rows of it, and what it is compared with
        self,
        query: Query,
        subject: Subject,
        *,
        order: Order | None = None,
        limit: int,
        offset: int = 0,
        other: Other | None = None,
        matches: Callable[[tuple[str, ...]], bool] | None = None,
    ) -> Breakdown:
        """The rows of one subject, as `breakdowns` has them."""
        table = Table(subject=subject, order=order, limit=limit, offset=offset, matches=matches)
        (found,) = await self.breakdowns(query, [table], other=other)
        return found

    async def breakdowns(
        self, query: Query, tables: Sequence[Table], *, other: Other | None = None
    ) -> tuple[Breakdown, ...]:
        """The rows of several subjects, in one snapshot.

        Args:
            query: which visits, views and events. A content group is a filter on it; a path may not be given.
            tables: what of them, one at least.
            other: what they are compared with.

        Raises:
            ValueError: the query is about a path.
        """
        if query.path is not None:
            raise ValueError("a page is not broken down; a filter on it is")
        if any(table.subject in _QUESTIONS for table in tables):
            return await self._ask("breakdowns", self._breakdowns, query, tables, other)
        return await self._run("breakdowns", self._breakdowns, query, tables, other)

    def _breakdowns(self, query: Query, tables: Sequence[Table], other: Other | None) -> tuple[Breakdown, ...]:
        query = query.with_group_as_filter()
        subjects = {table.subject for table in tables}
        with self._snapshot() as connection:
            found = self._rows(connection, subjects, query)
            past = before(connection, query, other, partial(self._rows, connection, subjects))
        return tuple(_breakdown(query, table, found, past) for table in tables)

    def _rows(self, connection: psycopg.Connection, subjects: Collection[Subject], query: Query) -> _Found:
        span = Span(*query.ends)
        question = self._question(connection, query)
        asked = {subject: _QUESTIONS[subject] for subject in subjects if subject in _QUESTIONS}
        listed = {subject: _listing(subject) for subject in subjects if subject not in _QUESTIONS}
        if query.is_filtered:
            wanted = {**asked, **{subject: questions.counted(listing) for subject, listing in listed.items()}}
            once = tuple(dict.fromkeys(wanted.values()))
            totals, tables = question.whole_and_tables(span, *once)
            found = dict(zip(once, tables, strict=True))
            lines = {subject: found[counted] for subject, counted in wanted.items()}
        else:
            basis = Basis.read(connection, query, span)
            (totals,) = TotalsReading(basis, self._totals_kept, question).totals([span])
            lists = ListReading(basis, self._lines_kept, self._closed, question)
            of_lists = {listing: lists.lines(span, listing) for listing in dict.fromkeys(listed.values())}
            lines = {subject: of_lists[listing] for subject, listing in listed.items()}
            if asked:
                lines |= dict(zip(asked, question.tables(span, *asked.values()), strict=True))
        return _Found(totals, {subject: rows_of(subject, lines[subject], query.groups) for subject in subjects})


def _listing(subject: Subject) -> Listing:
    if subject.dimension is not None:
        return listings.values_by(subject.dimension)
    return listings.EVENTS if subject in _OF_EVENTS else listings.PATHS


def _breakdown(query: Query, table: Table, found: _Found, past: Before[_Found] | None) -> Breakdown:
    rows = found.rows[table.subject]
    then = None if past is None or past.found is None else past.found.rows[table.subject]
    shown, count = cut(table, rows, then)
    whole = None
    if past is not None:
        totals = None if past.found is None or then is None else whole_of(table.subject, then, past.found.totals)
        whole = Before(other=past.other, found=totals)
    return Breakdown(
        days=query.days,
        subject=table.subject,
        rows=shown,
        count=count,
        totals=whole_of(table.subject, rows, found.totals),
        before=whole,
    )
