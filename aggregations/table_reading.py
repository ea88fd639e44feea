"""Breakdowns of a site: several of one range are read together, in one snapshot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.answers import Before
from aggregations.basis import Basis
from aggregations.comparing import before
from aggregations.lists import ListReading
from aggregations.planner import Span
from aggregations.questions import tables as questions
from aggregations.reading import Reading
from aggregations.table_rows import matching, page, rows_in, rows_of, whole_of
from aggregations.tables import Breakdown, Table
from aggregations.totals import TotalsReading
from core.subjects import Subject
from storage import listings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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

    def whole_of(self, subject: Subject) -> Totals:
        """What shares of its rows are of."""
        return whole_of(subject, self.rows[subject], self.totals)


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
        subjects = tuple(dict.fromkeys(table.subject for table in tables))
        with self._snapshot() as connection:
            found = self._rows(connection, subjects, query)
            past = before(connection, query, other, partial(self._rows, connection, subjects))
        return _made(query, tables, found, past)

    def _rows(self, connection: psycopg.Connection, subjects: Sequence[Subject], query: Query) -> _Found:
        span = Span(*query.ends)
        question = self._question(connection, query)
        if query.is_filtered:
            counted = {subject: _QUESTIONS.get(subject) or questions.counted(_listing(subject)) for subject in subjects}
            once = tuple(dict.fromkeys(counted.values()))
            totals, tables = question.whole_and_tables(span, *once)
            found = dict(zip(once, tables, strict=True))
            lines = {subject: found[asked].lazy() for subject, asked in counted.items()}
        else:
            basis = Basis.read(connection, query, span)
            (totals,) = TotalsReading(basis, self._totals_kept, question).totals([span])
            together = [_listing(subject) for subject in subjects if subject not in _QUESTIONS]
            lists = ListReading(basis, self._lines_kept, self._closed, question, together=together)
            lines = _listed(lists, span, subjects)
            if asked := {subject: _QUESTIONS[subject] for subject in subjects if subject in _QUESTIONS}:
                tables = question.tables(span, *asked.values())
                lines |= {subject: table.lazy() for subject, table in zip(asked, tables, strict=True)}
        rows = pl.collect_all([rows_of(subject, lines[subject], query.groups) for subject in subjects])
        return _Found(totals, dict(zip(subjects, rows, strict=True)))


def _listed(lists: ListReading, span: Span, subjects: Sequence[Subject]) -> dict[Subject, pl.LazyFrame]:
    """The lines of what rollups know: each list, and all dimensions, are read once."""
    dimensions = {subject: subject.dimension for subject in subjects if subject.dimension is not None}
    others = [subject for subject in subjects if subject not in dimensions and subject not in _QUESTIONS]
    found = {listing: lists.reading(span, listing) for listing in dict.fromkeys(map(_listing, others))}
    lines = {subject: found[_listing(subject)] for subject in others}
    if dimensions:
        lines |= dict(zip(dimensions, lists.values_by(span, *dimensions.values()), strict=True))
    return lines


def _listing(subject: Subject) -> Listing:
    if subject.dimension is not None:
        return listings.values_by(subject.dimension)
    return listings.EVENTS if subject in _OF_EVENTS else listings.PATHS


def _made(query: Query, tables: Sequence[Table], found: _Found, past: Before[_Found] | None) -> tuple[Breakdown, ...]:
    then = None if past is None else past.found
    rows = [matching(table, found.rows[table.subject]) for table in tables]
    pages = pl.collect_all(
        page(table, some, None if then is None else then.rows[table.subject])
        for table, some in zip(tables, rows, strict=True)
    )
    return tuple(
        Breakdown(
            days=query.days,
            subject=table.subject,
            rows=rows_in(table.subject, shown, compared=then is not None),
            count=some.height,
            totals=found.whole_of(table.subject),
            before=None
            if past is None
            else Before(other=past.other, found=None if then is None else then.whole_of(table.subject)),
        )
        for table, some, shown in zip(tables, rows, pages, strict=True)
    )
