"""Journeys by UTC day, out of the rollups of days."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.pieces import Bucketed, parameters
from storage.sql import load
from storage.times import millis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from storage.pieces import Piece
    from storage.reports import Scope


class DayJourneys(NamedTuple):
    """How many visitors saw a page on a UTC day."""

    day: int  # start, ms
    journeys: int
    single: int  # those of one view


def by_day(connection: Connection, scope: Scope, pieces: Sequence[Piece]) -> list[DayJourneys]:
    """Return them for each day of pieces of days that has any, in no order."""
    if not pieces:
        return []
    given = {
        "site": scope.site,
        "classes": [int(traffic) for traffic in scope.classes],
        **parameters(Bucketed(0, piece) for piece in pieces),
    }
    rows = connection.execute(load("reports.journeys_by_day"), given)
    return [DayJourneys(millis(day), journeys, single) for day, journeys, single in rows]
