"""Package clients: they know the registry, the proxy and the certificates that this machine uses."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from core.errors import NotFound, Unavailable
from ops.geo.sources import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ops.geo.sources import Package

_LOOK_SECONDS: Final = 0.2
#: Lines of a client's complaint that are shown: the first ones say what is wrong, the others what that led to.
_LINES: Final = 5
_PIP: Final = ("install", "--no-deps", "--only-binary", ":all:")
_NPM: Final = ("install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def has_client(registry: Registry) -> bool:
    """Whether this machine can ask the registry."""
    return _client(registry) is not None


def install(registry: Registry, package: Package, folder: Path, *, progress: Callable[[int], None]) -> None:
    """Unpack a package below the folder. Nothing of it is run.

    Args:
        registry: where to ask for it.
        package: its newest version is taken.
        folder: is filled; it must be empty.
        progress: told now and then how many bytes are there.

    Raises:
        NotFound: there is no client for this registry.
        Unavailable: the client could not get it; its own words are in the message.
    """
    client = _client(registry)
    if client is None:
        needed = "npm" if registry is Registry.NPM else "pip or uv"
        raise NotFound(f"{package} is on {registry}: install {needed}, or name another package with --package")
    target = "--prefix" if registry is Registry.NPM else "--target"
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - the user's own client, no shell
            [*client, target, str(folder), package.value],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            while process.poll() is None:
                progress(_size(folder))
                time.sleep(_LOOK_SECONDS)
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            said.seek(0)
            words = _complaint(said.read().decode(errors="replace"))
            raise Unavailable(f"{registry} does not give {package}; is this machine online?\n{words}")


def _client(registry: Registry) -> list[str] | None:
    """The command that installs, without package and target; None without a client."""
    if registry is Registry.NPM:
        npm = shutil.which("npm")
        return [npm, *_NPM, "--fetch-retries=1"] if npm else None
    patience = ("--retries", "1", "--disable-pip-version-check", "--no-input", "--no-compile")
    if pip := shutil.which("pip3") or shutil.which("pip"):
        return [pip, *_PIP, *patience]
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", *_PIP, *patience]
    uv = shutil.which("uv")
    return [uv, "pip", *_PIP, "--python", sys.executable] if uv else None


def _complaint(said: str) -> str:
    """What the client says is wrong, else its last words."""
    lines = said.strip().splitlines()
    errors = [line for line in lines if "error" in line.lower()]
    return "\n".join(f"  {line}" for line in errors[:_LINES] or lines[-_LINES:])


def _size(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        try:
            size += path.stat().st_size if path.is_file() else 0
        except OSError:  # moved on by the client meanwhile
            continue
    return size
