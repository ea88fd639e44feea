"""What every process serves, and how requests are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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


#: Seconds that a request waits for a database that is away; in service half a minute.
PATIENCE: Final = 5


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


async def test_health_without_a_database(postgres_database: str, postgres_dsn: str) -> None:
    """503 with the documented body once the database is away; collect goes on with what it knows."""
    async with serving(postgres_database, patience=PATIENCE) as world:
        assert (await world.collect(world.view())).status_code == 202
        _take_away(postgres_dsn, world)
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
        _take_away(postgres_dsn, world)
        assert await health() == (200, ok | {"db": "disconnected"})
        clock.now += 2 * DAY  # no salt of that day can be had now, and late in the evening the next day's is there
        assert await health() == (503, {"status": "degraded", "db": "disconnected"})


@pytest.mark.parametrize("reports", [True, False])
@pytest.mark.parametrize("token", ["", "t" * 32])
async def test_metrics(postgres_database: str, *, reports: bool, token: str) -> None:
    """Shown as Prometheus reads it to who has the token or the key of an admin, in each kind of process."""
    async with serving(postgres_database, reports=reports, metrics_token=token) as world:

        async def ask(**headers: str) -> tuple[int, bytes]:
            response = await world.client.get("/metrics", headers=headers)
            if response.status_code == 200:
                assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
            elif response.status_code == 401:
                assert response.headers["www-authenticate"] == 'Bearer realm="metrics"'
                assert "FOOTFALL_METRICS_TOKEN" in response.text
                assert "TinyTrail admin" in response.text
            return response.status_code, response.content if response.status_code == 200 else b""

        shown = 200, b"footfall_up 1\n"
        assert await ask() == (401, b"")
        assert await ask(Authorization="Bearer wrong") == (401, b"")
        assert await ask(Authorization="Bearer " + "t" * 32) == (shown if token else (401, b""))
        assert await ask(Authorization=f"Bearer {world.user_key}") == (403, b"")
        assert await ask(Authorization=f"Bearer {world.admin_key}") == shown
        assert await ask(**{"X-API-KEY": world.admin_key}) == shown


async def test_the_token_opens_the_metrics_without_a_database(postgres_database: str, postgres_dsn: str) -> None:
    """When nothing else can be asked, they are needed most."""
    async with serving(postgres_database, metrics_token="t" * 32) as world:
        _take_away(postgres_dsn, world)
        shown = await world.client.get("/metrics", headers={"Authorization": "Bearer " + "t" * 32})
        assert (shown.status_code, shown.content) == (200, b"footfall_up 1\n")


@pytest.mark.parametrize("reports", [True, False])
async def test_liveness_and_readiness(postgres_database: str, postgres_dsn: str, *, reports: bool) -> None:
    """A process turns whatever is away; who answers reports needs the database, who takes events in the log."""
    ok: tuple[int, dict[str, str]] = 200, {"status": "ok"}

    def degraded(reason: str) -> tuple[int, dict[str, str]]:
        return 503, {"status": "degraded", "reason": reason}

    async with serving(postgres_database, reports=reports) as world:

        async def ask() -> list[tuple[int, dict[str, str]]]:
            answers = [await world.client.get(f"/health/{what}") for what in ("live", "ready")]
            return [(answer.status_code, answer.json()) for answer in answers]

        assert await ask() == [ok, ok]
        world.log.failure = Unavailable("Kafka is away")
        assert await ask() == [ok, degraded("Kafka is away")]
        world.log.failure = None
        _take_away(postgres_dsn, world)
        assert await ask() == [ok, degraded("the database does not answer") if reports else ok]


def _name(world: World) -> str:
    return world.dsn.rpartition("/")[2].partition("?")[0]


def _take_away(postgres_dsn: str, world: World) -> None:
    """End all connections to the database and allow no new ones."""
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{_name(world)}" ALLOW_CONNECTIONS false'.encode())
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [_name(world)])


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
