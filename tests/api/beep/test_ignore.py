"""`/api/ignore`: what is ignored, and whose visits collectors leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from core.ignore_list import MAX_IGNORED
from storage import ignored
from tests.api.world import BROWSER, client, serving

if TYPE_CHECKING:
    from tests.api.beep.conftest import Beep


def test_addresses_come_and_go(ask: Beep) -> None:
    """Adding twice is adding once, and what is not there can be taken away; the list is in the order of the texts."""
    for ip in ("192.168.1.1", "10.0.0.1", "192.168.1.1", "2001:DB8:0::1"):
        added = ask.ask("POST", "/api/ignore", json={"ip": ip})
        assert (added.status_code, added.content) == (201, b"")
    assert ask.ask("GET", "/api/ignore").json() == ["10.0.0.1", "192.168.1.1", "2001:db8::1"]
    for ip in ("192.168.1.1", "192.168.1.1", "2001:db8::1", "nobody"):
        removed = ask.ask("DELETE", f"/api/ignore/{ip}")
        assert (removed.status_code, removed.content) == (204, b"")
    assert ask.ask("GET", "/api/ignore").json() == ["10.0.0.1"]


@pytest.mark.parametrize("path", ["10.0.0.0/8", "10.0.0.0%2F8", "10.0.0.0%2f8", "10.9.9.9/8"])
def test_networks_are_removed_by_any_path_that_names_them(ask: Beep, path: str) -> None:
    """A slash may be escaped or not."""
    assert ask.ask("POST", "/api/ignore", json={"ip": "10.0.0.0/8"}).status_code == 201
    assert ask.ask("DELETE", f"/api/ignore/{path}").status_code == 204
    assert ask.ask("GET", "/api/ignore").json() == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "invalid json"),
        (b'["192.0.2.1"]', "invalid json"),
        (b'{"ip": 1}', "invalid json"),
        (b"{}", "ip required"),
        (b'{"ip": ""}', "ip required"),
        (b'{"ip": "everybody"}', "'everybody' is neither an IP address nor a network"),
        (b'{"ip": "192.0.2.0/33"}', "'192.0.2.0/33' is neither an IP address nor a network"),
        (b'{"ip": "192.0.2.1\\u0000"}', "neither an IP address nor a network"),
    ],
)
def test_what_cannot_be_ignored(ask: Beep, body: bytes, says: str) -> None:
    """It is refused with a sentence that says why."""
    refused = ask.ask("POST", "/api/ignore", content=body)
    assert (refused.status_code, says in refused.json()["error"]) == (400, True)


def test_a_full_list_takes_no_more(ask: Beep) -> None:
    """Each event is held against all of it, so it ends somewhere."""
    numbers = "SELECT ('2001:db8::' || to_hex(n))::inet::text FROM generate_series(1, %s) AS n"
    ask.execute(f"INSERT INTO ignored_networks (network) {numbers}", MAX_IGNORED)
    refused = ask.ask("POST", "/api/ignore", json={"ip": "192.0.2.1"})
    assert (refused.status_code, "remove some first" in refused.json()["error"]) == (400, True)


async def test_visits_from_there_are_not_counted(postgres_database: str) -> None:
    """From networks on the list nothing is taken in, by any collector; the answers are as ever."""
    with psycopg.connect(postgres_database) as connection:
        ignored.add(connection, "203.0.113.0/24")
    browser = {"Origin": "https://example.com", "User-Agent": BROWSER}
    async with serving(postgres_database) as world, client(world.app, "203.0.113.9") as inside:
        assert (await inside.post("/collect", json={"path": "/"}, headers=browser)).status_code == 204
        assert (await inside.post("/collect", content=b"{", headers=browser)).status_code == 400
        assert (await inside.post("/api/v1/collect", json=world.view(), headers=browser)).status_code == 204
        assert world.log.events == []
        assert (await world.client.post("/collect", json={"path": "/"}, headers=browser)).status_code == 204
        assert [event.path for event in world.log.events] == ["/"]
