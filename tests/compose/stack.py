"""The whole compose file, brought up under a project name of its own on free ports, and taken away without a trace."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import yaml

from tests.compose.engine import EngineError, cache
from tests.faults.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.compose.engine import Engine

ROOT: Final = Path(__file__).parents[2]
#: What an operator has beside the compose file.
BESIDE: Final = ("docker-compose.yml", ".env.example", "ops/compose", "ops/prometheus", "ops/grafana")
_PROJECT: Final = "com.docker.compose.project"
_SERVICE: Final = "com.docker.compose.service"
_READY: Final = 420.0
_BACK: Final = 180.0
#: How long the restart policy has before what was killed is started by hand.
_POLICY: Final = 20.0
#: Between two looks at containers that start.
_PAUSE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What the engine says of a container.

    Attributes:
        pid: of its first process on the host, 0 when it does not run.
        exit_code: of its last end.
        checked: whether it has a health check.
        health: what Docker's own checks said last; empty for Podman, whose checks nothing triggers here.
    """

    id: str
    name: str
    service: str
    pid: int
    running: bool
    exit_code: int
    checked: bool
    health: str

    @classmethod
    def of(cls, found: dict[str, Any]) -> Self:
        """Read it from what `inspect` shows."""
        state, config = found["State"], found["Config"]
        return cls(
            id=found["Id"],
            name=found["Name"].removeprefix("/"),
            service=config["Labels"][_SERVICE],
            pid=state["Pid"],
            running=bool(state["Running"]),
            exit_code=state["ExitCode"],
            checked=bool(config.get("Healthcheck")),
            health=(state.get("Health") or {}).get("Status", ""),
        )


@dataclass(kw_only=True)
class Stack:
    """The compose file at work.

    Attributes:
        folder: where the file and what belongs to it were copied to.
        project: in the name of all that is made.
        settings: what the environment sets in the file.
    """

    engine: Engine
    folder: Path
    project: str
    settings: dict[str, str]

    def __post_init__(self) -> None:
        for part in BESIDE:
            source, target = ROOT / part, self.folder / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)
        (self.folder / "geo").mkdir()
        shutil.copy(self.folder / ".env.example", self.folder / ".env")
        self.engine.execute(["sh", "ops/compose/secrets.sh", "secrets"], within=60, folder=self.folder)

    @property
    def file(self) -> dict[str, Any]:
        """The compose file."""
        read: dict[str, Any] = yaml.safe_load((self.folder / "docker-compose.yml").read_text(encoding="utf-8"))
        return read

    def upstream(self) -> list[str]:
        """The images that are not built here."""
        images = {service["image"] for service in self.file["services"].values()}
        return sorted(image for image in images if "FOOTFALL_IMAGE" not in image)

    def compose(self, *arguments: str, within: float = 600) -> str:
        """Return what a compose command prints.

        Raises:
            EngineError: it failed or took longer than `within` seconds.
        """
        command = [*self.engine.composer, "--project-name", self.project, *arguments]
        return self.engine.execute(command, within=within, folder=self.folder, more=self.settings)

    def up(self, *arguments: str) -> None:
        """Create and start what does not run.

        Podman starts all at once: else it ran the one-shots whenever what depends on them starts. So every process has
        to wait for what it needs by itself.
        """
        order = ("--no-deps",) if self.engine.name == "podman" else ()
        if self.engine.name == "podman" and os.geteuid() == 0 and not self.containers():
            self.compose("up", "--no-start", "--no-build", *order, *arguments)
            self._make_bridges()
        self.compose("up", "--detach", "--no-build", *order, *arguments)

    def _make_bridges(self) -> None:
        """Make the networks' bridges before the engine does, with hardware addresses of their own.

        Else a bridge takes the lowest one of what is connected to it, and a new one when that container goes: all
        others lose what they send to it, be it a question for a name or an answer from a published port, until they ask
        for its address again after some 100 seconds. Of netavark's own bridges it is so before 1.9
        (github.com/containers/netavark/pull/833).
        """
        names = self.engine.run("network", "ls", "--quiet", "--filter", f"label={_PROJECT}={self.project}").split()
        for network in json.loads(self.engine.run("network", "inspect", *names)):
            bridge = network["network_interface"]
            if Path("/sys/class/net", bridge).exists():
                continue
            (subnet,) = network["subnets"]
            address = f"{subnet['gateway']}/{ip_network(subnet['subnet']).prefixlen}"
            own = f"02:{secrets.token_bytes(5).hex(':')}"
            for command in (
                ("link", "add", bridge, "address", own, "type", "bridge"),
                ("address", "add", address, "dev", bridge),
                ("link", "set", bridge, "up"),
            ):
                self.engine.execute(["ip", *command], within=20)

    def scale(self, service: str, number: int) -> None:
        """Have so many containers of a service; those that there were stay."""
        there = self.containers(service)
        for container in sorted(there, key=lambda each: each.name)[number:]:
            self.engine.run("stop", container.id)
            self.engine.run("rm", container.id)
        if len(there) < number:
            self.up("--no-recreate", "--scale", f"{service}={number}", service)

    def down(self) -> None:
        """Stop and remove the containers; the volumes stay."""
        self.compose("down", "--remove-orphans")

    def containers(self, *services: str) -> list[Container]:
        """The project's containers, those of some services only where any is named."""
        ids = self.engine.run("ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={_PROJECT}={self.project}")
        found = map(Container.of, self.engine.inspect(*ids.split()))
        return [container for container in found if not services or container.service in services]

    def healthy(self, container: Container) -> bool:
        """Whether it does what it is for: a health check says so, or it has ended well."""
        if not container.running:
            return container.service in self.one_shots() and container.exit_code == 0
        if not container.checked:
            return container.service not in self.one_shots()
        if container.health and self.engine.name == "docker":
            return container.health == "healthy"
        try:
            self.engine.run("healthcheck", "run", container.id, within=60)
        except EngineError:
            return False
        return True

    def one_shots(self) -> set[str]:
        """The services that end once they are done."""
        waits = [service.get("depends_on", {}) for service in self.file["services"].values()]
        return {
            name
            for waited in waits
            for name, how in waited.items()
            if how["condition"] == "service_completed_successfully"
        }

    def unhealthy(self, containers: Sequence[Container]) -> list[Container]:
        """Those of some containers that do not do what they are for, all asked at one time."""
        with ThreadPoolExecutor() as pool:
            return [each for each, good in zip(containers, pool.map(self.healthy, containers), strict=True) if not good]

    def wait_healthy(self, within: float = _READY) -> float:
        """Return after how many seconds every container is healthy."""
        waiting: list[Container] = []

        def reached() -> bool:
            there = {each.id: each for each in self.containers()}
            # One that is not healthy is enough to wait for: to ask takes of the processors that all are starting on.
            while waiting and (waiting[0].id not in there or self.healthy(there[waiting[0].id])):
                del waiting[0]
            if not waiting:
                waiting[:] = self.unhealthy(list(there.values()))
            return not waiting and bool(there)

        try:
            return until("every container is healthy", reached, within=within, meanwhile=partial(time.sleep, _PAUSE))
        except AssertionError as error:
            names = sorted(each.name for each in self.unhealthy(self.containers()))
            raise AssertionError(f"{error}: {names}") from None

    def kill(self, service: str) -> bool:
        """SIGKILL one container of a service, and return when one runs in its place.

        Returns:
            Whether the restart policy brought it back; else it was started by hand.
        """
        victim = self.containers(service)[0]
        if os.geteuid() == 0:
            os.kill(victim.pid, signal.SIGKILL)  # as a crash: the engine did not ask for it
        else:
            self.engine.run("kill", victim.id)
        by_policy = _within(_POLICY, lambda: self._lives_again(victim))
        if not by_policy:
            self.engine.run("start", victim.id)
        until(f"{service} is healthy again", lambda: self._is_back(victim), within=_BACK)
        return by_policy

    def execute(self, service: str, *command: str, within: float = 120) -> str:
        """Return what a command prints in a container of a service."""
        return self.engine.run("exec", self.containers(service)[0].id, *command, within=within)

    @property
    def logs(self) -> Path:
        """Where what the containers have printed is kept, also when they are gone."""
        return cache() / "logs" / self.project

    def save_logs(self) -> None:
        """Write what each container has printed to a file of its name."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for container in self.containers():
            self.engine.write_log(container.id, self.logs / f"{container.name}.log")

    def remove(self) -> None:
        """Remove everything of the project's name: containers, networks, volumes."""
        mine = f"label={_PROJECT}={self.project}"
        # Podman knows which containers need which, and has to be told to take those, too.
        with_others = ("--depend", "--time=0") if self.engine.name == "podman" else ()
        for kind, listing, removal in (
            ("container", ("--all",), ("--force", "--volumes", *with_others)),
            ("network", (), ()),
            ("volume", (), ("--force",)),
        ):
            until(
                f"no {kind} of {self.project} is left", partial(self._removed, kind, listing, removal, mine), within=60
            )

    def _removed(self, kind: str, listing: Sequence[str], removal: Sequence[str], mine: str) -> bool:
        names = self.engine.run(kind, "ls", "--quiet", *listing, "--filter", mine).split()
        if names:
            with suppress(EngineError):  # one that went with another is missing now
                self.engine.run(kind, "rm", *removal, *names)
        elif kind == "volume" and self.engine.standing_in:
            self.engine.run("volume", "prune", "--force")  # those without a name, in a store that is ours
        return not names

    def _again(self, victim: Container) -> Container | None:
        return next((each for each in self.containers(victim.service) if each.id == victim.id), None)

    def _lives_again(self, victim: Container) -> bool:
        now = self._again(victim)
        return now is not None and now.running and now.pid not in {0, victim.pid}

    def _is_back(self, victim: Container) -> bool:
        now = self._again(victim)
        return now is not None and now.running and self.healthy(now)


def _within(seconds: float, reached: Callable[[], bool]) -> bool:
    try:
        until("", reached, within=seconds)
    except AssertionError:
        return False
    return True
