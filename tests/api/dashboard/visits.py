"""Visits of long ago, in the store."""

from __future__ import annotations

from typing import Final

import psycopg

from core.events import Facts, StoredEvent, TrafficClass
from core.spans import DAY, hour_of
from storage import marks
from storage.copying import copy_events
from tests.aggregations.history import event

#: 1 January 2025.
LONG_AGO: Final = 20_089 * DAY


async def visit(dsn: str, site: int, *, at: int = LONG_AGO, traffic: TrafficClass = TrafficClass.HUMAN) -> None:
    """Somebody looks at a page of the site at `at` (ms)."""
    seen = event(ts=at, event_id=at, visitor=at, site=site, traffic=traffic, type="page_view", path="/")
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        await copy_events(connection, [StoredEvent(seen, 0, sum(Facts))])
    with psycopg.connect(dsn) as marking:
        marks.put(marking, site=site, hours=[hour_of(at)], partition=0)
