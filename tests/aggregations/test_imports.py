"""Imported days on real databases."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from aggregations import imports
from aggregations.imports import FileDay, ImportedDay, import_day
from aggregations.job import RollupJob
from core.events import Facts, StoredEvent
from core.sessions import Session
from core.spans import DAY, HOUR, MINUTE
from storage import marks
from storage.imports import PARTITION
from storage.times import instant
from tests import oracle
from tests.cases import FIRST_DAY, event_at, events_of
from tests.clocks import SetClock
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg_pool import ConnectionPool

    from core.events import Event

FILE = b"hash of a file"


def new_job(pool: ConnectionPool) -> RollupJob:
    """A job long after everything."""
    return RollupJob(pool=pool, clock=SetClock(FIRST_DAY + 40 * DAY), telemetry=Measurements())


def import_all(pool: ConnectionPool, events: Sequence[Event], *, days: int) -> list[ImportedDay | None]:
    """Import a file day by day, each with its neighbours' events."""
    done = []
    for day in range(FIRST_DAY, FIRST_DAY + days * DAY, DAY):
        near = [event for event in events if day - DAY <= event.ts < day + 2 * DAY]
        done.append(import_day(pool, new_job(pool), FileDay(1, FILE, day), near))
    return done


def fetch(pool: ConnectionPool, statement: str) -> list[tuple[Any, ...]]:
    """Rows of a statement of ours."""
    with pool.connection() as connection:
        return connection.execute(statement).fetchall()


def test_rows_are_those_of_the_definitions(rollup_pool: ConnectionPool) -> None:
    """Sessions over midnight too: rows, facts and sessions of a file equal those of all its events at once."""
    random = Random(3)  # noqa: S311 - test data
    starts = [FIRST_DAY + 10 * HOUR, FIRST_DAY + 23 * HOUR, FIRST_DAY + DAY + 22 * HOUR]
    events = [
        event_at(
            random.choice(starts) + random.randrange(3 * HOUR) // MINUTE * MINUTE,
            number,
            person=1 + random.randrange(5),
            event_type=random.choice(("page_view", "page_view", "custom", "close_tab")),
            name="buy",
            path=random.choice(("/a", "/b")),
        )._replace(properties='{"price": "ä"}' if number % 9 == 0 else "")
        for number in range(200)
    ]
    done = import_all(rollup_pool, events, days=3)
    assert sum(day.events for day in done if day) == len(events)
    facts, sessions = oracle.sessionize(events)
    found = fetch(
        rollup_pool,
        "SELECT site, visitor, event_id, session_id, new::int + 2 * s1::int + 4 * d1::int FROM events",
    )
    assert {tuple(row[:3]): tuple(row[3:]) for row in found} == facts
    stored = fetch(rollup_pool, "SELECT site, class, session_id, visitor, events, views, actions, visit FROM sessions")
    assert sorted(stored) == sorted(
        (s.site, s.traffic, s.session_id, s.visitor, s.events, s.views, s.actions, s.visit) for s in sessions
    )
    assert fetch(rollup_pool, "SELECT count(*), min(properties ->> 'price') FROM event_properties") == [(23, "ä")]
    assert fetch(rollup_pool, "SELECT sum(visits) FROM roll_site WHERE grain = 1") == [
        (sum(session.visit for session in sessions),)
    ]


def test_every_day_is_rolled_up(rollup_pool: ConnectionPool) -> None:
    """After the last of its days a file leaves no mark, also where sessions cross midnights."""
    import_all(rollup_pool, events_of("23:50 /a, 1d00:10 /b, 1d23:55 /c, 2d00:05 /d"), days=3)
    assert fetch(rollup_pool, "SELECT hour FROM marks") == []
    assert fetch(rollup_pool, "SELECT sum(views), sum(visits), sum(new) FROM roll_site WHERE grain = 2") == [(4, 2, 3)]


def test_twice_adds_nothing(rollup_pool: ConnectionPool) -> None:
    """A day that is in is skipped; another file of the same events is not the same."""
    events = events_of("10:00 /a, 10:05 /b")
    assert import_all(rollup_pool, events, days=1) == [ImportedDay(events=2, sessions=1)]
    assert import_all(rollup_pool, events, days=1) == [None]
    assert fetch(rollup_pool, "SELECT count(*) FROM events") == [(2,)]
    assert fetch(rollup_pool, "SELECT site, file_hash, events FROM imports") == [(1, FILE, 2)]


def test_failure_leaves_nothing(rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that fails half-way is not in at all, and can be imported again."""
    events = events_of("10:00 /a, 10:05 /b")
    monkeypatch.setattr(marks, "put", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_all(rollup_pool, events, days=1)
    monkeypatch.undo()
    for table in ("events", "sessions", "marks", "imports"):
        assert fetch(rollup_pool, f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - our own names
    assert import_all(rollup_pool, events, days=1) == [ImportedDay(events=2, sessions=1)]


def test_crash_before_the_rollup_leaves_marks(rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows without their rollup are marked, every hour of a session, so reports read the rows."""
    monkeypatch.setattr(RollupJob, "roll_day", lambda *_: None)
    import_all(rollup_pool, events_of("10:50 /a, 11:15 /b, 11:40 /b, 12:05 /c"), days=1)
    hours = [(instant(FIRST_DAY + hour * HOUR), PARTITION) for hour in (10, 11, 12)]
    assert fetch(rollup_pool, "SELECT hour, partition FROM marks ORDER BY hour") == hours


def test_flood_is_stored_and_not_counted(rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a visitor's daily limit events get class flood, in their order; nobody has no limit."""
    monkeypatch.setattr(imports, "FLOOD_LIMIT", 2)
    events = events_of(
        "10:04 /d, 10:01 /a, 10:03 /c, 10:02 /b, 1d10:00 /a, 10:00 /x person=0, 10:01 /x person=0, 10:02 /x person=0"
    )
    import_all(rollup_pool, events, days=2)
    found = fetch(rollup_pool, "SELECT path, session_id, new OR s1 OR d1 FROM events WHERE class = 2 ORDER BY path")
    assert found == [("/c", 0, False), ("/d", 0, False)]
    assert fetch(rollup_pool, "SELECT sum(views) FROM roll_site WHERE grain = 1") == [(6,)]


def test_types() -> None:
    """The sessionizer's rows are the domain's values."""
    stored, begun = imports._sessionize(events_of("10:00 /a"), day=FIRST_DAY)
    assert [type(row) for row in (*stored, *begun)] == [StoredEvent, Session]
    assert stored[0].facts == sum(Facts)


def test_a_deleted_site_takes_no_day(rollup_pool: ConnectionPool) -> None:
    """An import that was under way when its site was deleted adds nothing more."""
    events = events_of("10:00 /a")
    assert import_day(rollup_pool, new_job(rollup_pool), FileDay(1, FILE, FIRST_DAY), events) is not None
    with rollup_pool.connection() as connection:
        connection.execute("UPDATE sites SET deleted_at = now() WHERE id = 1")
    assert import_day(rollup_pool, new_job(rollup_pool), FileDay(1, b"another file", FIRST_DAY), events) is None
    assert fetch(rollup_pool, "SELECT count(*) FROM events") == [(1,)]
