"""The rollup job on real databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING

import psycopg
import pytest

from aggregations import job as job_module
from aggregations.frames import events_frame, sessions, stored_events
from aggregations.job import RollupJob, month_of, through
from aggregations.rollups import ROLLUPS
from aggregations.rollups.rollup import day_frames
from aggregations.sessionizer import links_of, sessionize
from core.errors import Unavailable
from core.spans import DAY, HOUR, MINUTE
from storage import gaps, marks, sites, zones
from storage.gaps import Gap
from storage.locks import site_lock
from storage.rollups import SiteMonth, lagging_months
from storage.times import instant, millis
from storage.zones import Halves
from tests.aggregations.sums import Sums, sums_of
from tests.cases import FIRST_DAY, event_at, events_of
from tests.clocks import SetClock
from tests.measurements import Measurements
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from psycopg_pool import ConnectionPool

    from aggregations.rollups.rollup import DayFrames
    from core.events import Event

MONTH = month_of(FIRST_DAY)


def new_job(pool: ConnectionPool, *, now: int = FIRST_DAY + 40 * DAY) -> RollupJob:
    """A job at a time."""
    return RollupJob(pool=pool, clock=SetClock(now), telemetry=Measurements())


def rows(pool: ConnectionPool, table: str, *grains: int, site: int = 1) -> Sums:
    """The rows of a rollup table, as `sums_of` writes them."""
    found: Sums = {}
    with pool.connection() as connection, connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE site = %s AND grain = ANY(%s)", [site, list(grains)])  # noqa: S608 - our own names
        for row in cursor:
            keys = tuple(row.pop(name) for name in ("type", "name", "path", "dim", "value") if name in row)
            key = (row.pop("grain"), row.pop("class"), millis(row.pop("span")), *keys)
            del row["site"]
            found[key] = {name: value for name, value in row.items() if value}
    return found


def marked(pool: ConnectionPool, site: int = 1) -> list[int]:
    """The marked hours of a site."""
    with pool.connection() as connection:
        found = marks.of_span(connection, site=site, start=0, end=FIRST_DAY + 1000 * DAY)
    return sorted({mark.hour for mark in found})


def brute(events: Sequence[Event], *, day: int) -> dict[str, Sums]:
    """What the tables must hold of a day."""
    frame = events_frame([event for event in events if event.site == 1])
    found = sessionize(frame, links_of(frame))
    return sums_of(stored_events(found.events), sessions(found.sessions), day=day)


def some_events(seed: int, count: int = 300) -> list[Event]:
    """Events of a few people and sites in two days, crowded enough to make sessions."""
    random = Random(seed)  # noqa: S311 - test data
    return [
        event_at(
            FIRST_DAY + random.randrange(2 * DAY) // (10 * MINUTE) * 10 * MINUTE,
            number,
            site=random.choice((1, 1, 2)),
            person=random.randrange(4),
            traffic=random.choice((0, 0, 1, 2)),
            event_type=random.choice(("page_view", "page_view", "custom", "scroll_50", "engagement")),
            name="click",
            path=random.choice(("/", "/ä", "/a,b", '/"quoted"', "/a\nb")),
            engaged_ms=random.randrange(1000),
        )._replace(
            utm_source=random.choice(("", "news\tletter", "\\t", "\\")),
            utm_campaign=random.choice(("", "launch")),
            browser=random.choice(("Firefox", "Safari", "")),
            city=random.choice(("Kassel", "")),
        )
        for number in range(count)
    ]


def test_longest_paths(rollup_pool: ConnectionPool) -> None:
    """Paths of 1,024 characters of four bytes each, which nothing compresses, are rolled up like others."""
    random = Random(0)  # noqa: S311 - test data
    paths = ["/" + "".join(chr(random.randrange(0x20000, 0x2A000)) for _ in range(1023)) for _ in range(3)]
    events = [event_at(FIRST_DAY + number * MINUTE, number, path=path) for number, path in enumerate(paths)]
    with rollup_pool.connection() as connection:
        write_events(connection, events)

    assert new_job(rollup_pool).roll_day(1, FIRST_DAY) is not None
    assert rows(rollup_pool, "roll_path", 0, 1) == brute(events, day=FIRST_DAY)["roll_path"]


@pytest.mark.parametrize("seed", range(3))
def test_tables_hold_the_sums(rollup_pool: ConnectionPool, seed: int) -> None:
    """Hours, days and the month of every table are the sums of the rows, and no mark is left."""
    events = some_events(seed)
    with rollup_pool.connection() as connection:
        write_events(connection, events)
    job = new_job(rollup_pool)
    expected: dict[str, Sums] = {rollup.table.name: {} for rollup in ROLLUPS}
    for day in (FIRST_DAY, FIRST_DAY + DAY):
        assert job.roll_day(1, day) is not None
        for table, sums in brute(events, day=day).items():
            expected[table] |= sums
    for table, sums in expected.items():
        assert rows(rollup_pool, table, 0, 1) == sums
        month: Sums = {}
        for (grain, traffic, _, *keys), row in sums.items():
            if grain == 1:
                into = month.setdefault((2, traffic, MONTH, *keys), {})
                for name, value in row.items():
                    into[name] = into.get(name, 0) + value
        assert rows(rollup_pool, table, 2) == month
    assert marked(rollup_pool) == []
    assert marked(rollup_pool, site=2) != []


def test_unmarked_day_is_left_alone(rollup_pool: ConnectionPool) -> None:
    """Without a mark there is nothing to do, unless it is forced: then the day is computed again."""
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a, 10:10 /b"))
    job = new_job(rollup_pool)
    first = job.roll_day(1, FIRST_DAY)
    assert first is not None
    assert (first.events, first.sessions, first.cleared, first.kept) == (2, 1, 1, 0)
    right = rows(rollup_pool, "roll_site", 0, 1, 2)
    with rollup_pool.connection() as connection:
        connection.execute("UPDATE roll_site SET views = 77")
    assert job.roll_day(1, FIRST_DAY) is None
    assert job.roll_day(1, FIRST_DAY, force=True) is not None
    assert rows(rollup_pool, "roll_site", 0, 1, 2) == right


def test_only_marked_hours_are_written(rollup_pool: ConnectionPool) -> None:
    """An hour without a mark is right already and keeps its row; the day counts it."""
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a, 12:00 /b"))
    job = new_job(rollup_pool)
    job.roll_day(1, FIRST_DAY)
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("12:30 /c person=2"))
        connection.execute("UPDATE roll_site SET engaged_ms = 5 WHERE grain = 0")
    job.roll_day(1, FIRST_DAY)
    found = rows(rollup_pool, "roll_site", 0, 1)
    ten, twelve = FIRST_DAY + 10 * HOUR, FIRST_DAY + 12 * HOUR
    assert (found[0, 0, ten]["views"], found[0, 0, ten].get("engaged_ms")) == (1, 5)
    assert (found[0, 0, twelve]["views"], found[0, 0, twelve].get("engaged_ms")) == (2, None)
    assert found[1, 0, FIRST_DAY]["views"] == 3


def test_a_gap_is_filled_whole(rollup_pool: ConnectionPool) -> None:
    """A day that a rollup misses is rolled up though nothing is marked, with all of its hours if only one is."""
    events = events_of("10:00 /a, 10:10 !buy, 12:00 /b")
    with rollup_pool.connection() as connection:
        write_events(connection, events)
    job = new_job(rollup_pool)
    job.roll_day(1, FIRST_DAY)
    right = rows(rollup_pool, "roll_dim", 0, 1, 2)
    assert right
    for marked_hours in ([], [FIRST_DAY + 12 * HOUR]):
        with rollup_pool.connection() as connection:
            connection.execute("DELETE FROM roll_dim")
            connection.execute("INSERT INTO rollup_gaps VALUES (1, %s), (1, %s)", [instant(FIRST_DAY), instant(0)])
            marks.put(connection, site=1, hours=marked_hours, partition=0)
        assert job.roll_day(1, FIRST_DAY) is not None
        assert rows(rollup_pool, "roll_dim", 0, 1, 2) == right
        with rollup_pool.connection() as connection:
            assert gaps.waiting(connection, limit=9) == [Gap(1, 0)]
            gaps.fill(connection, site=1, day=0)
    assert job.roll_day(1, FIRST_DAY) is None


def test_a_changed_zone_needs_no_other_rollup(rollup_pool: ConnectionPool) -> None:
    """Only what depends on the zone is written; a day that is marked too is rolled up as ever."""
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a, 23:30 /b"))
    job = new_job(rollup_pool)
    job.roll_day(1, FIRST_DAY)
    for marked_hours, views in (([], 5), ([FIRST_DAY + 10 * HOUR], 2)):
        change_zone(rollup_pool, "UTC")
        change_zone(rollup_pool, "Europe/Berlin")
        with rollup_pool.connection() as connection:
            connection.execute("UPDATE roll_site SET views = 5 WHERE grain = 1")
            marks.put(connection, site=1, hours=marked_hours, partition=0)
        assert job.roll_day(1, FIRST_DAY) is not None
        assert rows(rollup_pool, "roll_site", 1)[1, 0, FIRST_DAY]["views"] == views
        with rollup_pool.connection() as connection:
            assert zones.of_days(connection, site=1, zone="Europe/Berlin", classes=[0], days=[FIRST_DAY]) == {
                FIRST_DAY: Halves(1, 1)
            }
            assert gaps.waiting(connection, limit=9) == []


def test_a_zone_that_changes_during_a_job_is_not_lost(
    rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the job makes is of the old zone; the day waits for the new one's."""
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a, 23:30 /b"))
    job = new_job(rollup_pool)
    job.roll_day(1, FIRST_DAY)
    change_zone(rollup_pool, "Asia/Kathmandu")

    def prepare(events: pl.DataFrame, sessions: pl.DataFrame, *, day: int) -> DayFrames:
        monkeypatch.undo()
        change_zone(rollup_pool, "Europe/Berlin")
        return day_frames(events, sessions, day=day)

    monkeypatch.setattr(job_module, "day_frames", prepare)
    for waiting in ([Gap(1, FIRST_DAY)], []):
        assert job.roll_day(1, FIRST_DAY) is not None
        with rollup_pool.connection() as connection:
            assert waiting == gaps.waiting(connection, limit=9)


def change_zone(pool: ConnectionPool, zone: str) -> None:
    """As the site's owner does."""
    with pool.connection() as connection:
        site = sites.of_account(connection, None)[0]
        assert sites.configure(connection, site.uuid, {"time_zone": zone}) is not None


def test_commit_during_a_job_keeps_its_mark(rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed between reading and writing is not in the rollup, and its hour stays marked until it is."""
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a, 11:00 /b"))
    late = event_at(FIRST_DAY + 11 * HOUR + 1, 99, person=2, path="/late")

    def prepare(events: pl.DataFrame, sessions: pl.DataFrame, *, day: int) -> DayFrames:
        monkeypatch.undo()
        with rollup_pool.connection() as other:
            write_events(other, [late])
        return day_frames(events, sessions, day=day)

    monkeypatch.setattr(job_module, "day_frames", prepare)
    job = new_job(rollup_pool)
    rolled = job.roll_day(1, FIRST_DAY)
    assert rolled is not None
    assert (rolled.cleared, rolled.kept) == (1, 1)
    assert marked(rollup_pool) == [FIRST_DAY + 11 * HOUR]
    assert rows(rollup_pool, "roll_site", 1)[1, 0, FIRST_DAY]["views"] == 2
    job.roll_day(1, FIRST_DAY)
    assert marked(rollup_pool) == []
    assert rows(rollup_pool, "roll_site", 1)[1, 0, FIRST_DAY]["views"] == 3


def test_mark_of_an_open_transaction_stays(rollup_pool: ConnectionPool) -> None:
    """A batch that has raised a mark and not yet committed keeps it, and the job does not wait for the batch."""
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a"))
    with rollup_pool.connection() as batch:
        marks.put(batch, site=1, hours=[FIRST_DAY + 10 * HOUR], partition=0)
        rolled = new_job(rollup_pool).roll_day(1, FIRST_DAY)
    assert rolled is not None
    assert (rolled.cleared, rolled.kept) == (0, 1)
    assert marked(rollup_pool) == [FIRST_DAY + 10 * HOUR]


def test_one_job_at_a_time(rollup_pool: ConnectionPool) -> None:
    """While somebody has the site a job waits; another site's does not."""
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a, 10:00 /a site=2"))
    job = new_job(rollup_pool)
    with ThreadPoolExecutor() as threads:
        with rollup_pool.connection() as holder, site_lock(holder, 1):
            waiting = threads.submit(job.roll_day, 1, FIRST_DAY)
            assert job.roll_day(2, FIRST_DAY) is not None
            assert not waiting.done()
            assert rows(rollup_pool, "roll_site", 1) == {}
        assert waiting.result(timeout=30) is not None
    assert rows(rollup_pool, "roll_site", 1)[1, 0, FIRST_DAY]["views"] == 1


def test_lock_is_not_waited_for_for_ever(rollup_pool: ConnectionPool) -> None:
    """After its patience the caller is told to come back."""
    with rollup_pool.connection() as holder, rollup_pool.connection() as other, site_lock(holder, 1):  # noqa: SIM117 - one at a time
        with pytest.raises(Unavailable), site_lock(other, 1, patience=0.05):
            pytest.fail("two hold one lock")


def test_running_day_is_rolled_but_not_in_its_month(rollup_pool: ConnectionPool) -> None:
    """A month contains days that have ended; others join it, at the latest when the months are completed."""
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a, 1d10:00 /b, 1d11:00 /c"))
    job = new_job(rollup_pool, now=FIRST_DAY + DAY + 12 * HOUR)
    job.roll_day(1, FIRST_DAY)
    job.roll_day(1, FIRST_DAY + DAY)
    assert marked(rollup_pool) == []
    assert rows(rollup_pool, "roll_site", 1)[1, 0, FIRST_DAY + DAY]["views"] == 2
    assert rows(rollup_pool, "roll_site", 2)[2, 0, MONTH]["views"] == 1
    assert months(rollup_pool) == [(MONTH, FIRST_DAY)]

    tomorrow = FIRST_DAY + 2 * DAY
    with rollup_pool.connection() as connection:
        assert lagging_months(connection, today=FIRST_DAY + DAY) == []
        assert lagging_months(connection, today=tomorrow) == [SiteMonth(1, MONTH)]
    new_job(rollup_pool, now=tomorrow + 1).complete_month(SiteMonth(1, MONTH))
    assert rows(rollup_pool, "roll_site", 2)[2, 0, MONTH]["views"] == 3
    assert months(rollup_pool) == [(MONTH, FIRST_DAY + DAY)]
    with rollup_pool.connection() as connection:
        assert lagging_months(connection, today=tomorrow) == []


def months(pool: ConnectionPool) -> list[tuple[int, int]]:
    """Month and last day contained, of site 1."""
    with pool.connection() as connection:
        found = connection.execute(
            "SELECT month::timestamptz, through::timestamptz FROM roll_months WHERE site = 1"
        ).fetchall()
    return [(millis(month), millis(last)) for month, last in found]


def test_month_is_the_sum_of_its_days_at_any_time(rollup_pool: ConnectionPool) -> None:
    """Whatever days are rolled in whatever order, the month equals its days, and is right once none is marked."""
    random = Random(7)  # noqa: S311 - test data
    days = [MONTH + number * DAY for number in range(28)]
    events = [event_at(random.choice(days) + random.randrange(DAY), number, person=number % 5) for number in range(200)]
    with rollup_pool.connection() as connection:
        write_events(connection, events)
    job = new_job(rollup_pool, now=MONTH + 60 * DAY)
    random.shuffle(days)
    for day in days:
        job.roll_day(1, day)
        of_days = rows(rollup_pool, "roll_site", 1)
        assert sum(row["views"] for row in of_days.values()) == rows(rollup_pool, "roll_site", 2)[2, 0, MONTH]["views"]
    assert marked(rollup_pool) == []
    assert rows(rollup_pool, "roll_site", 2)[2, 0, MONTH]["views"] == len(events)


@pytest.mark.parametrize(
    ("month", "now", "last"),
    [
        pytest.param("2026-02-01", "2026-03-15", "2026-02-28", id="past"),
        pytest.param("2028-02-01", "2028-03-01", "2028-02-29", id="just ended, leap year"),
        pytest.param("2026-03-01", "2026-03-15", "2026-03-14", id="running"),
        pytest.param("2026-03-01", "2026-03-02", "2026-03-01", id="second day"),
        pytest.param("2026-03-01", "2026-03-01", None, id="first day"),
        pytest.param("2026-04-01", "2026-03-15", None, id="not begun"),
        pytest.param("2025-12-01", "2026-01-01", "2025-12-31", id="over the year"),
    ],
)
def test_through(month: str, now: str, last: str | None) -> None:
    """A month goes through its last day that has ended."""

    def ms(day: str) -> int:
        return millis(instant(0).fromisoformat(f"{day}T00:00:00Z"))

    expected = None if last is None else ms(last)
    assert through(ms(month), now=ms(now)) == expected
    assert through(ms(month), now=ms(now) + DAY - 1) == expected


def test_repeated_ids_are_counted(rollup_pool: ConnectionPool) -> None:
    """An event id twice in a visitor's day is reported; the same id of two visitors, or of nobody, is none."""
    twice = event_at(FIRST_DAY, 1)
    fine = [event_at(FIRST_DAY, 1, person=2), event_at(FIRST_DAY, 1, person=0), event_at(FIRST_DAY, 1, person=0)]
    with rollup_pool.connection() as connection:
        write_events(connection, [twice, twice, *fine])
    job = new_job(rollup_pool)
    rolled = job.roll_day(1, FIRST_DAY)
    assert rolled is not None
    assert rolled.repeated_ids == 1
    assert isinstance(job.telemetry, Measurements)
    assert job.telemetry.counters["footfall_repeated_event_ids_total"] == 1
    assert job.telemetry.counters["footfall_rollup_days_total"] == 1
