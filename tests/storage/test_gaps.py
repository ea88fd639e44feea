"""Days that rollups which were added later miss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg

from core.spans import DAY, day_of
from storage import gaps, sites, standing, zones
from storage.gaps import Gap, Missing
from storage.migrate import migrate
from storage.zones import ZoneVisitors
from tests.cases import FIRST_DAY, events_of
from tests.stores import write_events

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

ADDED: Final = 6


def add_gaps(connection: psycopg.Connection, *found: Gap) -> None:
    """As the migration does."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO rollup_gaps (site, day) VALUES (%s, to_timestamp(%s)::date)",
            [(site, day // 1_000) for site, day in found],
        )


def missed(connection: psycopg.Connection, site: int, begin: int, end: int) -> set[int]:
    """The days that reports do not trust rollups of that were added later."""
    return {day_of(hour) for hour in standing.of_site(connection, site, begin=begin, end=end).missed}


def test_an_old_installation_has_a_gap_on_every_day_with_rollups(rollup_store: str) -> None:
    """Of every site; a new one has none."""
    with psycopg.connect(rollup_store) as connection:
        assert gaps.waiting(connection, limit=9) == []
        connection.execute("DROP TABLE rollup_gaps")
        connection.execute("DELETE FROM schema_migrations WHERE number = %s", [ADDED])
        for site, grain, day in ((1, 1, 0), (1, 0, 0), (1, 1, 3), (1, 2, -5), (2, 1, 0)):
            connection.execute(
                "INSERT INTO roll_site SELECT %s, %s, 0, to_timestamp(%s), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1",
                [site, grain, (FIRST_DAY + day * DAY) // 1_000],
            )
    assert migrate(rollup_store) == ["0006_rollup_gaps"]
    with psycopg.connect(rollup_store) as connection:
        expected = [Gap(1, FIRST_DAY + 3 * DAY), Gap(1, FIRST_DAY), Gap(2, FIRST_DAY)]
        assert gaps.waiting(connection, limit=9) == expected


def test_gaps_are_of_a_site_and_a_span(rollup_pool: ConnectionPool) -> None:
    """From a day to before another; one that is filled is one no more."""
    found = [Gap(1, FIRST_DAY), Gap(1, FIRST_DAY + DAY), Gap(1, FIRST_DAY + 2 * DAY), Gap(2, FIRST_DAY)]
    with rollup_pool.connection() as connection:
        add_gaps(connection, *found)
        assert missed(connection, 1, FIRST_DAY, FIRST_DAY + 2 * DAY) == {FIRST_DAY, FIRST_DAY + DAY}
        gaps.fill(connection, site=1, day=FIRST_DAY)
        assert missed(connection, 1, FIRST_DAY, FIRST_DAY + 2 * DAY) == {FIRST_DAY + DAY}


def test_gaps_wait_for_living_sites(rollup_pool: ConnectionPool) -> None:
    """The latest days first, so many as are asked for, and none of those that are left out or of deleted sites."""
    found = [Gap(1, FIRST_DAY + DAY), Gap(1, FIRST_DAY), Gap(2, FIRST_DAY), Gap(2, FIRST_DAY - DAY)]
    with rollup_pool.connection() as connection:
        add_gaps(connection, *reversed(found))
        assert gaps.waiting(connection, limit=3) == found[:3]
        assert gaps.waiting(connection, without=found[:2], limit=3) == found[2:]
        connection.execute("UPDATE sites SET deleted_at = now() WHERE id = 2")
        assert gaps.waiting(connection, limit=3) == found[:2]


def test_a_day_that_was_never_rolled_up_is_no_gap(rollup_pool: ConnectionPool) -> None:
    """Its marks say enough."""
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("10:00 /a"))
        assert gaps.waiting(connection, limit=9) == []


def test_another_zone_leaves_a_gap_on_every_day(rollup_pool: ConnectionPool) -> None:
    """Of the site, whether it is rolled up or marked; no gap of another kind becomes one of this."""
    later, other = Gap(1, FIRST_DAY + 2 * DAY), Gap(2, FIRST_DAY)
    with rollup_pool.connection() as connection:
        write_events(connection, events_of("1d10:00 /a, 10:00 /a site=2"))
        for day in (FIRST_DAY - DAY, FIRST_DAY, later.day):
            connection.execute(
                "INSERT INTO roll_site SELECT 1, 1, 0, to_timestamp(%s), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1",
                [day // 1_000],
            )
        zones.replace(connection, site=1, day=FIRST_DAY, zone="Asia/Kathmandu", visitors=[ZoneVisitors(0, 1, 1)])
        add_gaps(connection, later)
        site = sites.of_account(connection, None)[0]
        sites.configure(connection, site.uuid, {"time_zone": "UTC", "honour_gpc": False})
        assert gaps.waiting(connection, limit=9) == [later]
        sites.configure(connection, site.uuid, {"time_zone": "Europe/Berlin"})
        expected = [later, *(Gap(1, FIRST_DAY + number * DAY) for number in (1, 0, -1))]
        assert gaps.waiting(connection, limit=9) == expected
        assert missed(connection, 1, 0, FIRST_DAY + 9 * DAY) == {later.day}
        known = {gap: gaps.of_day(connection, site=gap.site, day=gap.day) for gap in (*expected, other)}
        assert known == dict.fromkeys(expected, Missing.ZONE) | {later: Missing.ADDED_LATER, other: None}
        assert zones.of_days(connection, site=1, zone="Asia/Kathmandu", classes=[0], days=[FIRST_DAY]) == {}
