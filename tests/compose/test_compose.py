"""The compose file as it is, built and brought up: its one door, what is killed, scaled, stopped and started again.

Docker runs upstream's images. Podman runs what stands in for them where no registry of images is to be had: the same
programs out of Debian's packages and Kafka's jars, older or newer than upstream's, with entry points that do what
upstream's do for the variables that this file sets (`images/*`). There is no Grafana then, only what reads its
provisioning. Nothing here shows certificates by ACME, or several machines.

All in one file, so that one stack serves all tests, in any order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

from tests.faults.load import Load
from tests.faults.outages import accepted
from tests.faults.waiting import until

if TYPE_CHECKING:
    from tests.compose.door import Door
    from tests.compose.stack import Stack

pytestmark = [pytest.mark.compose, pytest.mark.timeout(900)]

PER_SECOND: Final = 200
#: Each kind that may die; the one-shots have ended.
KINDS: Final = ("collect", "api", "work", "schedule", "kafka", "timescaledb", "proxy", "prometheus", "grafana")
SCALED: Final = ("collect", "work")


def test_nothing_but_the_proxy_is_published(stack: Stack) -> None:
    """Other machines reach the proxy; operators on this one also Prometheus and Grafana."""
    services = stack.file["services"]
    published = {name: service["ports"] for name, service in services.items() if service.get("ports")}

    assert {"proxy", "prometheus", "grafana"} == set(published)
    for name in ("prometheus", "grafana"):
        assert all(str(port).startswith("127.0.0.1:") for port in published[name])


def test_visits_are_reported(door: Door) -> None:
    """What is sent through the published port is in the reports that are read through it; forged addresses are not."""
    site = door.installation.create_site("visits.example")

    with Load(door.url, site, per_second=PER_SECOND) as load:
        accepted(load)
        load.stop()

    door.assert_exact(site, load)


def test_inside_is_not_shown(door: Door) -> None:
    """Metrics and health are for the networks inside."""
    statuses = {path: httpx.get(f"{door.url}{path}", timeout=30).status_code for path in ("/metrics", "/health/ready")}

    assert statuses == {"/metrics": 404, "/health/ready": 404}


def test_prometheus_scrapes_everything(prometheus: str) -> None:
    """Every target is up: each kind of process has one."""
    health: dict[str, set[str]] = {}

    def all_up() -> bool:
        targets = _get(f"{prometheus}/api/v1/targets")["data"]["activeTargets"]
        health.clear()
        for target in targets:
            health.setdefault(target["labels"]["job"], set()).add(target["health"])
        return bool(health) and all(states == {"up"} for states in health.values())

    until("all targets are up", all_up, within=120)
    rules = _get(f"{prometheus}/api/v1/rules")["data"]["groups"]
    assert all(rule["health"] in {"ok", "unknown"} for group in rules for rule in group["rules"])
    assert rules


def test_grafana_is_provisioned(grafana: str) -> None:
    """It has dashboards, and asks Prometheus."""
    assert _get(f"{grafana}/api/health")["database"] == "ok"


def test_kills(stack: Stack, door: Door) -> None:
    """SIGKILL of one container of each kind under load: all come back, and each visit that was accepted is counted."""
    site = door.installation.create_site("kills.example")

    with Load(door.url, site, per_second=PER_SECOND) as load:
        for kind in KINDS:
            accepted(load)
            stack.kill(kind)
        accepted(load)
        load.stop()

    door.assert_exact(site, load)


def test_scaled(stack: Stack, door: Door) -> None:
    """Two collectors and two workers under load, who refuse nobody once both are there, and one of each again."""
    site = door.installation.create_site("scaled.example")

    with Load(door.url, site, per_second=PER_SECOND) as load:
        accepted(load)
        for service in SCALED:
            stack.scale(service, 2)
        stack.wait_healthy()
        accepted(load)
        before = load.answers.copy()
        accepted(load)
        counted = {service: len(stack.containers(service)) for service in SCALED}
        answers = load.answers - before
        for service in SCALED:
            stack.scale(service, 1)
        accepted(load)
        load.stop()

    assert dict.fromkeys(SCALED, 2) == counted
    assert answers.keys() == {"202"}, answers
    door.assert_exact(site, load)


def test_stopped_and_started(stack: Stack, door: Door) -> None:
    """All containers are removed and made anew while the volumes stay: nothing is missing, and it goes on."""
    site = door.installation.create_site("again.example")
    with Load(door.url, site, per_second=PER_SECOND) as load:
        accepted(load)
        load.stop()

        stack.down()
        assert not stack.containers()
        stack.up()
        stack.wait_healthy()
    door.assert_exact(site, load)

    with Load(door.url, other := door.installation.create_site("onwards.example"), per_second=PER_SECOND) as more:
        accepted(more)
        more.stop()
    door.assert_exact(other, more)


def _get(url: str) -> dict[str, Any]:
    answer = httpx.get(url, timeout=30)
    answer.raise_for_status()
    read: dict[str, Any] = answer.json()
    return read
