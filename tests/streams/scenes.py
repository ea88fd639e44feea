"""What tests of the engine are made of: a clock that is set by hand, events, messages, and a look at the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from core.events import Event, EventType, TrafficClass
from streams.codec import NO_PRODUCER
from streams.engine import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

#: 2026-11-20 10:00 UTC.
START = 1_795_168_800_000
MINUTE = 60_000
HOUR = 60 * MINUTE


class HandClock:
    """A clock that stands still unless it is moved."""

    def __init__(self, now: int = START) -> None:
        self.now = now

    def now_ms(self) -> int:
        """The time it was set to."""
        return self.now

    def monotonic(self) -> float:
        """Seconds since it was made."""
        return self.now / 1_000


class Counters:
    """Telemetry that can be asked."""

    def __init__(self) -> None:
        self.sums: dict[tuple[str, ...], float] = {}

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Raise a counter."""
        key = (name, *labels.values())
        self.sums[key] = self.sums.get(key, 0) + amount

    def set(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge."""
        self.sums[(name, *labels.values())] = value

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Count an observation."""
        assert value >= 0
        self.add(name, 1, **labels)


def event(event_id: int, minutes: float = 0, **fields: Any) -> Event:  # noqa: ANN401 - any field of an event
    """A view of ``/a`` by visitor 7 on site 1, `minutes` after `START`."""
    texts = dict.fromkeys(Event._fields[6:28], "")
    given = {
        "ts": START + int(minutes * MINUTE),
        "event_id": event_id,
        "visitor": 7,
        "prev": 0,
        "site": 1,
        "traffic": TrafficClass.HUMAN.value,
        **texts,
        "type": EventType.PAGE_VIEW.value,
        "path": "/a",
        "status": 200,
        "engaged_ms": 0,
        "ip": "",
        "properties": "",
        **fields,
    }
    return Event(**given)


def message(
    offset: int, *events: Event, producer: int = NO_PRODUCER, sequence: int = 0, at: int | None = None
) -> Message:
    """A message of these events, appended at `at` (ms), or with the newest of them."""
    appended_at = max(START, *(sent.ts for sent in events)) if at is None else at
    return Message(offset, appended_at, producer, sequence, events)


def rows(dsn: str, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query, by a connection of its own."""
    with psycopg.connect(dsn) as connection:
        return connection.execute(query.encode(), parameters).fetchall()


def columns_of(dsn: str, table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """These columns of all rows of a table."""
    statement = sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table)
    )
    with psycopg.connect(dsn) as connection:
        return connection.execute(statement).fetchall()


def stored_ids(dsn: str) -> list[int]:
    """The ids of all stored events, in order; one that is stored twice comes twice."""
    return [event_id for (event_id,) in rows(dsn, "SELECT event_id FROM events ORDER BY event_id")]
