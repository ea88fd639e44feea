"""The compose file and what belongs to it, read only: against its specification, the settings and the checkout."""

from __future__ import annotations

import json
import re
import stat
import subprocess
from importlib.metadata import version
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs
import pytest
import yaml
from typer.main import get_command

from api.app import HOT_ROUTES
from ops import settings
from ops.cli.app import app
from ops.services.jars import KAFKA_VERSION
from ops.settings import Settings
from tracker.builds import DIALECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final = ROOT / "docker-compose.yml"
FILES: Final = (COMPOSE, ROOT / "ops/compose/tls.yml", ROOT / "ops/compose/checkout.yml")
FILE: Final[dict[str, Any]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
SERVICES: Final[dict[str, dict[str, Any]]] = FILE["services"]
OURS: Final = {name: service for name, service in SERVICES.items() if "footfall" in service["image"]}
STAYING: Final = {"collect", "api", "work", "schedule"}
STARTED_ONCE: Final = {"migrate", "topics"}
SERVERS: Final = {"kafka", "timescaledb"}
AROUND: Final = {"proxy", "prometheus", "grafana"}
#: Settings that the file leaves to nobody.
DECIDED: Final = {
    "FOOTFALL_DATA": "a cluster has no such folder",
    "FOOTFALL_DISK_RESERVE": "same",
    "FOOTFALL_PORT": "the proxy's: inside each process has a machine of its own",
    "FOOTFALL_METRICS_PORT": "same",
}
#: Variables that Compose itself reads.
OF_COMPOSE: Final = {"COMPOSE_FILE"}
#: From github.com/compose-spec/compose-spec, schema/compose-spec.json, Apache-2.0.
SCHEMA: Final = jsonschema_rs.validator_for(json.loads((ROOT / "tests/compose/compose-spec.json").read_text()))
_VARIABLE: Final = re.compile(r"\$\{([A-Z_]+)(?::([-?])([^}]*))?\}")
_LINE: Final = re.compile(r"#?([A-Z][A-Z_]+)=(.*)")


def example() -> dict[str, str]:
    """The variables of .env.example with the values that hold without them."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := _LINE.fullmatch(line))}


def variables() -> Iterator[tuple[str, str]]:
    """Each variable in the files, as often as it is there, with what stands in for it."""
    for file in FILES:
        for line in file.read_text(encoding="utf-8").splitlines():
            for found in _VARIABLE.finditer(line.partition(" # ")[0]):
                yield found[1], found[3] or "" if found[2] == "-" else ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_follows_the_specification(file: Path) -> None:
    """The JSON schema of the compose specification takes it."""
    problems = SCHEMA.iter_errors(yaml.safe_load(file.read_text(encoding="utf-8")))
    assert [f"{'/'.join(map(str, problem.instance_path))}: {problem.message}" for problem in problems] == []


def test_every_part_of_a_cluster_is_there() -> None:
    """Servers, the preparation, each kind of process, and what stands around them."""
    assert set(SERVICES) == SERVERS | STARTED_ONCE | STAYING | AROUND
    assert set(OURS) == STARTED_ONCE | STAYING


@pytest.mark.parametrize("name", sorted(OURS))
def test_its_commands_exist(name: str) -> None:
    """What a container runs is a command of this version."""
    command: Any = get_command(app)
    for word in OURS[name]["command"]:
        assert word in command.commands
        command = command.commands[word]


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_setting_is_let_through_or_decided(name: str) -> None:
    """A new setting is offered to operators, or the reason why not is written down."""
    given = OURS[name]["environment"]
    secret = {variable for variable in settings.secrets() if f"{variable}_FILE" in given}
    plain = {variable for variable in given if variable.removesuffix("_FILE") not in secret}
    assert plain | secret | set(DECIDED) == set(settings.variables())


def test_every_variable_is_in_the_example() -> None:
    """What the files read of the environment is what .env.example has, once each, with the value that holds without."""
    expected = dict(variables())
    assert expected | dict.fromkeys(OF_COMPOSE, "docker-compose.yml") == {
        name: value if expected.get(name) or name in OF_COMPOSE else "" for name, value in example().items()
    }
    assert len(set(variables())) == len(expected), "one variable, two defaults"


def test_the_example_shows_the_defaults() -> None:
    """Where the file decides nothing, Footfall's own default holds: the example shows that one."""
    defaults = {row["name"]: row["default"] for row in settings.rows(settings.load())}
    undecided = {name for name, given in variables() if not given and name in defaults and name in example()}
    assert undecided
    assert {name: str(defaults[name]) for name in undecided} == {name: example()[name] for name in undecided}


def test_the_example_explains_each_line() -> None:
    """Above each variable is a sentence, or another variable that it is explained with."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    bare = [line for above, line in pairwise(lines) if _LINE.fullmatch(line) and not above.startswith("#")]
    assert bare == []
    assert [line for line in lines if line and not line.startswith("#")] == [], "a copy changes nothing"


@pytest.mark.parametrize("name", sorted(SERVERS | STAYING | AROUND))
def test_what_stays_has_a_health_check(name: str) -> None:
    """The engine can tell a hanging process from a working one, and starts again what ends."""
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(STAYING))
def test_it_waits_for_what_it_needs(name: str) -> None:
    """Servers are healthy, schema and topics are there."""
    expected = dict.fromkeys(STARTED_ONCE, "service_completed_successfully") | dict.fromkeys(SERVERS, "service_healthy")
    assert expected == {other: wait["condition"] for other, wait in OURS[name]["depends_on"].items()}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_it_is_confined(name: str) -> None:
    """No container is root's, writes to its image, has a right too many, or takes the whole machine."""
    service = SERVICES[name]
    user, group = service["user"].split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"memory", "cpus", "pids"}
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert re.search(r":v?\d+\.\d+\.\d+", service["image"]), "a version"


def test_only_the_proxy_is_reached_from_outside() -> None:
    """All other ports are this machine's own, and the proxy's address is the one that is believed."""
    published = {name: port for name, service in SERVICES.items() for port in service.get("ports", [])}
    assert {name for name, port in published.items() if not port.startswith("127.0.0.1:")} == {"proxy"}
    address = SERVICES["proxy"]["networks"]["edge"]["ipv4_address"]
    for service in OURS.values():
        trusted = service["environment"]["FOOTFALL_TRUSTED_PROXIES"]
        assert trusted == f"{address},{SERVICES['proxy']['environment']['FOOTFALL_OUTER_PROXIES']}"
    reached = {name for name, service in SERVICES.items() if "edge" in service["networks"]}
    assert reached == {"proxy", "collect", "api"}


def test_every_address_that_is_given_out_can_be_had() -> None:
    """Whoever is started next gets neither the proxy's address nor the network's own, its gateway's, its broadcast's.

    Docker leaves those out by itself. Podman gives out a range to its last address, be it the broadcast's, over which
    nobody is reached.
    """
    given = example()
    subnet = ip_network(given["FOOTFALL_EDGE_SUBNET"])
    out = ip_network(given["FOOTFALL_EDGE_RANGE"])
    taken = {ip_address(given["FOOTFALL_PROXY_ADDRESS"]), subnet[0], subnet[1], subnet.broadcast_address}
    assert set(out) < set(subnet)
    assert taken & set(out) == set()


def test_the_proxy_knows_the_routes_of_collectors() -> None:
    """Every route that takes events in, and every script, is led to them; nothing else is."""
    text = (ROOT / "ops/compose/Caddyfile").read_text(encoding="utf-8")
    exact = re.findall(r"@events path (.+)", text)[0].split()
    (pattern,) = re.findall(r"path_regexp (\S+)", text)
    hot = {route.path for route in HOT_ROUTES if route.pattern is None}
    assert hot | {"/js/*"} | {f"/{name}" for name in DIALECTS} == set(exact)
    patterned = [route.path.format(site_id=7) for route in HOT_ROUTES if route.pattern is not None]
    assert [path for path in patterned if re.fullmatch(pattern, path)] == patterned != []


def test_secrets_are_files_that_one_command_makes(tmp_path: Path) -> None:
    """`make secrets` makes each that is asked for, random, and leaves alone what is there."""
    assert {name: {"file": f"./secrets/{name}"} for name in FILE["secrets"]} == FILE["secrets"]
    folder = tmp_path / "secrets"
    made = []
    for _ in range(2):
        subprocess.run(["sh", ROOT / "ops/compose/secrets.sh", folder], check=True, capture_output=True)
        made.append({file.name: file.read_text() for file in folder.iterdir()})
    first, second = made
    assert first == second
    assert set(FILE["secrets"]) == set(first)
    # Those of a bucket and of a mail server are somebody else's to give.
    random = [text for name, text in first.items() if name not in {"archive_secret_key", "smtp_password"}]
    assert len(set(random)) == len(random)
    assert {len(text) for text in random} == {64}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in first} <= {0o444, 0o644}


def test_no_secret_is_in_the_environment() -> None:
    """Whatever is secret is handed over as a file."""
    hidden = {
        (name, variable)
        for name, service in SERVICES.items()
        for variable in service.get("environment", {})
        if re.search("PASSWORD|SECRET|TOKEN", variable) and not variable.endswith("_FILE")
    }
    assert hidden == set()


def test_its_versions_are_those_of_the_checkout() -> None:
    """The image is tagged with the project's version, and tests run on the same Kafka."""
    release = version("footfall")
    assert {f"${{FOOTFALL_IMAGE:-footfall:{release}}}"} == {service["image"] for service in OURS.values()}
    assert f'image.version="{release}"' in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert f"apache/kafka:{KAFKA_VERSION}" == SERVICES["kafka"]["image"]


def test_it_can_be_stopped_within_its_time() -> None:
    """Requests in progress end before the engine loses its patience."""
    grace = Settings.model_fields["shutdown_grace"].default
    assert {service["stop_grace_period"] for service in OURS.values()} == {"30s"}
    assert grace < 30
