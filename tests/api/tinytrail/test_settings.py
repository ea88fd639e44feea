"""`/api/v1/websites/:id/settings`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import psycopg
import pytest

from core.site_settings import SETTINGS
from storage.times import instant
from tests.api.served import served
from tests.api.tinytrail.test_websites import as_admin, as_user, code
from tests.cases import FIRST_DAY, events_of
from tests.stores import write_events

if TYPE_CHECKING:
    from tests.api.world import World


def path(world: World) -> str:
    """Of the users' site."""
    return f"/api/v1/websites/{world.site.uuid}/settings"


async def test_every_setting_is_shown_as_it_was_set(world: World) -> None:
    """One by one; the others stay."""
    shown = (await world.client.get(path(world), headers=as_user(world))).json()["data"]
    assert len(shown) == len(SETTINGS)
    for (name, value), field in zip(
        {
            "allowed_hosts": ["example.com"],
            "excluded_paths": ["/admin/*"],
            "excluded_countries": ["DE"],
            "honour_gpc": False,
            "honour_dnt": False,
            "keep_ips": True,
            "unique_hits": False,
            "uptime": True,
            "uptime_url": "https://status.example.com/",
            "content": True,
            "content_url": "https://example.com/docs",
            "insights": False,
            "time_zone": "Asia/Kathmandu",
            "week_start": "saturday",
            "file_retention_days": 30,
            "rollup_retention_days": 400,
        }.items(),
        [*shown],
        strict=True,
    ):
        changed = await world.client.patch(path(world), json={name: value}, headers=as_user(world))
        shown |= {field: value}
        assert (changed.status_code, changed.json()["data"]) == (200, shown)
        again = await world.client.get(path(world), headers=as_admin(world))
        assert again.json() == changed.json()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "no setting was given"),
        ({"domain": "a.example"}, "'domain' is not a setting"),
        ({"allowed_hosts": ["a.example", "https://a.example"]}, "allowed_hosts[1] must be"),
        ({"honour_gpc": None}, "honour_gpc must be true or false"),
        ([], "should be an object"),
        ("x", "should be an object"),
    ],
)
async def test_bad_settings(world: World, body: Any, message: str) -> None:  # noqa: ANN401 - JSON
    """400 in the envelope, and nothing is changed."""
    response = await world.client.patch(path(world), json=body, headers=as_user(world))
    assert code(response) == (400, "INVALID_PAYLOAD")
    assert message in response.json()["error"]["message"]
    shown = (await world.client.get(path(world), headers=as_user(world))).json()["data"]
    assert shown["allowedHosts"] == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"a": ' * 1_000, b'{"excluded_paths": ["/\\ud800"]}'])
async def test_what_is_no_json(world: World, content: bytes) -> None:
    """Neither is half a surrogate pair."""
    headers = {**as_user(world), "Content-Type": "application/json"}
    response = await world.client.patch(path(world), content=content, headers=headers)
    assert code(response) == (400, "INVALID_PAYLOAD")


@pytest.mark.parametrize(("id_", "expected"), [(str(UUID(int=9)), (404, "NOT_FOUND")), ("x", (400, "INVALID_PAYLOAD"))])
async def test_ids(world: World, id_: str, expected: tuple[int, str]) -> None:
    """Of no website, and none at all."""
    for method, body in (("GET", None), ("PATCH", {"honour_gpc": False})):
        response = await world.client.request(
            method, f"/api/v1/websites/{id_}/settings", json=body, headers=as_admin(world)
        )
        assert expected == code(response)


async def test_collectors_hear_of_it(world: World) -> None:
    """An event of a browser that asks not to be tracked counts as soon as the site does not honour that."""
    assert (await world.collect(world.view(), DNT="1")).status_code == 204
    changed = await world.client.patch(path(world), json={"honour_dnt": False}, headers=as_user(world))
    assert changed.status_code == 200
    await world.until_collect_answers(202, DNT="1")


def test_days_are_where_the_owner_says(postgres_database: str) -> None:
    """On UTC as the API's text has it, until another time zone is set; then the past is counted by its days."""
    with served(postgres_database) as server, httpx.Client(base_url=server.url) as client:
        with psycopg.connect(server.dsn) as connection:
            write_events(connection, events_of("17:00 /a, 19:00 /b, 10:00 /a person=2"))
        assert server.site.id == 1
        client.headers["X-API-KEY"] = server.user_key
        day = instant(FIRST_DAY).date()
        for zone, counts in (("UTC", [0, 3, 0]), ("Asia/Kathmandu", [0, 2, 1]), ("America/St_Johns", [0, 3, 0])):
            changed = client.patch(f"/api/v1/websites/{server.site.uuid}/settings", json={"time_zone": zone})
            assert changed.json()["data"]["timeZone"] == zone
            asked = {
                "website_id": str(server.site.uuid),
                "start_date": str(day - timedelta(days=1)),
                "end_date": str(day + timedelta(days=1)),
            }
            series = client.get("/api/v1/reports/timeseries", params=asked).json()["data"]["series"]
            assert counts == [point["value"] for point in series]
