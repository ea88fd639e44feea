"""Rows of chosen visits, views and events, with all that is known of each: what breakdowns are made of."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.archive.reading import Columns
from aggregations.questions.choosing import is_new
from aggregations.questions.totals import distinct_visitors
from aggregations.values import value
from core.dimensions import OF_HITS, OF_SESSIONS
from core.events import EventType
from storage import listings
from storage.archive.schema import VISIT
from storage.listings import with_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from aggregations.questions.choosing import Chosen
    from core.dimensions import Dimension
    from storage.listings import Listing

#: The property of an event about a link that has its address.
_ADDRESS: Final = "$.url"
_MISSING: Final = 404


class Counted(NamedTuple):
    """How a table is counted: `parts` gives frames of the text `key` and some of the `sums`, which add up by key."""

    columns: Columns  #: beside what the filters look at
    sums: tuple[str, ...]
    parts: Callable[[Chosen], list[pl.LazyFrame]]
    passive: bool = False  #: whether it counts passive events


def _paths(chosen: Chosen) -> list[pl.LazyFrame]:
    seen = chosen.begun.filter(pl.col("views") > 0)
    of_views = chosen.views.group_by(key="path").agg(
        views=pl.len(), unique_views=pl.col("s1").sum(), visitors=distinct_visitors(chosen.classes, grouped=True)
    )
    of_entries = seen.group_by(key="entry_path").agg(
        rated=pl.len(), bounces=_bounced().sum(), duration_ms=_lasted().sum()
    )
    return [of_views, of_entries, seen.group_by(key="exit_path").agg(exits=pl.len())]


#: By path.
PATHS: Final = Counted(
    Columns(("path", "s1", "visitor", "class"), ("start", "last", "views", "entry_path", "exit_path")),
    ("views", "unique_views", "visitors", "rated", "bounces", "duration_ms", "exits"),
    _paths,
)


def values_by(dimension: Dimension) -> Counted:
    """By value of a dimension of sessions, as the keys of its lists; a visitor has that of the day's first sight."""
    columns = OF_SESSIONS[dimension]
    visit = [f"{VISIT}{column}" for column in columns]

    def parts(chosen: Chosen) -> list[pl.LazyFrame]:
        of_visits = chosen.begun.group_by(columns).agg(
            visits=pl.len(), bounces=_bounced().sum(), duration_ms=_lasted().sum()
        )
        of_views = chosen.views.filter(pl.col("session_id") != 0).group_by(visit).agg(views=pl.len())
        # Visits of a visitor do not overlap on a day, so any sight tells which of them was the first.
        sights = chosen.sights.filter(pl.col("visitor") != 0, is_new("session_id") | is_new("visitor"))
        firsts = sights.group_by("class", "visitor").agg(pl.col(visit).min_by("ts"))
        return [
            of_visits.select("visits", "bounces", "duration_ms", key=with_number(dimension, value(columns))),
            of_views.select("views", key=with_number(dimension, value(visit))),
            firsts.group_by(visit).agg(visitors=pl.len()).select("visitors", key=with_number(dimension, value(visit))),
        ]

    return Counted(
        Columns(("ts", "session_id", "visitor", "class", "type", *visit), ("start", "last", "views", *columns)),
        ("visits", "bounces", "duration_ms", "visitors", "views"),
        parts,
    )


def hits_by(dimension: Dimension) -> Counted:
    """By value of a dimension of hits, as the keys of its lists."""
    columns = OF_HITS[dimension]

    def parts(chosen: Chosen) -> list[pl.LazyFrame]:
        counted = chosen.views.group_by(columns).agg(hits=pl.len())
        return [counted.select("hits", key=with_number(dimension, value(columns)))]

    return Counted(Columns(columns, ()), ("hits",), parts)


def _events(chosen: Chosen) -> list[pl.LazyFrame]:
    return [_counted(chosen, chosen.events, pl.col("type") + "\t" + pl.col("name"))]


#: By type and name of events that are no views, a tab between them.
EVENTS: Final = Counted(Columns(("type", "name", "visitor", "class"), ()), ("views", "visitors"), _events, passive=True)


def _addresses(chosen: Chosen, clicked: pl.Expr) -> list[pl.LazyFrame]:
    address = pl.col("properties").str.json_path_match(_ADDRESS).fill_null("")
    return [_counted(chosen, chosen.events.filter(clicked), address)]


_ADDRESS_COLUMNS: Final = Columns(("type", "name", "properties", "visitor", "class"), ())
#: By address of a link elsewhere.
LINKS: Final = Counted(
    _ADDRESS_COLUMNS,
    ("views", "visitors"),
    lambda chosen: _addresses(chosen, pl.col("type") == EventType.OUTBOUND_LINK),
)
#: By address of a file.
DOWNLOADS: Final = Counted(
    _ADDRESS_COLUMNS,
    ("views", "visitors"),
    lambda chosen: _addresses(chosen, (pl.col("type") == EventType.CUSTOM) & (pl.col("name") == "file_download")),
)


def _not_found(chosen: Chosen) -> list[pl.LazyFrame]:
    return [_counted(chosen, chosen.views.filter(pl.col("status") == _MISSING), pl.col("path"))]


#: By path whose view had the status of a page that is not there.
NOT_FOUND: Final = Counted(Columns(("path", "status", "visitor", "class"), ()), ("views", "visitors"), _not_found)


def counted(listing: Listing) -> Counted:
    """How a list is counted that rollups have too.

    Raises:
        ValueError: there is no such table.
    """
    if listing in _OF_LISTINGS:
        return _OF_LISTINGS[listing]
    if len(listing.dimensions) == 1 and listing == listings.values_by(*listing.dimensions):
        return values_by(*listing.dimensions)
    if len(listing.dimensions) == 1 and listing == listings.hits_by(*listing.dimensions):
        return hits_by(*listing.dimensions)
    raise ValueError(f"no question has the list {listing.about}")


def added(asked: Counted, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Put collected parts together: the text `key` and the sums, each key once."""
    schema = {"key": pl.String, **dict.fromkeys(asked.sums, pl.Int64)}
    rows = pl.concat(
        [pl.DataFrame(schema=schema), *(part.cast({name: schema[name] for name in part.columns}) for part in parts)],
        how="diagonal",
    )
    return rows.group_by("key").agg(pl.col(*asked.sums).sum())


_OF_LISTINGS: Final[Mapping[Listing, Counted]] = MappingProxyType({listings.PATHS: PATHS, listings.EVENTS: EVENTS})


def _counted(chosen: Chosen, rows: pl.LazyFrame, key: pl.Expr) -> pl.LazyFrame:
    return rows.group_by(key=key).agg(views=pl.len(), visitors=distinct_visitors(chosen.classes, grouped=True))


def _bounced() -> pl.Expr:
    return pl.col("views") == 1


def _lasted() -> pl.Expr:
    return pl.col("last") - pl.col("start")
