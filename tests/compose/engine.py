"""The container engine of this machine: Docker where it answers, else Podman with a store of its own."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: `docker` or `podman`, whatever else is there.
CHOICE: Final = "FOOTFALL_COMPOSE_ENGINE"
_CONTAINERS: Final = """\
[containers]
default_ulimits = [{limits}]
[engine]
tmp_dir = "{run}/engine"
{engine}
[network]
network_backend = "netavark"
network_config_dir = "{cache}/networks"
"""
_STORAGE: Final = """\
[storage]
driver = "overlay"
graphroot = "{cache}/storage"
runroot = "{run}/storage"
"""
_REGISTRIES: Final = 'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "permissive"\n'
_HYBRID_CGROUPS: Final = Path("/sys/fs/cgroup/unified")
_SYSTEMD: Final = Path("/run/systemd/system")
#: What a build needs of the host to fetch packages: whom it trusts, and how it is told to fetch them.
_CERTIFICATES: Final = Path("/etc/ssl/certs")
_UV: Final = "/etc/uv/uv.toml"
_TRUST: Final = "system-certs = true\n"  # pip does so by itself
_SETTINGS: Final = {
    "/etc/pip.conf": ("/etc/pip.conf", "~/.config/pip/pip.conf", "~/.pip/pip.conf"),
    _UV: (_UV, "~/.config/uv/uv.toml"),
}
_ENOUGH: Final = 20_000
#: What `resource.RLIM_INFINITY`, which is -1, becomes greater than any limit by.
_INFINITE: Final = 1 << 62
_TAIL: Final = 4000


class EngineError(Exception):
    """A command of the engine failed; the message shows the end of what it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """How containers are asked for.

    Attributes:
        name: `docker` or `podman`.
        composer: the command that reads a compose file.
        environment: of both commands.
        standing_in: whether stand-ins may take the place of upstream's images: its store is ours alone.
    """

    name: str
    composer: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    standing_in: bool

    def run(self, *arguments: str | Path, within: float = 120) -> str:
        """Return what a command of the engine prints.

        Raises:
            EngineError: it failed or took longer than `within` seconds.
        """
        return self.execute([self.name, *arguments], within=within)

    def write_log(self, container: str, target: Path) -> None:
        """Write what a container has printed, on both its outputs, to a file."""
        with target.open("wb") as log:
            subprocess.run(
                [self.name, "logs", container],
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )

    def execute(
        self,
        command: Sequence[str | Path],
        *,
        within: float,
        folder: Path | None = None,
        more: Mapping[str, str] | None = None,
    ) -> str:
        """Return what any command prints, in a folder and with more environment.

        Raises:
            EngineError: it failed or took longer than `within` seconds.
        """
        said = f"`{' '.join(map(str, command))}`"
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env={**self.environment, **(more or {})},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=within,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EngineError(f"{said} took longer than {within:.0f} s:\n{error.stdout!r}\n{error.stderr!r}") from error
        if done.returncode != 0:
            raise EngineError(f"{said} ended with {done.returncode}:\n{done.stdout[-_TAIL:]}\n{done.stderr[-_TAIL:]}")
        return done.stdout

    def inspect(self, *containers: str) -> list[dict[str, Any]]:
        """Return all that the engine knows of containers."""
        found: list[dict[str, Any]] = json.loads(self.run("container", "inspect", *containers)) if containers else []
        return found

    def build(self, folder: Path, tag: str, *options: str, within: float = 900) -> None:
        """Build the image of the Dockerfile, or Containerfile, in a folder.

        Raises:
            EngineError: it cannot be built.
        """
        own: tuple[str, ...] = ()
        if self.name == "podman":
            own = ("--network=host", *(f"--ulimit={limit}" for limit in _limits()), *_of_the_host())
        self.run("build", *own, *options, "--tag", tag, folder, within=within)

    def has(self, image: str) -> bool:
        """Whether an image need not be fetched."""
        try:
            self.run("image", "inspect", image)
        except EngineError:
            return False
        return True


def cache() -> Path:
    """What is kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "footfall" / "compose"


def choose() -> Engine | None:
    """The engine that was asked for, else the first that answers; None without any."""
    chosen = os.environ.get(CHOICE)
    makers = {"docker": _docker, "podman": _podman}
    for name in [chosen] if chosen else list(makers):
        engine = makers[name]()
        if engine is not None:
            return engine
    return None


def _docker() -> Engine | None:
    engine = Engine(name="docker", composer=("docker", "compose"), environment=dict(os.environ), standing_in=False)
    try:
        engine.run("info", within=20)
        engine.execute([*engine.composer, "version"], within=20)
    except (EngineError, OSError):
        return None
    return engine


def _podman() -> Engine | None:
    if shutil.which("podman") is None:
        return None
    here = cache()
    root = Path("/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR") or f"/tmp/{os.geteuid()}")  # noqa: S108 - as podman itself
    run = root / "footfall-compose"
    limits = ", ".join(f'"{limit}"' for limit in _limits())
    settings = []
    if _HYBRID_CGROUPS.exists():
        settings.append('runtime = "runc"')  # crun refuses them
    if not _SYSTEMD.exists():
        settings += ['cgroup_manager = "cgroupfs"', 'events_logger = "file"']
    files = {
        "CONTAINERS_CONF": _CONTAINERS.format(limits=limits, run=run, cache=here, engine="\n".join(settings)),
        "CONTAINERS_STORAGE_CONF": _STORAGE.format(run=run, cache=here),
        "CONTAINERS_REGISTRIES_CONF": _REGISTRIES,
    }
    environment = dict(os.environ)
    (here / "networks").mkdir(parents=True, exist_ok=True)  # it may hold CNI's of older runs, which netavark ignores
    for variable, text in files.items():
        path = here / f"{variable.lower().replace('_', '-')}.conf"
        path.write_text(text, encoding="utf-8")
        environment[variable] = str(path)
    composer = (str(Path(sys.executable).with_name("podman-compose")), "--in-pod", "false")
    engine = Engine(name="podman", composer=composer, environment=environment, standing_in=True)
    try:
        engine.run("info", within=60)
    except EngineError:  # as without netavark
        return None
    return engine


def _limits() -> list[str]:
    """No more than this process has itself: Podman's defaults are more, and a machine may refuse to raise them."""
    limits = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
    there = {name: min(_ENOUGH, resource.getrlimit(limit)[0] % _INFINITE) for name, limit in limits.items()}
    return [f"{name}={most}:{most}" for name, most in there.items()]


def _of_the_host() -> list[str]:
    arguments = [f"--volume={_CERTIFICATES}:{_CERTIFICATES}:ro"]
    for target, candidates in _SETTINGS.items():
        there = [path for path in map(Path.expanduser, map(Path, candidates)) if path.is_file()]
        if target == _UV and not there:
            there = [cache() / "uv.toml"]
            there[0].write_text(_TRUST, encoding="utf-8")
        arguments += [f"--volume={path}:{target}:ro" for path in there[:1]]
    return arguments
