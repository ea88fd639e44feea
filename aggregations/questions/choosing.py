"""What filters choose: visits, and of these views and events. `docs/filters.md` has the rules in words, with cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.archive.reading import Columns
from aggregations.planner import Span
from aggregations.questions.matching import of_event, of_view, of_visit
from core.events import ACTIVE_TYPES, PASSIVE_TYPES, EventType
from core.filters import OF_VISITS, About, FilterDimension
from storage.archive.schema import VISIT, VISIT_START

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from aggregations.archive.reading import Frames
    from core.filters import Filter
    from core.globs import PathGroups

#: A session has these two of its views, and its events have not.
_OF_SESSIONS_ALONE: Final = frozenset({FilterDimension.ENTRY, FilterDimension.EXIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is counted: rows of the archive's schemas, with the columns that were asked for, in no order."""

    classes: tuple[int, ...]  #: of the traffic that counts
    views: pl.LazyFrame  #: of the range, in chosen visits
    events: pl.LazyFrame  #: those that are no views
    sights: pl.LazyFrame  #: those whose visitors are counted
    sights_hold_views: bool  #: whether all views are among these: one look counts both
    visits: pl.LazyFrame  #: chosen visits, also those that began before the range
    begun: pl.LazyFrame  #: those that began in the range
    #: All events of these, also later ones; with them, events of sessions that are no visit may come: passive ones.
    followed: pl.LazyFrame


def columns_of(filters: Sequence[Filter]) -> Columns:
    """What `choose` needs of events and of sessions; for the events that are followed also their `visit_start`."""
    events = {"ts", "session_id", "class", "type"}
    sessions = {"start", "session_id", "class", "visit"}
    for each in filters:
        if each.about is About.VISIT:
            sessions.update(OF_VISITS[each.dimension])
            if each.dimension not in _OF_SESSIONS_ALONE:
                events.update(f"{VISIT}{column}" for column in OF_VISITS[each.dimension])
        elif each.about is About.VIEW:
            events.add("path")
        elif each.about is About.EVENT:
            events.update(("name",) if each.dimension is FilterDimension.EVENT else ("properties",))
    return Columns(events, sessions)


def looks_back(filters: Sequence[Filter]) -> bool:
    """Whether `choose` needs the sessions of events in the range that began before it."""
    return any(each.about is About.EVENT or each.dimension in _OF_SESSIONS_ALONE for each in filters)


def choose(  # noqa: PLR0913 - frames, and what is asked of them
    frames: Frames,
    filters: Sequence[Filter],
    *,
    span: Span,
    classes: Collection[int],
    groups: PathGroups,
    more_events: bool = True,
    more_sessions: bool = True,
    passive: bool = False,
) -> Chosen:
    """Return what the filters choose; without any, all there is, events without a visit too.

    Args:
        frames: all events of the range, and all sessions that they are in.
        filters: to be met together; those on traffic are passed over: `classes` has what they leave.
        span: the range.
        classes: the traffic that counts.
        groups: the site's content groups, for filters on them.
        more_events: whether the frame of events holds any of other times; if not, times need not be looked at.
        more_sessions: whether the frame of sessions holds any that began at other times.
        passive: whether passive events are counted, which may be in a session that is no visit.
    """
    of_visits = [each for each in filters if each.about is About.VISIT]
    of_views = [of_view(each, groups) for each in filters if each.about is About.VIEW]
    of_events = [of_event(each) for each in filters if each.about is About.EVENT]
    counted = is_any("class", classes)
    told = [of_visit(each, prefix=VISIT) for each in of_visits if each.dimension not in _OF_SESSIONS_ALONE]
    told_by_events = len(told) == len(of_visits)
    visits = frames.sessions.filter(pl.col("visit"), counted, *map(of_visit, of_visits))
    known = frames.events.filter(counted, *told)
    inside = known.filter(within("ts", span)) if more_events else known
    if (of_visits or of_views or of_events) and not any(map(_needs_value, of_visits)):
        inside = inside.filter(pl.col("session_id") != 0)
    if not told_by_events:
        inside = of_sessions(inside, visits)
    views, events = inside.filter(is_view(), *of_views), inside.filter(~is_view(), *of_events)
    if (of_events and not any(map(_needs_activity, filters))) or (passive and (of_visits or of_views)):
        # A passive event may be in a session that is no visit.
        events = of_sessions(events, visits)
    if of_events:
        views, visits = of_sessions(views, events), of_sessions(visits, events)
    if of_views:
        events, visits = of_sessions(events, views), of_sessions(visits, views)
    begun = visits.filter(within("start", span)) if more_sessions else visits
    followed = known.filter(within(VISIT_START, Span(max(span.begin, 1), span.end)))  # it is 0 without a visit
    return Chosen(
        classes=tuple(map(int, classes)),
        views=views,
        events=events,
        sights=views if of_views else events if of_events else inside.filter(pl.col("type").is_in(ACTIVE_TYPES)),
        sights_hold_views=bool(of_views) or not of_events,
        visits=visits,
        begun=begun,
        followed=of_sessions(followed, begun) if of_views or of_events or not told_by_events else followed,
    )


def followed_in(chosen: Chosen, has: Callable[[pl.Expr], pl.Expr] | None) -> pl.LazyFrame:
    """The events that are followed; with `has`, only of visits with a view of a page that it knows."""
    if has is None:
        return chosen.followed
    return of_sessions(chosen.followed, chosen.followed.filter(is_view(), has(pl.col("path"))))


def is_view() -> pl.Expr:
    """Whether an event is a view."""
    return pl.col("type") == EventType.PAGE_VIEW


def within(column: str, span: Span) -> pl.Expr:
    """Whether an instant of the column is in the span."""
    return pl.col(column).is_between(*span, closed="left")


def of_sessions(rows: pl.LazyFrame, others: pl.LazyFrame) -> pl.LazyFrame:
    """The rows whose sessions have any of the others."""
    return rows.join(others.select("session_id").filter(is_new("session_id")), on="session_id", how="semi")


def is_new(column: str) -> pl.Expr:
    """Whether a value is another than that of the row before: events of a visit are neighbours in files.

    To drop the others is cheap, and leaves much less to look for distinct values in.
    """
    return (pl.col(column) != pl.col(column).shift()).fill_null(value=True)


def is_any(column: str, values: Collection[int]) -> pl.Expr:
    """Whether a column has one of some numbers."""
    numbers = [int(value) for value in values]
    return pl.col(column) == numbers[0] if len(numbers) == 1 else pl.col(column).is_in(numbers)


def _needs_value(given: Filter) -> bool:
    """Whether an event without a visit, which has none of its values, cannot pass; then it need not be looked for."""
    return given.dimension not in _OF_SESSIONS_ALONE and not given.matches("")


def _needs_activity(given: Filter) -> bool:
    """Whether no passive event can pass."""
    return given.dimension is FilterDimension.EVENT and not any(map(given.matches, PASSIVE_TYPES))
