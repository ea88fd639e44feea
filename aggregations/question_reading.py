"""Questions of one query, answered from the frames of one snapshot: totals and lists as reports know them."""

from __future__ import annotations

from functools import partial
from threading import Timer
from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations import conversions
from aggregations.archive.kept import is_in_one_day, part
from aggregations.archive.reading import Columns, Frames, read_frames, reading_files
from aggregations.planner import Span
from aggregations.questions import funnels, journeys, listings, tables, totals
from aggregations.questions.choosing import choose, columns_of, is_any, is_view, looks_back
from aggregations.questions.matching import in_groups
from aggregations.questions.totals import Pages
from core.dimensions import OF_SESSIONS, value_of
from core.errors import Unavailable
from core.filters import Choice, Filter, FilterDimension
from core.spans import LONGEST_SESSION, day_of
from storage.listings import CUSTOM_EVENTS, FLOW, PAGES, no_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from psycopg import Connection

    from aggregations.archive.kept import Day, KeptDays
    from aggregations.conversions import By, Reached
    from aggregations.questions.choosing import Chosen
    from aggregations.questions.tables import Counted
    from core.dimensions import Dimension
    from core.metrics import Totals
    from core.query import Query
    from core.steps import Step
    from storage.archive.store import ArchiveStore
    from storage.hits import Meant
    from storage.listings import Listing

#: Bytes of rows, as CSV, that are read for a question: some five million events with what most of them need. Days that
#: the archive has are read from files, as little at a time as they need.
MOST: Final = 512 * 2**20
#: Events whose order matters, as in a funnel or a journey, have to be in memory all at once: about a gigabyte.
MOST_EVENTS: Final = 20_000_000


class QuestionReading:
    """One query in one snapshot.

    Args:
        connection: in the snapshot.
        store: where the archive's files are, if there is one.
        query: what is asked, over whatever spans.
        in_time: raises when it has taken too long; asked before and after each look.
        longest: seconds after which one look is given up.
        kept: short days that were read from files already.
        days: those that were looked for in this snapshot, by site and start.

    Every method raises:
        Unavailable: the archive does not answer, or it took too long.
    """

    def __init__(  # noqa: PLR0913 - what is read, and how much of its time it may take
        self,
        connection: Connection,
        store: ArchiveStore | None,
        query: Query,
        *,
        in_time: Callable[[], None],
        longest: float,
        kept: KeptDays,
        days: dict[tuple[int, int], Day | None],
    ) -> None:
        self._connection = connection
        self._store = store
        self._query = query
        self._in_time = in_time
        self._longest = longest
        self._kept = kept
        self._days = days
        self._in_memory = True

    def totals(self, spans: Sequence[Span], *, visitors: bool = True, visits: bool = True) -> list[Totals]:
        """Return the totals of neighbouring spans, in their order; without visitors or visits where nobody asks."""
        day, query = self._day(Span(spans[0].begin, spans[-1].end)), self._query
        if day is None or query.is_filtered or query.path is not None or query.group is not None:
            return self._totals(spans, visitors=visitors, visits=visits)
        about = (day.name, *query.classes, *spans, visitors, visits)
        return self._kept.totals(about, partial(self._totals, spans, visitors=visitors, visits=visits))

    def _totals(self, spans: Sequence[Span], *, visitors: bool, visits: bool) -> list[Totals]:
        edges = [spans[0].begin, *(span.end for span in spans)]
        chosen = self._choose(Span(edges[0], edges[-1]), totals.COLUMNS)
        parts = totals.totals(chosen, edges, pages=self._pages(), visitors=visitors, visits=visits)
        return totals.summed(self.collect(*parts), buckets=len(spans))

    def lines(self, span: Span, listing: Listing) -> pl.DataFrame:
        """Return the text `key` and the listing's sums over the span, each key once, in no order; some may be 0."""
        day = self._day(span)
        if day is not None and not day.name:
            return no_lines(listing)
        if listing is PAGES:
            (found,) = self.collect(listings.pages(self._choose(span, listings.PAGE_COLUMNS)))
        elif listing is FLOW:
            (found,) = self.collect(listings.ends(self._choose(span, listings.FLOW_COLUMNS)))
        elif listing is CUSTOM_EVENTS:
            (found,) = self.collect(listings.custom_events(self._choose(span, listings.EVENT_COLUMNS), has=self._has()))
        else:
            (found,) = self.lists(span, listing)
            return found
        return found.select(pl.nth(0).alias("key"), *listing.sums).cast(no_lines(listing).schema)

    def lists(self, span: Span, *asked: Listing) -> list[pl.DataFrame]:
        """Return for each what `lines` does, in one look; of pages, flow and custom events by name there are none.

        Raises:
            ValueError: one is none of the lists that breakdowns are made of.
        """
        day = self._day(span)
        if day is not None and not day.name:
            return [no_lines(listing) for listing in asked]
        found = self.tables(span, *map(tables.counted, asked))
        return [lines.select("key", *listing.sums) for lines, listing in zip(found, asked, strict=True)]

    def visits_by(self, span: Span, *dimensions: Dimension) -> dict[Dimension, dict[str, int]]:
        """Return the visits of each value of each dimension; with a group, of visits that saw a page of it there."""
        has = self._has()
        chosen = self._choose(span, listings.columns_by(*dimensions), back=has is not None)
        found = self.collect(*(listings.visits_by(chosen, dimension, has=has) for dimension in dimensions))
        return {
            dimension: {
                value_of(columns): visits
                for *columns, visits in frame.select(*OF_SESSIONS[dimension], "visits").iter_rows()
            }
            for dimension, frame in zip(dimensions, found, strict=True)
        }

    def tables(self, span: Span, *asked: Counted) -> list[pl.DataFrame]:
        """Return for each the text `key` and its sums over the span, each key once, in no order."""
        _, found = self._counted(span, asked, with_totals=False)
        return found

    def whole_and_tables(self, span: Span, *asked: Counted) -> tuple[Totals, list[pl.DataFrame]]:
        """Return the totals over the span, and the tables: what is chosen is looked for once."""
        return self._counted(span, asked, with_totals=True)

    def funnel(self, span: Span, steps: Sequence[Step]) -> list[int]:
        """Return for each step how many visits took it after all steps before it."""
        chosen = self._choose(span, funnels.COLUMNS, on=True)
        hits = self.few(funnels.hits(chosen, steps, has=self._has()))
        return funnels.steps_taken(hits, len(steps))

    def conversions(self, span: Span, goal: Step, *by: By, assistants: bool = True) -> Reached:
        """Return how many visits that began in the span reach the goal, also after it; with a group, of its visits."""
        chosen = self._choose(span, conversions.columns_of(by), on=True)
        return conversions.reached(self.collect(*conversions.frames_of(chosen, goal, by)), by, assistants=assistants)

    def journeys(self, span: Span, *, stops: int, limit: int, offset: int) -> list[tuple[tuple[str, ...], int]]:
        """Return (the first so many pages of visits, how many visits begin like this), most visits first; some rows."""
        chosen = self._choose(span, journeys.COLUMNS, on=True)
        views = self.few(journeys.views(chosen, has=self._has()))
        found = journeys.sequences(views, stops=stops, limit=limit, offset=offset)
        return [(tuple(pages), visits) for pages, visits in found.iter_rows()]

    def around(self, span: Span, path: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return `key`, '' for none, and `count` of what comes before a page and of what comes after, in no order."""
        chosen = self._choose(span, journeys.COLUMNS, on=True)
        views = self.few(journeys.views(chosen, path=path, has=self._has()))
        found = journeys.neighbours(views, path)
        before, after = (
            found.group_by(pl.col(name).alias("key")).agg(pl.col("count").sum()) for name in ("before", "after")
        )
        return before, after

    def events(self, span: Span, columns: Collection[str], *, meant: Meant | None = None) -> pl.LazyFrame:
        """Return columns of all events of a span, of every class, in no order; to be collected by `collect`.

        Of others than those that are meant some may be left out.
        """
        self._in_time()
        return self._read(span, Columns(columns, ()), meant).events

    def few(self, frame: pl.LazyFrame) -> pl.DataFrame:
        """Return a frame whose rows have to be in memory all at once."""
        (found,) = self.collect(frame.head(MOST_EVENTS + 1))
        if found.height > MOST_EVENTS:
            raise Unavailable(f"more than {MOST_EVENTS} events to put in order: ask for fewer days", retry_after=60)
        return found

    def collect(self, *frames: pl.LazyFrame) -> list[pl.DataFrame]:
        """Return what was made of all that was read since the last time."""
        self._in_time()
        if self._in_memory:
            return pl.collect_all(frames)
        self._in_memory = True
        running = [frame.collect(engine="streaming", background=True) for frame in frames]
        ending = Timer(self._longest, partial(_cancel, running))
        ending.start()
        try:
            with reading_files():
                return [query.fetch_blocking() for query in running]
        except Unavailable:
            self._in_time()
            raise
        finally:
            ending.cancel()
            _cancel(running)

    def journey_ends(self, span: Span) -> pl.DataFrame:
        """Return `key`, `entries` and `exits` of where the visitors' days, as far as they are in it, begin and end."""
        if self._query.is_filtered:
            views = self._choose(span, Columns(journeys.OF_DAYS, ())).views
        else:
            views = self.events(span, journeys.OF_DAYS).filter(is_any("class", self._query.classes), is_view())
        return journeys.day_ends(self.few(views))

    def _counted(self, span: Span, asked: Sequence[Counted], *, with_totals: bool) -> tuple[Totals, list[pl.DataFrame]]:
        needed = [each.columns for each in asked]
        passive = any(each.passive for each in asked)
        chosen = self._choose(span, _together(*needed, *([totals.COLUMNS] if with_totals else ())), passive=passive)
        of_totals = totals.totals(chosen, list(span), pages=self._pages()) if with_totals else []
        parts = [each.parts(chosen) for each in asked]
        found = iter(self.collect(*of_totals, *(frame for frames in parts for frame in frames)))
        (whole,) = totals.summed([next(found) for _ in of_totals], buckets=1)
        return whole, [
            tables.added(each, [next(found) for _ in frames]) for each, frames in zip(asked, parts, strict=True)
        ]

    def _choose(
        self, span: Span, columns: Columns, *, back: bool = False, on: bool = False, passive: bool = False
    ) -> Chosen:
        """What the query's filters choose in the span, with columns.

        Args:
            span: the range.
            columns: beside what the filters look at.
            back: whether visits are wanted that began before the range.
            on: whether events are wanted that came after it.
            passive: whether passive events are counted.
        """
        self._in_time()
        query = self._query
        needed = columns_of(query.filters)
        of_events = Columns(tuple(dict.fromkeys((*columns.events, *sorted(needed.events)))), ())
        of_sessions = Columns((), tuple(dict.fromkeys((*columns.sessions, *sorted(needed.sessions)))))
        back = back or looks_back(query.filters) or (passive and query.is_filtered)
        events = self._read(Span(span.begin, span.end + LONGEST_SESSION) if on else span, of_events).events
        sessions = self._read(Span(span.begin - LONGEST_SESSION, span.end) if back else span, of_sessions).sessions
        return choose(
            Frames(events, sessions),
            query.filters,
            span=span,
            classes=query.classes,
            groups=query.groups,
            more_events=on,
            more_sessions=back,
            passive=passive,
        )

    def _read(self, span: Span, columns: Columns, meant: Meant | None = None) -> Frames:
        day = self._day(span)
        if day is not None:
            return part(day.frames, span, columns)
        self._in_memory = False
        return read_frames(
            self._connection, self._store, self._query.site, span, columns=columns, most=MOST, meant=meant
        )

    def _day(self, span: Span) -> Day | None:
        """The day that the span is in, if it is one that is kept."""
        if not is_in_one_day(span):
            return None
        key = self._query.site, day_of(span.begin)
        if key not in self._days:
            self._days[key] = self._kept.whole(self._connection, self._store, *key)
        return self._days[key]

    def _pages(self) -> Pages | None:
        """The page or the pages that the query is about."""
        path, group = self._query.path, self._query.group
        if path is not None:
            return Pages(lambda column: column == path, many=False)
        if group is not None:
            meant = Filter(dimension=FilterDimension.GROUP, choices=(Choice(group.name),))
            return Pages(lambda column: in_groups(column, meant, group.groups), many=True)
        return None

    def _has(self) -> Callable[[pl.Expr], pl.Expr] | None:
        pages = self._pages()
        return None if pages is None else pages.has


def _together(*columns: Columns) -> Columns:
    return Columns(
        tuple(dict.fromkeys(column for each in columns for column in each.events)),
        tuple(dict.fromkeys(column for each in columns for column in each.sessions)),
    )


def _cancel(running: Iterable[pl.lazyframe.in_process.InProcessQuery]) -> None:
    for query in running:
        query.cancel()
