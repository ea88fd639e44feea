"""A migrated database with two sites, and how tests put rows into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from aggregations.frames import events_frame, sessions, stored_events
from aggregations.sessionizer import links_of, sessionize
from core.spans import hour_of
from storage import imports, marks
from storage.pool import open_pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg_pool import ConnectionPool

    from core.events import Event


@pytest.fixture(params=["postgres", pytest.param("timescale", marks=pytest.mark.timescale)])
def rollup_store(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database with the sites 1 and 2, plain and with hypertables."""
    dsn: str = request.getfixturevalue(f"{request.param}_database")
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
        for domain in ("one.example", "two.example"):
            connection.execute("INSERT INTO sites (account_id, domain) SELECT id, %s FROM accounts", [domain])
    return dsn


@pytest.fixture
def rollup_pool(rollup_store: str) -> Iterator[ConnectionPool]:
    """Connections to `rollup_store`."""
    with open_pool(rollup_store, size=5) as pool:
        yield pool


def write_events(connection: psycopg.Connection, events: Sequence[Event], *, partition: int = 0) -> None:
    """Store events with their facts, their sessions, and marks on the hours of both; nothing may be there before."""
    frame = events_frame(events)
    found = sessionize(frame, links_of(frame))
    stored, begun = list(stored_events(found.events)), list(sessions(found.sessions))
    imports.write(connection, events=stored, sessions=begun)
    touched = {(row.event.site, hour_of(row.event.ts)) for row in stored}
    touched |= {(session.site, hour_of(session.start)) for session in begun}
    for site in {site for site, _ in touched}:
        hours = [hour for of, hour in touched if of == site]
        marks.put(connection, site=site, hours=hours, partition=partition)
