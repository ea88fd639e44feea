"""Marks in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.spans import DAY, HOUR
from storage import marks
from storage.marks import MarkedHour
from tests.cases import FIRST_DAY

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

HOURS = [FIRST_DAY + hour * HOUR for hour in range(3)]


def test_versions_only_rise(rollup_pool: ConnectionPool) -> None:
    """A mark that is put again has a greater version, also after it was gone."""
    versions = []
    for _ in range(3):
        with rollup_pool.connection() as connection:
            marks.put(connection, site=1, hours=HOURS[:1], partition=0)
            found = marks.of_span(connection, site=1, start=FIRST_DAY, end=FIRST_DAY + DAY)
            versions += [mark.version for mark in found]
            marks.clear(connection, site=1, marks=found)
    assert versions == sorted(set(versions))
    assert len(versions) == 3


def test_span_has_no_end(rollup_pool: ConnectionPool) -> None:
    """The hour that begins at the end of a span is not in it, nor is another site's."""
    with rollup_pool.connection() as connection:
        marks.put(connection, site=1, hours=HOURS, partition=0)
        marks.put(connection, site=2, hours=HOURS, partition=0)
        found = marks.of_span(connection, site=1, start=HOURS[0], end=HOURS[2])
    assert sorted(mark.hour for mark in found) == HOURS[:2]


def test_clear_takes_only_what_was_read(rollup_pool: ConnectionPool) -> None:
    """Marks of another version, partition or site stay."""
    with rollup_pool.connection() as connection:
        marks.put(connection, site=1, hours=HOURS[:2], partition=0)
        read = marks.of_span(connection, site=1, start=FIRST_DAY, end=FIRST_DAY + DAY)
        marks.put(connection, site=1, hours=HOURS[:1], partition=0)
        marks.put(connection, site=1, hours=HOURS[1:2], partition=1)
        marks.put(connection, site=2, hours=HOURS, partition=0)
        assert marks.clear(connection, site=1, marks=read) == 1
        left = marks.of_span(connection, site=1, start=FIRST_DAY, end=FIRST_DAY + DAY)
        assert sorted((mark.hour, mark.partition) for mark in left) == [(HOURS[0], 0), (HOURS[1], 1)]
        assert len(marks.of_span(connection, site=2, start=FIRST_DAY, end=FIRST_DAY + DAY)) == len(HOURS)


def test_waiting_hours(rollup_pool: ConnectionPool) -> None:
    """An hour waits once, with the newest version of its marks; a deleted site's hours wait for nothing."""
    with rollup_pool.connection() as connection:
        marks.put(connection, site=2, hours=HOURS, partition=0)
        marks.put(connection, site=1, hours=HOURS[:1], partition=0)
        marks.put(connection, site=1, hours=HOURS[:1], partition=1)
        newest = max(mark.version for mark in marks.of_span(connection, site=1, start=HOURS[0], end=HOURS[1]))
        connection.execute("UPDATE sites SET deleted_at = now() WHERE id = 2")
        assert marks.waiting(connection) == [MarkedHour(1, HOURS[0], newest)]
