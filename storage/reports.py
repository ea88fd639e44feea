"""What reports read of one site: sums of rollups, and the same sums from rows.

Every function reads in the transaction of its connection; a report puts one snapshot around all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from core.events import KINDS, EventType, Kind
from core.metrics import Totals
from storage.pieces import Bucketed, parameters
from storage.sql import load
from storage.times import instant, instants, millis

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from psycopg import Connection

    from storage.pieces import Piece

#: An event of one of these makes a visit, and a visitor.
_ACTIVE = [type_ for type_, kind in KINDS.items() if kind is not Kind.PASSIVE]


class PageSum(NamedTuple):
    """One page over a range."""

    path: str
    views: int
    unique_views: int


def give_up_after(connection: Connection, *, seconds: int) -> None:
    """Bound every further statement of the transaction: a longer one raises `psycopg.errors.QueryCanceled`."""
    connection.execute(load("reports.limit"), {"seconds": str(seconds)})


def oldest(connection: Connection, *, site: int) -> int | None:
    """Return when the site's first event or rolled-up day was, ms, or None if it has neither."""
    row = connection.execute(load("reports.oldest"), {"site": site}).fetchone()
    return None if row is None or row[0] is None else millis(row[0])


def busiest(connection: Connection, *, since: int, limit: int) -> list[UUID]:
    """Return so many sites with the most views in months that began at `since` (ms) or later, those first."""
    found = connection.execute(load("reports.busiest"), {"since": instant(since), "limit": limit})
    return [uuid for (uuid,) in found]


class Scope(NamedTuple):
    """What totals are about: a site, or one page of it."""

    site: int
    classes: Sequence[int]
    path: str | None = None


def rollup_totals(
    connection: Connection, scope: Scope, pieces: Sequence[Piece], *, begins: Sequence[int]
) -> list[tuple[int, Totals]]:
    """Return (bucket, totals) of pieces of rollups, each bucket once; those without rollups are left out.

    Visitors are those of whole days only.

    Args:
        connection: in the snapshot.
        scope: a site, or a page of it.
        pieces: what is added up.
        begins: where buckets begin, ms, rising; a span belongs to that in which it begins, or to the first.
    """
    if not pieces:
        return []
    name = "reports.site_rollups" if scope.path is None else "reports.path_rollups"
    given = parameters(Bucketed(0, piece) for piece in pieces)
    rows = connection.execute(load(name), {**_about(scope), **given, "edges": instants(begins)})
    return [(bucket, Totals(*sums)) for bucket, *sums in rows]


def row_totals(connection: Connection, scope: Scope, pieces: Sequence[Bucketed]) -> list[tuple[int, int, Totals]]:
    """Return (bucket, class, totals), any number for each, of pieces of hours, of both classes whatever the scope."""
    if not pieces:
        return []
    name = "reports.site_rows" if scope.path is None else "reports.path_rows"
    rows = connection.execute(load(name), {**_about(scope), **parameters(pieces)})
    return [(bucket, traffic, Totals(*sums)) for bucket, traffic, *sums in rows]


def visitors(connection: Connection, scope: Scope, cuts: Sequence[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """Return (bucket, distinct visitors), any number for each, of the parts of days (bucket, begin, end)."""
    if not cuts:
        return []
    types = _ACTIVE if scope.path is None else [EventType.PAGE_VIEW]
    rows = connection.execute(load("reports.visitors"), {**_about(scope), **_spans(cuts), "types": types})
    return [(bucket, distinct) for bucket, _, distinct in rows]


def paths(connection: Connection, scope: Scope, pieces: Sequence[Bucketed]) -> list[str]:
    """Return every path seen, entered or left by in the pieces, of rollups and of hours; possibly a few more."""
    rows = connection.execute(load("reports.paths"), {**_about(scope), **parameters(pieces)})
    return [path for (path,) in rows]


def group_totals(
    connection: Connection, scope: Scope, spans: Sequence[tuple[int, int, int]], *, paths: Sequence[str]
) -> list[tuple[int, Totals]]:
    """Return (bucket, totals), any number for each, of a set of pages over the spans (bucket, begin, end), from rows.

    A visitor is counted once in each UTC day: a visitor's hash lives on one.
    """
    rows = connection.execute(load("reports.group_rows"), {**_about(scope), **_spans(spans), "paths": list(paths)})
    return [(bucket, Totals(*sums)) for bucket, _, *sums in rows]


def _about(scope: Scope) -> Mapping[str, Any]:
    return {"site": scope.site, "classes": [int(traffic) for traffic in scope.classes], "path": scope.path}


def _spans(spans: Iterable[tuple[int, int, int]]) -> Mapping[str, Any]:
    buckets, begins, ends = zip(*spans, strict=True)
    return {
        "buckets": list(buckets),
        "begins": instants(begins),
        "ends": instants(ends),
    }
