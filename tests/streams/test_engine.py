"""The partition engine on real databases: exactly once, fenced, in time, and never stopped by one bad row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from core.drops import DeadReason
from core.errors import Fenced, LogGap, Unavailable
from core.events import TrafficClass
from core.telemetry import NoTelemetry
from streams.codec import decode
from streams.engine import Message, PartitionEngine
from tests.streams.scenes import HOUR, MINUTE, START, Counters, HandClock, columns_of, event, message, rows, stored_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

    from core.events import Event


class Witness:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []
        self.events: list[Event] = []

    def opened(self, partition: int) -> None:
        """Remember it."""
        self.calls.append(("opened", partition))

    def committed(self, partition: int, events: Sequence[Event]) -> None:
        """Remember them."""
        self.calls.append(("committed", partition))
        self.events += events

    def closed(self, partition: int) -> None:
        """Remember it."""
        self.calls.append(("closed", partition))


@pytest.fixture
def engine_of(pool: AsyncConnectionPool) -> Callable[..., PartitionEngine]:
    """Makes engines of partition 3 of the log 'test'."""

    def make(**arguments: Any) -> PartitionEngine:  # noqa: ANN401 - any argument of the engine
        return PartitionEngine(
            pool, "test", 3, **{"clock": HandClock(), "telemetry": NoTelemetry(), "observers": (), **arguments}
        )

    return make


async def test_a_batch_becomes_rows(engine_of: Callable[..., PartitionEngine], store: str) -> None:
    """Events, facts, sessions, properties, links, marks and the position stand in the store after one call."""
    engine = engine_of()
    midnight = START + 14 * HOUR
    first = await engine.open()
    applied = await engine.apply(
        [
            message(0, event(1), event(2, 1, path="/b", properties='{"plan": "\\u00e9"}')),
            message(1, event(3, 2), event(4, 14 * 60 + 1, visitor=8, prev=7), at=midnight),
        ]
    )
    assert (first, *applied) == (0, 4, ())
    assert rows(store, "SELECT event_id, path, new, s1, d1 FROM events ORDER BY event_id") == [
        (1, "/a", True, True, True),
        (2, "/b", False, True, True),
        (3, "/a", False, False, False),
        (4, "/a", True, True, True),
    ]
    assert rows(store, "SELECT events, views, entry_path, exit_path FROM sessions ORDER BY start") == [
        (3, 3, "/a", "/a"),
        (1, 1, "/a", "/a"),
    ]
    assert rows(store, "SELECT FROM events e WHERE session_id NOT IN (SELECT session_id FROM sessions)") == []
    assert rows(store, "SELECT event_id, properties FROM event_properties") == [(2, {"plan": "é"})]
    assert rows(store, "SELECT visitor, prev FROM midnight_links") == [(8, 7)]
    assert [(1, 3, START), (1, 3, midnight)] == rows(
        store, "SELECT site, partition, (extract(epoch FROM hour) * 1000)::bigint FROM marks ORDER BY hour"
    )
    assert [(2, midnight + MINUTE, midnight)] == rows(
        store,
        "SELECT next, (extract(epoch FROM greatest_ts) * 1000)::bigint, (extract(epoch FROM applied_to) * 1000)::bigint"
        " FROM positions WHERE log = 'test' AND partition = 3",
    )


async def test_every_column_survives(engine_of: Callable[..., PartitionEngine], store: str) -> None:
    """Each field of an event is found in the column of its name, through a reload by another engine too."""
    texts: dict[str, Any] = {field: f"{field} ✓" for field in event(1)._fields[7:28]}
    sent = event(2**53, **texts, status=-5, engaged_ms=9, ip="2001:db8::1", site=2, visitor=-(2**63))
    engine = engine_of()
    await engine.open()
    await engine.apply([message(0, sent)])
    columns = [field for field in sent._fields if field not in {"ts", "prev", "traffic", "properties"}]
    assert [tuple(getattr(sent, field) for field in columns)] == columns_of(store, "events", columns)
    other = engine_of()
    await other.open()
    await other.apply([message(1, sent._replace(event_id=3, ts=START - MINUTE, city="late"))])
    kept = ["site", "visitor", "channel", "utm_term", "hostname", "city", "screen", "engaged_ms"]
    assert columns_of(store, "sessions", kept) == [
        (2, -(2**63), "channel ✓", "utm_term ✓", "hostname ✓", "late", "screen ✓", 18)
    ]


async def test_a_late_event_rewrites_what_it_changes(engine_of: Callable[..., PartitionEngine], store: str) -> None:
    """A late event merges two sessions, takes a fact away and leaves no old row, though the state was lost."""
    for offset, late in enumerate([event(1, 0), event(2, 40), event(3, 20, path="/c")]):
        engine = engine_of()
        assert offset == await engine.open()
        await engine.apply([message(offset, late, at=START + HOUR)])
    assert rows(
        store,
        "SELECT (extract(epoch FROM start) * 1000)::bigint, events, (extract(epoch FROM last - start) * 1000)::bigint"
        " FROM sessions",
    ) == [(START, 3, 40 * MINUTE)]
    assert rows(store, "SELECT event_id, s1 FROM events ORDER BY event_id") == [(1, True), (2, False), (3, True)]
    assert rows(store, "SELECT count(DISTINCT session_id) FROM events") == [(1,)]


async def test_messages_are_applied_once(engine_of: Callable[..., PartitionEngine], store: str) -> None:
    """What is read again, by the same engine or another, cut otherwise, adds nothing."""
    messages = [message(offset, event(offset, offset, visitor=0)) for offset in range(6)]
    engine = engine_of()
    await engine.open()
    await engine.apply(messages[:2])
    await engine.apply(messages[:4])
    other = engine_of()
    assert await other.open() == 4
    await other.apply(messages[1:3])
    await other.apply(messages[2:])
    assert list(range(6)) == stored_ids(store)


async def test_a_message_appended_twice_counts_once(engine_of: Callable[..., PartitionEngine], store: str) -> None:
    """The same producer and sequence at another offset is passed over, within a batch, later, and by a new owner."""
    counters = Counters()
    engine = engine_of(telemetry=counters)
    await engine.open()
    once = [event(1, visitor=0)]
    twice = [message(offset, *once, producer=5, sequence=9) for offset in range(4)]
    await engine.apply(twice[:2])
    await engine.apply(twice[2:3])
    other = engine_of()
    await other.open()
    await other.apply([twice[3], message(4, event(2, visitor=0), producer=6, sequence=9)])
    await other.apply([message(5, event(3, visitor=0), producer=5, sequence=10)])
    assert stored_ids(store) == [1, 2, 3]
    assert rows(store, "SELECT producer, last FROM producers ORDER BY producer") == [(5, 10), (6, 9)]
    assert rows(store, "SELECT next FROM positions") == [(6,)]


@pytest.mark.parametrize("offsets", [(1,), (0, 2), (5, 6)])
async def test_a_gap_stops_the_partition(
    engine_of: Callable[..., PartitionEngine], store: str, offsets: tuple[int, ...]
) -> None:
    """Messages that do not follow the position change nothing, and the engine can still go on."""
    engine = engine_of()
    await engine.open()
    with pytest.raises(LogGap):
        await engine.apply([message(offset, event(offset)) for offset in offsets])
    assert stored_ids(store) == []
    await engine.apply([message(0, event(0))])
    assert stored_ids(store) == [0]


async def test_an_old_owner_is_fenced(engine_of: Callable[..., PartitionEngine], store: str) -> None:
    """Of two owners the one whose position is old writes nothing, and goes on where the other one stopped."""
    counters = Counters()
    old, new = engine_of(telemetry=counters), engine_of()
    await old.open()
    await new.open()
    await new.apply([message(0, event(1, visitor=0))])
    with pytest.raises(Fenced):
        await old.apply([message(0, event(1, visitor=0)), message(1, event(2, visitor=0))])
    assert stored_ids(store) == [1]
    assert await old.open() == 1
    await old.apply([message(1, event(2, visitor=0))])
    with pytest.raises(Fenced):
        await new.apply([message(1, event(2, visitor=0))])
    assert stored_ids(store) == [1, 2]
    assert counters.sums["footfall_flush_failures_total", "fenced"] == 1


async def test_events_out_of_time_are_kept_aside(engine_of: Callable[..., PartitionEngine], store: str) -> None:
    """A day of lateness and five minutes of a fast clock are counted, one millisecond more is a dead letter."""
    counters = Counters()
    engine = engine_of(telemetry=counters)
    await engine.open()
    times = [START - 24 * HOUR - 1, START - 24 * HOUR, START + 5 * MINUTE, START + 5 * MINUTE + 1]
    sent = [event(i, visitor=0)._replace(ts=ts) for i, ts in enumerate(times)]
    applied = await engine.apply([message(0, *sent, at=START)])
    assert (applied.stored, [dead.reason for dead in applied.dead]) == (
        2,
        [DeadReason.TOO_LATE, DeadReason.CLOCK_AHEAD],
    )
    assert stored_ids(store) == [1, 2]
    letters = rows(store, "SELECT message, reason, payload FROM dead_letters ORDER BY id")
    assert [(offset, reason, decode(payload).events[0].event_id) for offset, reason, payload in letters] == [
        (0, "too_late", 0),
        (0, "clock_ahead", 3),
    ]
    assert counters.sums["footfall_dead_letters_total", "too_late"] == 1


async def test_an_undecodable_message_is_kept_whole(engine_of: Callable[..., PartitionEngine], store: str) -> None:
    """It becomes a dead letter with its bytes, and its neighbours are counted."""
    engine = engine_of()
    await engine.open()
    broken = Message.read(1, START, b"\x00\xffnonsense")
    await engine.apply([message(0, event(1)), broken, message(2, event(2))])
    assert stored_ids(store) == [1, 2]
    assert rows(store, "SELECT message, reason, payload FROM dead_letters") == [(1, "undecodable", b"\x00\xffnonsense")]


@pytest.mark.parametrize("culprits", [{0}, {6}, {3, 4}, set(range(7))])
@pytest.mark.parametrize(
    "fault",
    [
        {"properties": '{"a": "\\u0000"}'},
        {"properties": "{not json"},
        {"site": 2**40},
        {"city": "\ud800"},
        {"city": "a\0"},
    ],
    ids=lambda fault: next(iter(fault)),
)
async def test_a_refused_row_takes_no_other_with_it(
    engine_of: Callable[..., PartitionEngine], store: str, fault: dict[str, Any], culprits: set[int]
) -> None:
    """The rows that the database refuses become dead letters, all others are counted, and the position moves."""
    engine = engine_of()
    await engine.open()
    await engine.apply([message(0, event(100, -20))])
    sent = [event(i, i, **(fault if i in culprits else {})) for i in range(7)]
    applied = await engine.apply([message(1, *sent[:5]), message(2, *sent[5:])])
    await engine.apply([message(3, event(200, 8))])
    good = [i for i in range(7) if i not in culprits]
    assert [*good, 100, 200] == stored_ids(store)
    assert [(1 if i < 5 else 2, DeadReason.REFUSED) for i in sorted(culprits)] == [
        (dead.offset, dead.reason) for dead in applied.dead
    ]
    assert len(culprits) == rows(store, "SELECT count(*) FROM dead_letters WHERE reason = 'refused'")[0][0]
    assert rows(store, "SELECT sum(events)::int, count(*) FROM sessions") == [(len(good) + 2, 1)]
    assert rows(store, "SELECT next FROM positions") == [(4,)]


async def test_bisecting_over_midnight_takes_nothing_for_new(
    engine_of: Callable[..., PartitionEngine], store: str
) -> None:
    """Parts written before a refused row are seen by the parts after it, also on a day that had not begun."""
    engine = engine_of()
    await engine.open()
    await engine.apply([message(0, event(1))])
    day = 15 * 60
    batch = [event(i, day + i, visitor=9, properties="{" if i == 3 else "") for i in range(2, 8)]
    await engine.apply([message(1, *batch)])
    assert rows(store, "SELECT events FROM sessions WHERE visitor = 9") == [(5,)]
    assert rows(store, "SELECT count(*) FROM events WHERE visitor = 9 AND new") == [(1,)]


async def test_a_deleted_site_is_dropped(engine_of: Callable[..., PartitionEngine], store: str) -> None:
    """Within five seconds of a deletion its events are passed over, counted by reason, and kept nowhere."""
    counters, clock = Counters(), HandClock()
    engine = engine_of(telemetry=counters, clock=clock)
    await engine.open()
    await engine.apply([message(0, event(1))])
    with psycopg.connect(store) as connection:
        connection.execute("UPDATE sites SET deleted_at = now() WHERE id = 1")
    clock.now += 5_000
    await engine.apply([message(1, event(2, 1), event(3, 1, site=2))])
    assert stored_ids(store) == [1, 3]
    assert rows(store, "SELECT FROM dead_letters") == []
    assert counters.sums["footfall_dead_letters_total", "site_deleted"] == 1
    assert rows(store, "SELECT next FROM positions") == [(2,)]


async def test_a_new_partition_knows_the_store(engine_of: Callable[..., PartitionEngine], store: str) -> None:
    """A position made over a filled store begins at the store's greatest time, so no visitor is taken for new."""
    engine = engine_of()
    await engine.open()
    await engine.apply([message(0, event(1), event(2, 5, visitor=8, site=2))])
    with psycopg.connect(store) as connection:
        connection.execute("DELETE FROM positions")
    other = engine_of()
    assert await other.open() == 0
    await other.apply([message(0, event(3, 6))])
    assert rows(store, "SELECT (extract(epoch FROM greatest_ts) * 1000)::bigint FROM positions") == [
        (START + 6 * MINUTE,)
    ]
    assert rows(store, "SELECT event_id, new FROM events WHERE visitor = 7 ORDER BY event_id") == [
        (1, True),
        (3, False),
    ]


async def test_a_quiet_partition_is_applied_up_to_the_clock(
    engine_of: Callable[..., PartitionEngine], store: str
) -> None:
    """Only at the log's end, never back, and without a trace in what the engine keeps in memory."""
    engine = engine_of()
    await engine.open()
    await engine.apply([message(0, event(0))])
    applied_to = "SELECT (extract(epoch FROM applied_to) * 1000)::bigint FROM positions"
    found = []
    for end, at in ((1, START + HOUR), (1, START + MINUTE), (2, START + 2 * HOUR)):
        await engine.reach(end, at=at)
        found += rows(store, applied_to)
    assert found == [(START + HOUR,)] * 3
    await engine.apply([message(1, event(1, minutes=10), at=START + 3 * HOUR)])
    assert rows(store, applied_to) == [(START + 3 * HOUR,)]
    assert stored_ids(store) == [0, 1]


async def test_observers_hear_what_was_committed(engine_of: Callable[..., PartitionEngine]) -> None:
    """They see events as they were stored, floods as floods, after the commit, and nothing of a fenced batch."""
    witness = Witness()
    engine = engine_of(observers=[witness], flood_limit=2)
    await engine.open()
    await engine.apply([message(0, event(1), event(1), event(2, 1), event(3, 2))])
    other = engine_of()
    await other.open()
    await other.apply([message(1, event(4, 3))])
    with pytest.raises(Fenced):
        await engine.apply([message(1, event(4, 3))])
    engine.close()
    assert witness.calls == [("opened", 3), ("committed", 3), ("closed", 3)]
    assert [(seen.event_id, seen.traffic) for seen in witness.events] == [(1, 0), (2, 0), (3, TrafficClass.FLOOD)]


class Saboteur:
    """Lets the engine's own connection die around its commit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, dsn: str) -> None:
        self.moment = ""
        self._dsn = dsn
        commit = psycopg.AsyncConnection.commit

        async def sabotaged(connection: AsyncConnection[Any]) -> None:
            moment, self.moment = self.moment, ""
            if moment == "before":
                self._kill(connection)
            await commit(connection)
            if moment == "after":
                self._kill(connection)
                await connection.execute("SELECT 1")

        monkeypatch.setattr(psycopg.AsyncConnection, "commit", sabotaged)

    def _kill(self, connection: AsyncConnection[Any]) -> None:
        assert rows(self._dsn, "SELECT pg_terminate_backend(%s, 5000)", [connection.info.backend_pid]) == [(True,)]


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_connection_lost_at_the_commit_loses_and_doubles_nothing(
    engine_of: Callable[..., PartitionEngine], store: str, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The call fails, and the same call made again adds what is missing; observers hear of each event once."""
    witness = Witness()
    engine = engine_of(observers=[witness])
    await engine.open()
    await engine.apply([message(0, event(0, visitor=0))])
    saboteur = Saboteur(monkeypatch, store)
    late = event(9, visitor=0)._replace(ts=START - 25 * HOUR)
    for offset in range(1, 4):
        batch = [message(offset, event(offset, visitor=0), late)]
        saboteur.moment = moment
        with pytest.raises(Unavailable):
            await engine.apply(batch)
        applied = await engine.apply(batch)
        assert (1, [offset]) == (applied.stored, [dead.offset for dead in applied.dead])
    assert stored_ids(store) == [0, 1, 2, 3]
    assert [seen.event_id for seen in witness.events] == [0, 1, 2, 3]
    assert rows(store, "SELECT count(*) FROM dead_letters") == [(3,)]


async def test_observers_hear_of_a_commit_that_was_not_answered(
    engine_of: Callable[..., PartitionEngine], store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An owner that opens its partition again, instead of trying the batch again, still tells what came through."""
    witness = Witness()
    engine = engine_of(observers=[witness])
    await engine.open()
    saboteur = Saboteur(monkeypatch, store)
    for offset, moment in enumerate(["after", "before"]):
        saboteur.moment = moment
        with pytest.raises(Unavailable):
            await engine.apply([message(offset, event(offset, visitor=0))])
        assert await engine.open() == 1
    assert [seen.event_id for seen in witness.events] == [0]
    assert [call for call, _ in witness.calls] == ["opened", "committed", "opened", "opened"]


async def test_a_server_without_schema_is_unavailable(engine_of: Callable[..., PartitionEngine], store: str) -> None:
    """An error that no row causes sends no row to the dead letters."""
    engine = engine_of()
    await engine.open()
    with psycopg.connect(store) as connection:
        connection.execute("ALTER TABLE sessions RENAME TO hidden")
    with pytest.raises(Unavailable):
        await engine.apply([message(0, event(1))])
    with psycopg.connect(store) as connection:
        connection.execute("ALTER TABLE hidden RENAME TO sessions")
    await engine.apply([message(0, event(1))])
    assert stored_ids(store) == [1]
