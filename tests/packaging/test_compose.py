"""The compose file, against what the command and the workshop know."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from ops import settings
from ops.services.jars import KAFKA_VERSION

COMPOSE: Final = Path(__file__).parents[2] / "docker-compose.yml"
SERVICES: Final[dict[str, dict[str, Any]]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
OURS: Final = {name: service for name, service in SERVICES.items() if service["image"].startswith("footfall:")}
STAYING: Final = {"collect", "api", "work", "schedule"}
STARTED_ONCE: Final = {"migrate", "topics"}
SERVERS: Final = {"kafka", "timescaledb"}


def test_every_part_of_a_cluster_is_there() -> None:
    """Two servers, the preparation, and each kind of process."""
    assert set(SERVICES) == SERVERS | STARTED_ONCE | STAYING
    assert set(OURS) == STARTED_ONCE | STAYING


@pytest.mark.parametrize("name", sorted(OURS))
def test_its_commands_exist(name: str) -> None:
    """What a container runs is a command of this version."""
    footfall = Path(sys.executable).with_name("footfall")
    done = subprocess.run([footfall, *OURS[name]["command"], "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", sorted(OURS))
def test_its_settings_exist(name: str) -> None:
    """Each variable is one that Footfall reads."""
    assert set(OURS[name]["environment"]) - set(settings.variables()) == set()


@pytest.mark.parametrize("name", sorted(SERVERS | STAYING))
def test_what_stays_has_a_health_check(name: str) -> None:
    """The engine can tell a hanging process from a working one."""
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", sorted(STAYING))
def test_it_waits_for_what_it_needs(name: str) -> None:
    """Servers are healthy, schema and topics are there."""
    expected = dict.fromkeys(STARTED_ONCE, "service_completed_successfully") | dict.fromkeys(SERVERS, "service_healthy")
    assert expected == {other: wait["condition"] for other, wait in OURS[name]["depends_on"].items()}


def test_its_versions_are_those_of_the_checkout() -> None:
    """The image is tagged with the project's version, and tests run on the same Kafka."""
    assert {f"footfall:{version('footfall')}"} == {service["image"] for service in OURS.values()}
    assert f"apache/kafka:{KAFKA_VERSION}" == SERVICES["kafka"]["image"]
