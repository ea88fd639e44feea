"""Links over midnight are forgotten in time, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.spans import DAY, HOUR
from storage import links
from storage.times import instant
from tests.cases import FIRST_DAY

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool


@pytest.mark.parametrize(
    ("age", "applied", "forgotten"),
    [
        pytest.param(2 * DAY, [DAY, 3 * DAY], 1, id="48 hours old, all partitions a day past it"),
        pytest.param(2 * DAY - 1, [3 * DAY], 0, id="younger than 48 hours"),
        pytest.param(3 * DAY, [3 * DAY, DAY - 1], 0, id="one partition is less than a day past it"),
        pytest.param(9 * DAY, [-HOUR], 1, id="no log keeps messages of then"),
        pytest.param(2 * DAY, [], 1, id="nothing was ever applied"),
    ],
)
def test_forget(rollup_pool: ConnectionPool, age: int, applied: list[int], forgotten: int) -> None:
    """A link goes 48 hours after its midnight, if every partition is applied up to 24 hours after it."""
    with rollup_pool.connection() as connection:
        connection.execute("INSERT INTO midnight_links VALUES (5, 4, 1, %s, 0)", [instant(FIRST_DAY).date()])
        for partition, after in enumerate(applied):
            connection.execute(
                "INSERT INTO positions VALUES ('log', %s, 0, now(), %s)", [partition, instant(FIRST_DAY + after)]
            )
        assert links.forget(connection, now=FIRST_DAY + age) == forgotten
