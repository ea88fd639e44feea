"""Rows read as frames: exact, and of the reader's moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from aggregations.frames import DAY_EVENTS, DAY_SESSIONS
from aggregations.rollups.path import PATH
from core.spans import DAY, HOUR
from storage import frames
from storage.rollups import DayHours, replace_day
from storage.snapshots import snapshot
from storage.times import instant
from tests.cases import FIRST_DAY, event_at, events_of
from tests.stores import write_events

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

SPAN: Final = {"site": 1, "start": instant(FIRST_DAY), "end": instant(FIRST_DAY + DAY)}
NASTY: Final = (
    '"',
    '""',
    ",",
    "a,b",
    "\n",
    "a\r\nb",
    "\\.",
    "\n\\.\n",
    "\\N",
    "NULL",
    " ",
    "\t",
    "é",
    "\N{SNOWMAN}\U0001f600",
    "'",
    "#",
    "0",
    "true",
)


def test_any_text_comes_back(rollup_pool: ConnectionPool) -> None:
    """Quotes, commas, line ends and what looks like nothing are text like any other."""
    events = [event_at(FIRST_DAY + number, number, path=f"/{text}") for number, text in enumerate(NASTY * 300)]
    with rollup_pool.connection() as connection:
        write_events(connection, events)
        frame = frames.read(connection, "events.of_day", SPAN, DAY_EVENTS).sort("ts")
    assert frame["path"].to_list() == [event.path for event in events]
    assert frame["event_id"].to_list() == [event.event_id for event in events]


def test_text_alone_in_its_frame(rollup_pool: ConnectionPool) -> None:
    """A frame of one row is no special case."""
    events = [event_at(FIRST_DAY + number, number, person=number + 1, path=path) for number, path in enumerate(NASTY)]
    with rollup_pool.connection() as connection:
        write_events(connection, events)
        for event in events:
            moment = {"site": 1, "start": instant(event.ts), "end": instant(event.ts + 1)}
            frame = frames.read(connection, "sessions.of_day", moment, DAY_SESSIONS)
            assert frame.select("start", "entry_path", "visit").rows() == [(event.ts, event.path, True)]


def test_any_text_is_written(rollup_pool: ConnectionPool) -> None:
    """Text that CSV could take for something else stands in the table as it was; so do times and numbers."""
    hour = FIRST_DAY + 10 * HOUR
    rows = [(0, 1, hour, text, *range(index, index + 14)) for index, text in enumerate((*NASTY, ""))]
    frame = pl.DataFrame(rows, schema=["grain", "class", "span", *PATH.table.columns], orient="row")
    columns = SQL(", ").join(map(Identifier, frame.columns))
    with rollup_pool.connection() as connection:
        replace_day(connection, PATH.table, DayHours(1, FIRST_DAY, {hour}), frame)
        stored = connection.execute(SQL("SELECT site, {} FROM roll_path ORDER BY views").format(columns)).fetchall()
    assert stored == [(1, 0, 1, instant(hour), *rest) for _, _, _, *rest in rows]


def test_values(rollup_pool: ConnectionPool) -> None:
    """Times are whole ms, facts booleans, empty text is empty, and the flood is left out."""
    ts = FIRST_DAY + 10 * HOUR + 123
    flood = event_at(ts, 2, traffic=2)
    with rollup_pool.connection() as connection:
        write_events(connection, [event_at(ts, 1, event_type="close_tab", name="n", path="", engaged_ms=7), flood])
        frame = frames.read(connection, "events.of_day", SPAN, DAY_EVENTS)
    assert frame.schema == DAY_EVENTS
    of_sender = ("DE", "Direct.example", "Firefox", "Linux")
    assert frame.drop("event_id", "visitor", "session_id").rows() == [
        (ts, 0, 7, False, False, False, "close_tab", "n", "", *of_sender)
    ]


def test_every_millisecond_is_exact(rollup_pool: ConnectionPool) -> None:
    """No time is rounded on its way."""
    events = [event_at(FIRST_DAY + number * 86_399, number) for number in range(1000)]
    with rollup_pool.connection() as connection:
        write_events(connection, events)
        frame = frames.read(connection, "events.of_day", SPAN, DAY_EVENTS).sort("ts")
    assert frame["ts"].to_list() == [event.ts for event in events]


def test_nothing(rollup_pool: ConnectionPool) -> None:
    """No rows make an empty frame of the same shape."""
    with rollup_pool.connection() as connection:
        assert frames.read(connection, "events.of_day", SPAN, DAY_EVENTS).schema == DAY_EVENTS


def test_a_snapshot_is_one_moment(rollup_pool: ConnectionPool) -> None:
    """What is committed after the first read of a snapshot is in none of its frames."""
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a"))
    with rollup_pool.connection() as reader, snapshot(reader):
        reader.execute("SELECT count(*) FROM marks")
        with rollup_pool.connection() as writer:
            write_events(writer, events_of("11:00 /b person=2"))
        assert frames.read(reader, "events.of_day", SPAN, DAY_EVENTS).height == 1
        assert frames.read(reader, "sessions.of_day", SPAN, DAY_SESSIONS).height == 1
    with rollup_pool.connection() as reader, snapshot(reader):
        assert frames.read(reader, "events.of_day", SPAN, DAY_EVENTS).height == 2


def test_a_snapshot_only_reads(rollup_pool: ConnectionPool) -> None:
    """Writing in it is an error."""
    with rollup_pool.connection() as reader, pytest.raises(psycopg.errors.ReadOnlySqlTransaction), snapshot(reader):
        reader.execute("DELETE FROM marks")
