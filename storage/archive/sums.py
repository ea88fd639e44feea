"""What the rollups say of days, for their files to be held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from psycopg import Connection

    from storage.archive.manifest import Sums


def of_rollups(connection: Connection, *, site: int, days: Collection[int], names: Sequence[str]) -> Sums:
    """Return the sums, by class, of columns of `roll_site` over a site's days (starts, ms)."""
    columns = sql.SQL(", ").join(sql.SQL("sum({})::bigint").format(sql.Identifier(name)) for name in names)
    statement = sql.SQL(load("archive.rollup_sums")).format(columns=columns)
    rows = connection.execute(statement, {"site": site, "days": [instant(day) for day in days]})
    return {str(traffic): dict(zip(names, sums, strict=True)) for traffic, *sums in rows}
