"""Breakdowns of a site: several of one range are read together, in one snapshot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations import few_rows
from aggregations.answers import Before
from aggregations.comparing import since
from aggregations.lists import Lines, ListReading
from aggregations.planner import Span
from aggregations.questions import tables as questions
from aggregations.reading import Reading
from aggregations.table_rows import matching, page, rows_in, rows_of, whole_of
from aggregations.tables import Breakdown, Table
from aggregations.totals import TotalsReading
from core.subjects import Subject
from storage import listings
from storage.reports import oldest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import psycopg

    from aggregations.questions.tables import Counted
    from aggregations.tables import Order, Row
    from core.comparisons import Other
    from core.globs import PathGroups
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
        if asks_questions(tables):
            return await self._ask("breakdowns", self._breakdowns, query, tables, other)
        return await self._run("breakdowns", self._breakdowns, query, tables, other)

    def _breakdowns(self, query: Query, tables: Sequence[Table], other: Other | None) -> tuple[Breakdown, ...]:
        with self._snapshot() as connection:
            first = None if other is None else oldest(connection, site=query.site)
            return self._breakdowns_in(connection, query, tables, other, first=first)

    def _breakdowns_in(
        self,
        connection: psycopg.Connection,
        query: Query,
        tables: Sequence[Table],
        other: Other | None,
        *,
        first: int | None,
    ) -> tuple[Breakdown, ...]:
        """As for `breakdowns`, of a site whose first data are of `first`, ms."""
        query = query.with_group_as_filter()
        read = partial(self._rows, connection, tuple(dict.fromkeys(table.subject for table in tables)))
        found = read(query)
        return _made(query, tables, found, None if other is None else since(first, query, other, read))

    def _rows(self, connection: psycopg.Connection, subjects: Sequence[Subject], query: Query) -> _Found:
        span = Span(*query.ends)
        question = self._question(connection, query)
        if query.is_filtered:
            counted = {subject: _QUESTIONS.get(subject) or questions.counted(_listing(subject)) for subject in subjects}
            once = tuple(dict.fromkeys(counted.values()))
            totals, tables = question.whole_and_tables(span, *once)
            found = dict(zip(once, tables, strict=True))
            return _Found(totals, _rows_of({subject: found[asked] for subject, asked in counted.items()}, query.groups))
        basis = self._basis(connection, query, span)
        (totals,) = TotalsReading(basis, self._totals_kept, question).totals([span])
        together = [_listing(subject) for subject in subjects if subject not in _QUESTIONS]
        lists = ListReading(basis, self._lines_kept, self._closed, question, together=together)
        lines: dict[Subject, Lines | pl.DataFrame] = {**_listed(lists, span, subjects)}
        if asked := {subject: _QUESTIONS[subject] for subject in subjects if subject in _QUESTIONS}:
            lines |= zip(asked, question.tables(span, *asked.values()), strict=True)
        return _Found(totals, _rows_of(lines, query.groups))


def asks_questions(tables: Sequence[Table]) -> bool:
    """Whether any of the tables is of what no rollup knows."""
    return any(table.subject in _QUESTIONS for table in tables)


def _listed(lists: ListReading, span: Span, subjects: Sequence[Subject]) -> dict[Subject, Lines]:
    """The lines of what rollups know: each list, and all dimensions, are read once."""
    dimensions = {subject: subject.dimension for subject in subjects if subject.dimension is not None}
    others = [subject for subject in subjects if subject not in dimensions and subject not in _QUESTIONS]
    found = {listing: lists.reading(span, listing) for listing in dict.fromkeys(map(_listing, others))}
    lines = {subject: found[_listing(subject)] for subject in others}
    if dimensions:
        lines |= dict(zip(dimensions, lists.values_by(span, *dimensions.values()), strict=True))
    return lines


def _rows_of(lines: Mapping[Subject, Lines | pl.DataFrame], groups: PathGroups) -> dict[Subject, pl.DataFrame]:
    """All rows of each subject."""
    rows = {
        subject: few_rows.rows_of(subject, found)
        for subject, found in lines.items()
        if isinstance(found, Lines) and few_rows.are_few(subject, found)
    }
    many = {subject: found for subject, found in lines.items() if subject not in rows}
    plans = [
        rows_of(subject, found.added() if isinstance(found, Lines) else found.lazy(), groups)
        for subject, found in many.items()
    ]
    return rows | dict(zip(many, pl.collect_all(plans), strict=True))


def _pages(
    tables: Sequence[Table], rows: Sequence[pl.DataFrame], then: Mapping[Subject, pl.DataFrame] | None
) -> list[tuple[Row, ...]]:
    """The page of each table."""
    asked = [
        (table, some, None if then is None else then[table.subject]) for table, some in zip(tables, rows, strict=True)
    ]
    many = [number for number, each in enumerate(asked) if not few_rows.has_page(*each)]
    found = dict(zip(many, pl.collect_all(page(*asked[number]) for number in many), strict=True))
    return [
        rows_in(each[0].subject, found[number], compared=then is not None) if number in found else few_rows.page(*each)
        for number, each in enumerate(asked)
    ]


def _listing(subject: Subject) -> Listing:
    if subject.dimension is not None:
        return listings.values_by(subject.dimension)
    return listings.EVENTS if subject in _OF_EVENTS else listings.PATHS


def _made(query: Query, tables: Sequence[Table], found: _Found, past: Before[_Found] | None) -> tuple[Breakdown, ...]:
    then = None if past is None else past.found
    rows = [matching(table, found.rows[table.subject]) for table in tables]
    pages = _pages(tables, rows, None if then is None else then.rows)
    return tuple(
        Breakdown(
            days=query.days,
            subject=table.subject,
            rows=shown,
            count=some.height,
            totals=found.whole_of(table.subject),
            before=None
            if past is None
            else Before(other=past.other, found=None if then is None else then.whole_of(table.subject)),
        )
        for table, some, shown in zip(tables, rows, pages, strict=True)
    )
