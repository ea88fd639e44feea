"""Everything that a store holds, and what the sessionizer makes of the same events."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import psycopg
from polars.testing import assert_frame_equal

from aggregations.frames import EVENTS, LINKS, SESSIONS, STORED_EVENTS, sessions, stored_events
from aggregations.sessionizer import sessionize
from tests.aggregations.history import History

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMES = ("ts", "start", "last")
_NO_COLUMNS = {"prev": "0", "properties": "''"}


class Stored(NamedTuple):
    """The rows of a store. Events come without `prev`, which is in the links, and without their properties."""

    events: pl.DataFrame  # STORED_EVENTS, by time and event id
    sessions: pl.DataFrame  # SESSIONS, by site, start and id
    links: pl.DataFrame  # LINKS

    def history(self, site: int) -> History:
        """One site's rows, in the shape that the brute force counts."""
        of_site = pl.col("site") == site
        return History(
            site=site,
            events=list(stored_events(self.events.filter(of_site))),
            sessions=list(sessions(self.sessions.filter(of_site))),
        )


def read_store(dsn: str) -> Stored:
    """Read all rows in one snapshot."""
    with psycopg.connect(dsn) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return Stored(
            events=_read(connection, "events", STORED_EVENTS, _NO_COLUMNS).sort("ts", "event_id", "visitor"),
            sessions=_read(connection, "sessions", SESSIONS).sort("site", "start", "session_id"),
            links=_read(connection, "midnight_links", LINKS),
        )


def assert_as_sessionized(stored: Stored, accepted: pl.DataFrame | None = None) -> None:
    """Hold the store's sessions, and every event's session and facts, to what the sessionizer computes at once.

    With `accepted` (shape `EVENTS`) also that exactly these events are stored.
    """
    given = stored.events.select(*EVENTS) if accepted is None else without_lost(accepted)
    expected = sessionize(given, stored.links)

    assert_frame_equal(expected.events.sort("ts", "event_id", "visitor"), stored.events)
    assert_frame_equal(expected.sessions, stored.sessions)


def without_lost(events: pl.DataFrame) -> pl.DataFrame:
    """Events (shape `EVENTS`) as the table has them: `prev` and `properties` are no columns of it."""
    return events.with_columns(prev=pl.lit(0, pl.Int64), properties=pl.lit(""))


def _read(
    connection: psycopg.Connection, table: str, schema: pl.Schema, instead: Mapping[str, str] | None = None
) -> pl.DataFrame:
    columns = ", ".join((instead or {}).get(name) or _column(name) for name in schema)
    # Only names of our own schemas are put into the statement.
    statement = f"COPY (SELECT {columns} FROM {table}) TO STDOUT (FORMAT csv)".encode()  # noqa: S608
    text = BytesIO()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            text.write(block)
    as_sent = {name: pl.Int8 if kind == pl.Boolean else kind for name, kind in schema.items()}
    if not text.tell():
        return pl.DataFrame(schema=schema)
    frame = pl.read_csv(text.getvalue(), has_header=False, schema=as_sent, empty_string_is_null=False)
    return frame.cast({name: pl.Boolean for name, kind in schema.items() if kind == pl.Boolean})


def _column(name: str) -> str:
    if name in _TIMES:
        return f"(extract(epoch FROM {name}) * 1000)::bigint"
    if name == "day":
        return "(day - date '1970-01-01')::bigint * 86400000"
    return f"{name}::int" if name in {"new", "s1", "d1", "visit"} else name
