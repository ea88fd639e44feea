"""Where visitors' days begin and end, out of rollups of days and months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from storage.pieces import Bucketed, parameters
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from storage.pieces import Piece
    from storage.reports import Scope

#: By path: how many visitors' days began there, how many ended there.
SCHEMA: Final = pl.Schema({"key": pl.String, "entries": pl.Int64, "exits": pl.Int64})


def journey_ends(connection: Connection, scope: Scope, pieces: Sequence[Piece]) -> pl.DataFrame:
    """Return the sums of pieces of days and months, a frame of `SCHEMA`, each key once, in no order."""
    found = []
    if pieces:
        given = {
            "site": scope.site,
            "classes": [int(traffic) for traffic in scope.classes],
            **parameters(Bucketed(0, piece) for piece in pieces),
        }
        found = connection.execute(load("reports.journey_ends"), given).fetchall()
    return pl.DataFrame(found, schema=SCHEMA, orient="row")
