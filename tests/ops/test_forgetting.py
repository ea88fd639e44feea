"""Visitors who are forgotten by address and browser, on real databases with an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
import psycopg
import pytest

from core.drops import DeadReason
from core.errors import InvalidInput
from core.spans import DAY, HOUR, MINUTE
from core.visitors import DaySalt, Visitors
from ops import forgetting
from storage import dead_letters
from storage.archive import manifest
from storage.dead_letters import DeadLetter
from storage.forgotten import Removed
from storage.pool import open_async_pool
from storage.times import instant
from streams.codec import decode, encode
from tests.archives import FIRST, Stage, some_days
from tests.cases import event_at

if TYPE_CHECKING:
    from pathlib import Path

    from psycopg_pool import ConnectionPool

    from core.events import Event

IP: Final = "203.0.113.7"
AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
SALT: Final = b"\x07" * 32
#: The day whose salt exists, and an hour of it.
DAY_KNOWN: Final = FIRST + 12 * DAY
NOW: Final = DAY_KNOWN + 15 * HOUR


@pytest.fixture
def stage(rollup_pool: ConnectionPool, tmp_path: Path) -> Stage:
    """Days in files only, some of whose events hold addresses; and a day that runs, with its salt."""
    stage = Stage(rollup_pool, tmp_path / "archive")
    old = [event._replace(ip=IP if number % 3 == 0 else "198.51.100.1") for number, event in enumerate(some_days(3))]
    stage.write(old)
    stage.go_to(FIRST + 12 * DAY)
    with rollup_pool.connection() as connection:
        connection.execute("INSERT INTO salts (day, salt) VALUES (%s, %s)", [instant(DAY_KNOWN).date(), SALT])
    return stage


def visitor(site: int = 1) -> int:
    """The hash of the one to be forgotten."""
    known = Visitors(bucket_key=b"", salt_of={DAY_KNOWN: DaySalt(SALT)}.get)
    return known.identify(NOW, site, IP, AGENT).visitor


def of_today() -> tuple[list[Event], list[Event]]:
    """Events of the one to be forgotten, and of others."""
    theirs = [
        event_at(DAY_KNOWN + 10 * HOUR + number * MINUTE, 9_000 + number)._replace(visitor=visitor(), ip=IP)
        for number in range(3)
    ]
    others = [event_at(DAY_KNOWN + 10 * HOUR + number * MINUTE, 9_100 + number, person=5) for number in range(4)]
    return theirs, others


def whom(stage: Stage) -> forgetting.Whom:
    """Who is meant."""
    with stage.pool.connection() as connection:
        return forgetting.whom(connection, ip=f" {IP}", user_agent=AGENT, sites=[1, 2])


def test_visitor_and_address_are_gone(stage: Stage) -> None:
    """The events of today are gone, the address is in no event and file; the rest stays, in rows, files and sums."""
    theirs, others = of_today()
    stage.write([*theirs, *others])
    holding = sum(event.ip == IP for event in stage.events) - len(theirs)
    assert holding > 0
    who = whom(stage)
    looked = forgetting.look(stage.pool, stage.store, who, now=NOW)
    assert looked == (1, Removed(3, 1), 3, 1, 0)
    found = forgetting.forget(stage.pool, stage.store, who, now=NOW)
    assert found == (1, Removed(3, 1), 0, 1, 0)
    stage.events = [
        event._replace(ip="" if event.ip == IP else event.ip) for event in stage.events if event.visitor != visitor()
    ]
    stage.assert_right()
    stage.go_to(DAY_KNOWN + 2 * DAY)
    stage.assert_right()
    files = [str(found.name) for found in stage.store.found(1) if "/events-" in found.name]
    held = [pl.read_parquet(stage.store.sources([name]).addresses[0], hive_partitioning=False) for name in files]
    assert IP not in pl.concat([frame["ip"] for frame in held]).to_list()
    assert visitor() not in pl.concat([frame["visitor"] for frame in held]).to_list()
    assert forgetting.look(stage.pool, stage.store, who, now=NOW) == (0, Removed(0, 0), 0, 0, 0)


def test_files_stay_final_and_verified(stage: Stage) -> None:
    """A file without the address is what the rollups say, as before, so days keep their standing."""
    with stage.pool.connection() as connection:
        before = manifest.current(connection, site=1, begin=0, end=NOW)
    forgetting.forget(stage.pool, stage.store, whom(stage), now=NOW)
    with stage.pool.connection() as connection:
        after = manifest.current(connection, site=1, begin=0, end=NOW)
    assert [pair.sessions for pair in before] == [pair.sessions for pair in after]
    assert [(pair.final, pair.events.rows, pair.events.sums) for pair in before] == [
        (pair.final, pair.events.rows, pair.events.sums) for pair in after
    ]
    assert all(pair.events.name.version > old.events.name.version for old, pair in zip(before, after, strict=True))


async def test_dead_letters(stage: Stage, rollup_store: str) -> None:
    """Letters lose the events of who is forgotten and the address of others; one without any event left is removed."""
    theirs, others = of_today()
    held = others[0]._replace(ip=IP)
    letters = [encode(0, 0, [theirs[0]]), encode(0, 0, [theirs[1], held]), encode(0, 0, others[1:]), b"no message"]
    pool = await open_async_pool(rollup_store, size=1)
    try:
        async with pool.connection() as connection:
            await dead_letters.insert(
                connection,
                [DeadLetter("local", 0, n, NOW, DeadReason.TOO_LATE, "", each) for n, each in enumerate(letters)],
            )
    finally:
        await pool.close()
    found = forgetting.forget(stage.pool, stage.store, whom(stage), now=NOW)
    assert found.dead_letters == 2
    with psycopg.connect(rollup_store) as reader:
        left = [each.letter.payload for each in dead_letters.waiting(reader)]
    assert [decode(payload).events for payload in left[:2]] == [(held._replace(ip=""),), tuple(others[1:])]
    assert left[2] == b"no message"


def test_other_sites_stay(stage: Stage) -> None:
    """With one site chosen nothing is removed of another one."""
    theirs, _ = of_today()
    stage.write(theirs)
    with stage.pool.connection() as connection:
        who = forgetting.whom(connection, ip=IP, user_agent=AGENT, sites=[2])
    assert forgetting.forget(stage.pool, stage.store, who, now=NOW) == (0, Removed(0, 0), 0, 0, 0)
    stage.assert_right()


def test_no_address(stage: Stage) -> None:
    """What is no address is refused."""
    with stage.pool.connection() as connection, pytest.raises(InvalidInput, match="--ip"):
        forgetting.whom(connection, ip="example.com", user_agent=AGENT, sites=[1])
