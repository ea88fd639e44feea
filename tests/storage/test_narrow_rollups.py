"""Databases from before rollups were made narrow say the same afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from psycopg.sql import SQL, Identifier, Placeholder

import storage.migrate
from aggregations.frames import events_frame, sessions, stored_events
from aggregations.sessionizer import links_of, sessionize
from core.dimensions import NUMBERS
from storage.migrate import migrate, migrations
from storage.pool import open_pool
from storage.rollups import Grain
from storage.times import instant
from tests.aggregations.sums import sums_of
from tests.aggregations.test_job import rows, some_events
from tests.cases import FIRST_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.aggregations.sums import Sums

MONTH: Final = FIRST_DAY - (instant(FIRST_DAY).day - 1) * 86_400_000
NAMES: Final = {number: dimension.value for dimension, number in NUMBERS.items()}
KEYS: Final = {"roll_path": ("path",), "roll_event": ("type", "name"), "roll_dim": ("dim", "value")}


@pytest.fixture(params=["postgres", pytest.param("timescale", marks=pytest.mark.timescale)])
def wide_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a database as it was before, plain and with hypertables."""
    dsn: str = request.getfixturevalue(f"empty_{request.param}_database")
    with monkeypatch.context() as patched:
        patched.setattr(storage.migrate, "migrations", lambda: migrations()[:12])
        migrate(dsn)
    return dsn


def sums() -> dict[str, Sums]:
    """Hours and a day of every kind of event, and the month that has no other day."""
    frame = events_frame([event for event in some_events(1) if event.site == 1])
    found = sessionize(frame, links_of(frame))
    days = sums_of(stored_events(found.events), sessions(found.sessions), day=FIRST_DAY)
    return {table: {**rows, **_months(rows)} for table, rows in days.items()}


def _months(rows: Sums) -> Sums:
    return {(Grain.MONTH.value, key[1], MONTH, *key[3:]): row for key, row in rows.items() if key[0] == Grain.DAY}


def as_it_was(table: str, rows: Sums) -> Iterator[tuple[tuple[object, ...], dict[str, int]]]:
    """The rows as they stood in the table: dimensions by name, with rows of their own for views by their own values."""
    for key, row in rows.items():
        if table != "roll_dim":
            yield key, row
            continue
        *span, dim, value = key
        name = NAMES[dim]  # type: ignore[index]  # a number, as it is in this table
        of_visits = {column: n for column, n in row.items() if column != "hits"}
        if of_visits:
            yield (*span, name, value), of_visits
        if "hits" in row:
            yield (*span, f"hit_{name}", value), {"views": row["hits"]}


def write(connection: psycopg.Connection, table: str, rows: Sums) -> None:
    """Fill a table as it was; what a row does not say is 0."""
    found = connection.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    names = [name for (name,) in found]
    statement = SQL("INSERT INTO {} ({}) VALUES ({})").format(
        Identifier(table), SQL(", ").join(map(Identifier, names)), SQL(", ").join(map(Placeholder, names))
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                dict.fromkeys(names, 0)
                | {"site": 1, "grain": grain, "class": traffic, "span": instant(span)}  # type: ignore[arg-type]  # ms
                | dict(zip(KEYS[table], keys, strict=True))
                | row
                for (grain, traffic, span, *keys), row in as_it_was(table, rows)
            ],
        )


def test_every_sum_is_kept(wide_database: str) -> None:
    """Rows of an upgraded database are those that the job would write; views by their own values beside the visits."""
    expected = sums()
    assert any("hits" in row and "visits" in row for row in expected["roll_dim"].values())
    with psycopg.connect(wide_database) as connection:
        for table in KEYS:
            write(connection, table, expected[table])
    assert "0013_narrow_rollups" in migrate(wide_database)
    with open_pool(wide_database, size=1) as pool:
        for table in KEYS:
            assert expected[table] == rows(pool, table, *Grain)


def test_numbers_are_named(rollup_store: str) -> None:
    """Who reads the rollups in SQL finds each dimension's number by its name."""
    with psycopg.connect(rollup_store) as connection:
        assert dict(connection.execute("SELECT number, name FROM dimensions").fetchall()) == NAMES
