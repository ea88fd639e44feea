"""The rows of a site as the archive has them: out of the tables, in the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from storage import frames
from storage.archive.schema import EVENTS, OWN, SESSIONS
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from psycopg import Connection

    from storage.hits import Meant

_PROPERTIES: Final = pl.Schema({"ts": pl.Int64, "event_id": pl.Int64, "visitor": pl.Int64, "properties": pl.String})
#: What tells an event of a site from all others.
_KEY: Final = ("ts", "event_id", "visitor")


def events(  # noqa: PLR0913 - whose, when, what and how much
    connection: Connection,
    site: int,
    *,
    begin: int,
    end: int,
    columns: Collection[str],
    most: int | None = None,
    categories: bool = False,
    meant: Meant | None = None,
) -> pl.DataFrame:
    """Return the columns (of `OWN`, and `properties`) of the events in [begin, end), ms, in no order.

    With `categories` texts are such, but for properties. With `meant` other events than these may be left out.

    Raises:
        Unavailable: they are more than `most` bytes of CSV.
    """
    span = _span(site, begin, end)
    with_properties = "properties" in columns
    own = [column for column in OWN if column in columns or (with_properties and column in _KEY)]
    name, given = ("events.of_span", span) if meant is None else ("hits.of_span", {**span, **meant.parameters})
    found = frames.read(connection, name, given, EVENTS, columns=own, most=most, categories=categories)
    if with_properties:
        properties = frames.read(connection, "event_properties.of_span", span, _PROPERTIES)
        # Events of nobody might share an id; none becomes two for that.
        found = found.join(properties.unique(_KEY, keep="first"), on=_KEY, how="left").with_columns(
            pl.col("properties").fill_null("")
        )
    return found.select(*columns)


def sessions(  # noqa: PLR0913 - whose, when, what and how much
    connection: Connection,
    site: int,
    *,
    begin: int,
    end: int,
    columns: Collection[str],
    most: int | None = None,
    categories: bool = False,
) -> pl.DataFrame:
    """Return the columns (of `SESSIONS`) of the sessions that were there in [begin, end), ms, in no order.

    They began in it, or up to 36 hours before and went on. With `categories` texts are such.

    Raises:
        Unavailable: they are more than `most` bytes of CSV.
    """
    span = _span(site, begin, end)
    return frames.read(
        connection, "sessions.of_span", span, SESSIONS, columns=columns, most=most, categories=categories
    )


def _span(site: int, begin: int, end: int) -> Mapping[str, Any]:
    return {"site": site, "begin": instant(begin), "end": instant(end)}
