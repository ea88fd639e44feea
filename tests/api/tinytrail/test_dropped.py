"""`/api/v1/websites/:id/drops`."""

from __future__ import annotations

import csv
from datetime import UTC, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from core.ranges import date_at
from ops.clock import SystemClock
from tests.api.tinytrail.test_websites import as_admin, as_user, code

if TYPE_CHECKING:
    from tests.api.world import World


def path(world: World) -> str:
    """Of the users' site."""
    return f"/api/v1/websites/{world.site.uuid}/drops"


async def ask(world: World, **query: str) -> dict[str, Any]:
    """The data."""
    response = await world.client.get(path(world), params=query, headers=as_user(world))
    assert response.status_code == 200
    data: dict[str, Any] = response.json()["data"]
    return data


async def test_periods(world: World) -> None:
    """A week unless said, and `all` from the first day on which anything was dropped."""
    today = date_at(SystemClock().now_ms(), UTC)
    for days_ago in (0, 6, 7, 400):
        world.execute("INSERT INTO drops VALUES (%s, %s, 'gpc', 1)", world.site.id, today - timedelta(days=days_ago))
    for query, days, counted in (({}, 7, 2), ({"period": "today"}, 1, 1), ({"period": "all"}, 401, 4)):
        data = await ask(world, **query)
        first = today - timedelta(days=days - 1)
        assert data["period"] == {"start": first.isoformat(), "end": today.isoformat()}
        assert [total["count"] for total in data["totals"]] == [counted] == [len(data["rows"])]


async def test_nothing_was_dropped(world: World) -> None:
    """Not of this site."""
    other = world.make_site("other.example")
    world.execute("INSERT INTO drops VALUES (%s, now()::date, 'gpc', 1)", other.id)
    for query in ({}, {"period": "all"}):
        data = await ask(world, **query)
        assert (data["rows"], data["totals"]) == ([], [])


async def test_as_csv(world: World) -> None:
    """The rows, not the totals."""
    world.execute("INSERT INTO drops VALUES (%s, '2026-02-24', 'gpc', 12)", world.site.id)
    response = await world.client.get(
        path(world), params={"start_date": "2026-02-24", "format": "csv"}, headers=as_user(world)
    )
    assert response.headers["content-type"].startswith("text/csv")
    assert 'filename="drops-2026-02-24-' in response.headers["content-disposition"]
    assert [*csv.reader(StringIO(response.text))] == [["date", "reason", "count"], ["2026-02-24", "gpc", "12"]]


async def test_what_is_refused(world: World) -> None:
    """Periods and ids that are none, and websites that are not there."""
    for query in ({"period": "week"}, {"start_date": "x"}, {"end_date": "2026-01-01"}, {"format": "xml"}):
        response = await world.client.get(path(world), params=query, headers=as_user(world))
        assert code(response) == (400, "INVALID_PAYLOAD")
    for id_, expected in (("x", (400, "INVALID_PAYLOAD")), (str(uuid4()), (404, "NOT_FOUND"))):
        response = await world.client.get(f"/api/v1/websites/{id_}/drops", headers=as_admin(world))
        assert code(response) == expected
