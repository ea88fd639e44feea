"""Sessions and facts from scratch: what the reducer keeps up to date event by event, computed of all events at once.

It is the reducer's oracle and the engine of imports. It shares nothing with the reducer but the constants, the kinds
of events and the session's id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.frames import EVENTS, FACTS, LINKS, SESSIONS, STORED_EVENTS, is_counted
from core.events import KINDS, Kind
from core.sessions import NAMING_COLUMNS, session_id_of
from core.spans import DAY, GAP, NOON

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Whose events of one UTC day these are.
_VISITOR_DAY: Final = ("site", "class", "visitor", "day")
_ORDER: Final = ("ts", "event_id")
#: How soon a kind gives its session a name: the first view, without one the first action, without one the first event.
_NAMING_RANK: Final = {Kind.VIEW: 0, Kind.ACTION: 1, Kind.PASSIVE: 2}
#: Where a visit came from. A session of passive events only has a device and a place, but came from nowhere.
_SOURCE: Final = NAMING_COLUMNS[: NAMING_COLUMNS.index("hostname")]


class Sessionized(NamedTuple):
    """Events with their sessions and facts, and the sessions they make."""

    events: pl.DataFrame  # STORED_EVENTS, by time and event id
    sessions: pl.DataFrame  # SESSIONS, by site, start and id


def sessionize(events: pl.DataFrame, links: pl.DataFrame) -> Sessionized:
    """Compute the sessions of all events and every event's session and facts.

    Args:
        events: shape `EVENTS`, any number of sites, classes, visitors and days, in any order. Event ids are unique
            within a visitor's day. Flood events and those without a visitor come back without session and facts.
        links: shape `LINKS`, the links over the midnights between the days; see `links_of`.

    A session that reaches back or on to a day whose events are not given is computed as if there were none.
    """
    kinds = {name: int(kind) for name, kind in KINDS.items()}
    all_events = (
        events.select(*EVENTS)
        .with_columns(
            day=pl.col("ts") - pl.col("ts") % DAY, kind=pl.col("type").replace_strict(kinds, return_dtype=pl.Int8)
        )
        .sort(_ORDER)
        .with_row_index("row")
    )
    in_sessions = all_events.filter(is_counted() & (pl.col("visitor") != 0))
    in_sessions = _with_session(_with_fragment(in_sessions), links)
    session_rows = _sessions(in_sessions)
    in_sessions = _with_facts(in_sessions).join(
        session_rows.select("root", "session_id"), on="root", maintain_order="left"
    )
    facts = in_sessions.select("row", *FACTS)
    return Sessionized(
        events=all_events.join(facts, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("session_id").fill_null(0), pl.col("new", "s1", "d1").fill_null(value=False))
        .select(*STORED_EVENTS),
        sessions=session_rows.select(*SESSIONS).sort("site", "start", "session_id"),
    )


def links_of(events: pl.DataFrame) -> pl.DataFrame:
    """Return the links (shape `LINKS`) that events (shape `EVENTS`) carry in `prev`."""
    return (
        events.filter(is_counted() & (pl.col("visitor") != 0) & (pl.col("prev") != 0))
        .with_columns(day=pl.col("ts") - pl.col("ts") % DAY)
        .select(*LINKS)
        .unique()
    )


def _with_fragment(events: pl.DataFrame) -> pl.DataFrame:
    """Number the fragments: maximal runs of one visitor's day in which each gap is shorter than GAP."""
    ordered = events.sort(*_VISITOR_DAY, *_ORDER)
    other_visitor_day = pl.any_horizontal(pl.col(column).ne_missing(pl.col(column).shift()) for column in _VISITOR_DAY)
    return ordered.with_columns(fragment=(other_visitor_day | (pl.col("ts").diff() >= GAP)).cum_sum())


def _with_session(events: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Give every event its session's first fragment as `root`: its own, or the one it is joined to over midnight."""
    fragments = events.group_by(*_VISITOR_DAY, "fragment").agg(first=pl.col("ts").min(), last=pl.col("ts").max())
    by_visitor_day = fragments.sort("fragment").group_by(*_VISITOR_DAY, maintain_order=True)
    evening, morning = by_visitor_day.last(), by_visitor_day.first()
    joined = (
        morning.join(links, on=_VISITOR_DAY)
        .with_columns(yesterday=pl.col("day") - DAY)
        .join(
            evening,
            left_on=("site", "class", "prev", "yesterday"),
            right_on=_VISITOR_DAY,
            suffix="_before",
        )
        .filter(
            pl.col("first") - pl.col("last_before") < GAP,
            pl.col("first_before") >= pl.col("yesterday") + NOON,
        )
        .select("fragment", root="fragment_before")
        # Two people never share a hash; if two did, one of them is joined, the same one every time.
        .sort("fragment", "root")
        .unique("fragment", keep="first", maintain_order=True)
        .unique("root", keep="first", maintain_order=True)
    )
    return events.join(joined, on="fragment", how="left").with_columns(pl.coalesce("root", "fragment").alias("root"))


def _sessions(events: pl.DataFrame) -> pl.DataFrame:
    """Return one row of `SESSIONS` and its `root` per session."""
    ordered = events.sort(_ORDER)
    view, action = pl.col("kind") == Kind.VIEW, pl.col("kind") == Kind.ACTION
    rank = pl.col("kind").replace_strict({int(kind): rank for kind, rank in _NAMING_RANK.items()}, return_dtype=pl.Int8)
    sessions = (
        ordered.group_by("root", maintain_order=True)
        .agg(
            pl.col("site", "class", "visitor").first(),
            start=pl.col("ts").first(),
            last=pl.col("ts").last(),
            events=pl.len(),
            views=view.sum(),
            actions=action.sum(),
            visit=(view | action).any(),
            entry_path=pl.col("path").filter(view).first(),
            exit_path=pl.col("path").filter(view).last(),
            engaged_ms=pl.col("engaged_ms").sum(),
        )
        .with_columns(pl.col("entry_path", "exit_path").fill_null(""))
    )
    naming = (
        ordered.with_columns(rank=rank)
        .sort("rank", maintain_order=True)
        .group_by("root", maintain_order=True)
        .agg(pl.col(NAMING_COLUMNS).first())
    )
    named = sessions.join(naming, on="root").with_columns(
        pl.when("visit").then(pl.col(_SOURCE)).otherwise(pl.lit("")).name.keep()
    )
    return named.with_columns(session_id=_ids(named)).cast(SESSIONS)


def _ids(sessions: pl.DataFrame) -> pl.Series:
    rows: Sequence[tuple[int, int, int, int]] = sessions.select("site", "class", "visitor", "start").rows()
    return pl.Series([session_id_of(*row) for row in rows], dtype=pl.Int64)


def _with_facts(events: pl.DataFrame) -> pl.DataFrame:
    """Add NEW, S1 and D1, to active events only. Over midnight S1 looks at the session, the others at the day."""
    is_view = pl.col("kind") == Kind.VIEW
    active = (
        events.filter(pl.col("kind") != Kind.PASSIVE)
        .sort(_ORDER)
        .with_columns(
            # A view's subject is its path; an action's is its type and name.
            subject=pl.when(is_view).then("path").otherwise("name"),
            subject_type=pl.when(is_view).then(pl.lit("")).otherwise("type"),
        )
    )
    facts = active.select(
        "row",
        new=pl.struct(_VISITOR_DAY).is_first_distinct(),
        s1=pl.struct("root", "subject_type", "subject").is_first_distinct(),
        d1=pl.struct(*_VISITOR_DAY, "subject_type", "subject").is_first_distinct(),
    )
    return events.join(facts, on="row", how="left").with_columns(pl.col("new", "s1", "d1").fill_null(value=False))
