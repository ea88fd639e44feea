"""What the archive's files hold, and the frames that are read from them.

A frame has the same columns as its file; only times differ. In a file they are timestamps (ms, UTC), so that DuckDB,
pandas or Spark read them as times; in a frame they are Int64 ms since 1970 UTC, as in all of our frames. Nothing is
null: empty text and 0 mean none. docs/archive.md says what each column means.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from core.sessions import NAMING_COLUMNS

#: How the columns of an event's visit are called beside the event's own.
VISIT: Final = "visit_"
VISIT_START: Final = f"{VISIT}start"
#: The naming columns of an event's session: '' without one. A session that changes in them marks all of its hours.
VISIT_COLUMNS: Final = tuple(f"{VISIT}{column}" for column in NAMING_COLUMNS)

_EVENT_TEXTS: Final = (
    "type",
    "name",
    "path",
    "query",
    "referrer",
    "referrer_host",
    "channel",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "hostname",
    "country",
    "region",
    "city",
    "browser",
    "browser_version",
    "os",
    "os_version",
    "device",
    "screen",
    "ip",
)

_OWN: Final = {
    "ts": pl.Int64,
    "event_id": pl.Int64,
    "session_id": pl.Int64,
    "visitor": pl.Int64,
    "site": pl.Int32,
    "engaged_ms": pl.Int64,
    "class": pl.Int8,
    "status": pl.Int16,
    "new": pl.Boolean,
    "s1": pl.Boolean,
    "d1": pl.Boolean,
    **dict.fromkeys(_EVENT_TEXTS, pl.String),
}
#: What an event has of its own: the columns of the table.
OWN: Final = pl.Schema(_OWN)

#: Events of every class, with their properties (a JSON object, or '') and with what is said of their visit;
#: `visit_start` is 0 without one.
EVENTS: Final = pl.Schema(
    {
        **_OWN,
        "properties": pl.String,
        VISIT_START: pl.Int64,
        **dict.fromkeys(VISIT_COLUMNS, pl.String),
    }
)

#: Sessions: the columns of the table.
SESSIONS: Final = pl.Schema(
    {
        "start": pl.Int64,
        "last": pl.Int64,
        "session_id": pl.Int64,
        "visitor": pl.Int64,
        "site": pl.Int32,
        "engaged_ms": pl.Int64,
        "events": pl.Int64,
        "views": pl.Int64,
        "actions": pl.Int64,
        "class": pl.Int8,
        "visit": pl.Boolean,
        "entry_path": pl.String,
        "exit_path": pl.String,
        **dict.fromkeys(NAMING_COLUMNS, pl.String),
    }
)

#: The columns of either that are times.
TIMES: Final = ("ts", VISIT_START, "start", "last")

#: The order of a file's events, and of its sessions.
EVENT_ORDER: Final = (VISIT_START, "session_id", "ts", "event_id")
SESSION_ORDER: Final = ("start", "session_id")


def in_file(schema: pl.Schema) -> pl.Schema:
    """The schema of the file whose frames have `schema`."""
    return pl.Schema({name: pl.Datetime("ms", "UTC") if name in TIMES else kind for name, kind in schema.items()})
