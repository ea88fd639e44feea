"""What every process serves, and how requests are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from api.app import create_app
from core.errors import Unavailable
from core.spans import DAY
from ops.clock import SystemClock
from tests.api.world import World, serving
from tests.clocks import SetClock
from tests.measurements import Measurements

if TYPE_CHECKING:
    from core.telemetry import CounterName


class Labelled(Measurements):
    """Measurements that remember the labels of counters."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: list[tuple[str, dict[str, str]]] = []

    def add(self, name: CounterName, amount: float = 1, **labels: str) -> None:
        """Raise a counter."""
        super().add(name, amount)
        self.labels.append((name, labels))


async def test_health(world: World) -> None:
    """200 with the documented body, without an envelope."""
    response = await world.client.get("/health")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "db": "connected", "version": "0.1.0"}


async def test_health_without_a_database(world: World, postgres_dsn: str) -> None:
    """503 with the documented body once the database is away; collect goes on with what it knows."""
    assert (await world.collect(world.view())).status_code == 202
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        name = world.dsn.rpartition("/")[2].partition("?")[0]
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    response = await world.client.get("/health")
    assert (response.status_code, response.json()) == (503, {"status": "degraded", "db": "disconnected"})
    assert (await world.collect(world.view())).status_code == 202
    listed = await world.client.get("/api/v1/websites", headers={"X-API-KEY": world.user_key})
    assert (listed.status_code, listed.json()["error"]["code"]) == (503, "UNAVAILABLE")
    assert "retry-after" in listed.headers


async def test_health_of_a_collector(postgres_database: str, postgres_dsn: str) -> None:
    """Without its database a collector goes on and says so; without its log, or with a wrong clock, it is degraded."""
    clock = SetClock(SystemClock().now_ms())
    async with serving(postgres_database, clock=clock, reports=False) as world:

        async def health() -> tuple[int, dict[str, str]]:
            response = await world.client.get("/health")
            return response.status_code, response.json()

        assert (await world.client.get("/")).status_code == 404
        ok = {"status": "ok", "db": "connected", "version": "0.1.0"}
        assert await health() == (200, ok)
        world.log.failure = Unavailable("Kafka is away")
        assert await health() == (503, {"status": "degraded", "db": "connected"})
        world.log.failure = None
        with psycopg.connect(postgres_dsn, autocommit=True) as admin:
            name = world.dsn.rpartition("/")[2].partition("?")[0]
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert await health() == (200, ok | {"db": "disconnected"})
        clock.now += 2 * DAY  # no salt of that day can be had now, and late in the evening the next day's is there
        assert await health() == (503, {"status": "degraded", "db": "disconnected"})


async def test_metrics(world: World) -> None:
    """What we are given to show is shown as Prometheus reads it."""
    response = await world.client.get("/metrics")
    assert (response.status_code, response.content) == (200, b"footfall_up 1\n")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


async def test_requests_are_measured_by_route(postgres_database: str) -> None:
    """Routes, methods and statuses become labels; paths and methods that clients make up do not."""
    labelled = Labelled()
    async with serving(postgres_database, telemetry=labelled) as world:
        await world.collect(world.view())
        await world.collect(b"")
        await world.client.get("/health")
        await world.client.get("/api/v1/websites")
        await world.client.get("/made/up/5")
        await world.client.request("MAKEUP", "/made/up/6")
    measured = [
        (labels["route"], labels["method"], labels["status"])
        for name, labels in labelled.labels
        if name == "footfall_http_requests_total"
    ]
    assert measured == [
        ("/api/v1/collect", "POST", "202"),
        ("/api/v1/collect", "POST", "400"),
        ("/health", "GET", "200"),
        ("/api/v1/websites", "GET", "401"),
        ("unmatched", "GET", "404"),
        ("unmatched", "other", "404"),
    ]
    assert labelled.gauges["footfall_http_requests_in_progress"] == 0
    dropped = [labels for name, labels in labelled.labels if name == "footfall_events_dropped_total"]
    assert dropped == [{"reason": "invalid"}]


async def test_a_bug_is_answered_in_the_envelope(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error is a 500 that says nothing about itself."""

    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("storage.sites.of_account", fail)
    response = await world.client.get("/api/v1/websites", headers={"X-API-KEY": world.user_key})
    assert (response.status_code, response.json()["error"]["code"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in response.text


def test_a_role_is_needed() -> None:
    """A process without a role is a mistake in the wiring."""

    async def nothing() -> bytes:
        return b""

    with pytest.raises(ValueError, match="role"):
        create_app(telemetry=Measurements(), clock=SystemClock(), exposition=nothing)
