"""Random streams through the engine into real databases, compared with the oracle.

ENGINE_STREAMS sets their number.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Fenced, Unavailable
from core.events import Event
from core.sessions import Session
from core.telemetry import NoTelemetry
from storage.pool import open_async_pool
from streams.engine import PartitionEngine
from tests.core.reducer.scenarios import Scenario, scenario
from tests.oracle import sessionize
from tests.streams.scenes import HandClock, message, rows

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

STREAMS = int(os.environ.get("ENGINE_STREAMS", "25"))
STORED = [field for field in Event._fields if field not in {"ts", "prev", "traffic", "properties"}]
EVENTS = "SELECT {}, {} FROM events".format(  # noqa: S608 - names of our own
    "class, (extract(epoch FROM ts) * 1000)::bigint, session_id, new::int + 2 * s1::int + 4 * d1::int",
    ", ".join(STORED),
)
SESSIONS = "SELECT {} FROM sessions".format(  # noqa: S608 - names of our own
    ", ".join(
        {
            "traffic": "class",
            "start": "(extract(epoch FROM start) * 1000)::bigint",
            "last": "(extract(epoch FROM last) * 1000)::bigint",
        }.get(field, field)
        for field in Session._fields
    )
)


@settings(
    max_examples=STREAMS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_what_is_stored_is_what_the_oracle_says(store: str, seed: int) -> None:
    """Whatever was late, repeated, rolled back, moved or forgotten, rows and facts equal the definition."""
    chosen = scenario(seed)
    with psycopg.connect(store) as connection:
        for table in ("events", "event_properties", "sessions", "midnight_links", "marks", "positions"):
            connection.execute(psycopg.sql.SQL("TRUNCATE {}").format(psycopg.sql.Identifier(table)))
    asyncio.run(play(store, chosen))
    check(store, chosen.arrivals)


async def play(dsn: str, chosen: Scenario) -> None:
    """Feed the arrivals to two owners of one partition that take it from one another, and lose connections."""
    random = Random(chosen.seed)  # noqa: S311 - repeatable, no secret
    pool = await open_async_pool(dsn, size=3, check=False)
    messages = [message(offset, sent, at=sent.ts) for offset, sent in enumerate(chosen.arrivals)]
    with patch.object(psycopg.AsyncConnection, "commit", _losing(random, chosen.rollbacks)):
        owners = [_engine(pool, chosen) for _ in range(2)]
        nexts = [0, 0]  # as each owner believes
        while max(nexts) < len(messages):
            turn = int(random.random() < chosen.restarts)
            begin = random.randint(max(0, nexts[turn] - 2), nexts[turn])
            end = min(len(messages), nexts[turn] + random.randint(1, chosen.batch))
            try:
                await owners[turn].apply(messages[begin:end])
                nexts[turn] = max(nexts[turn], end)
            except Fenced:
                with suppress(Unavailable):
                    nexts[turn] = await owners[turn].open()
            except Unavailable:
                continue
    await pool.close()


def _losing(random: Random, share: float) -> Callable[[AsyncConnection[Any]], Awaitable[None]]:
    """A commit that loses its connection now and then, before or after it is done."""
    commit = psycopg.AsyncConnection.commit

    async def losing(connection: AsyncConnection[Any]) -> None:
        fate = random.random()
        if fate >= share / 2:
            await commit(connection)
        if fate < share:
            await connection.close()
            raise psycopg.OperationalError("the connection was lost")

    return losing


def _engine(pool: AsyncConnectionPool, chosen: Scenario) -> PartitionEngine:
    return PartitionEngine(
        pool,
        "random",
        0,
        clock=HandClock(),
        telemetry=NoTelemetry(),
        capacity=chosen.capacity,
        flood_limit=chosen.flood_limit,
    )


def check(dsn: str, arrivals: Sequence[Event]) -> None:
    """Compare all rows with the oracle and with what arrived."""
    prevs = {(one.site, one.visitor, one.event_id): one.prev for one in arrivals}
    events: list[Event] = []
    given: dict[tuple[int, int, int], tuple[int, int]] = {}
    for traffic, ts, session_id, facts, *columns in rows(dsn, EVENTS):
        fields = dict(zip(STORED, columns, strict=True))
        key = fields["site"], fields["visitor"], fields["event_id"]
        events.append(Event(**fields, ts=ts, traffic=traffic, prev=prevs[key], properties=""))
        if session_id:
            given[key] = session_id, facts
    facts_by_event, sessions = sessionize(events)
    assert given == facts_by_event
    assert {Session(*row) for row in rows(dsn, SESSIONS)} == sessions
    visited = [one for one in events if one.visitor]
    assert {(one.site, one.visitor, one.event_id) for one in visited} == {key for key in prevs if key[1]}
    assert len(visited) == len({(one.site, one.visitor, one.event_id) for one in visited})
    assert len(events) - len(visited) == sum(not one.visitor for one in arrivals)
