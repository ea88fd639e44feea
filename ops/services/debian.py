"""A small Debian tree with PostgreSQL and TimescaleDB, entered by a private mount namespace."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ops.services.errors import ServiceError
from ops.services.lock import exclusive

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RELEASE: Final = "trixie"
PACKAGES: Final = ("postgresql-17", "postgresql-17-timescaledb")
# What is mounted inside the namespace vanishes with its last process, whatever way that ends: nothing to clean up.
ENTER: Final = """
mount --rbind /dev "$1/dev"
mount --rbind /proc "$1/proc"
mount --bind "$2" "$1/srv"
root=$1 user=$3
shift 3
exec chroot --userspec="$user" --groups= "$root" "$@"
"""
ALTERNATIVE: Final = "or point KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL at running servers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The tree and the account in it that the database server runs as."""

    root: Path
    uid: int
    gid: int

    def enter(self, data: Path, argv: Sequence[str]) -> list[str]:
        """The command that runs ``argv`` inside the tree as its postgres account, with ``data`` at ``/srv``.

        The process keeps its pid: signals reach the program itself.
        """
        namespace = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", ENTER, "sh"]
        return [*namespace, str(self.root), str(data), f"{self.uid}:{self.gid}", *argv]


def fetch(cache: Path) -> Tree:
    """The tree; makes it (100 MB of packages) when ``cache`` does not hold it yet.

    Raises:
        ServiceError: it takes root, or mmdebstrap failed.
    """
    if os.geteuid() != 0:
        raise ServiceError(
            "TimescaleDB is started in a chroot, which takes root: run `sudo make services` once, "
            f"`docker compose up -d kafka timescaledb`, {ALTERNATIVE}"
        )
    root = cache / f"debian-{RELEASE}"
    with exclusive(cache):
        if not root.exists():
            partial = cache / f"{root.name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            _make(partial)
            partial.rename(root)
    fields = next(line.split(":") for line in _accounts(root) if line.startswith("postgres:"))
    return Tree(root=root, uid=int(fields[2]), gid=int(fields[3]))


def _accounts(root: Path) -> list[str]:
    return (root / "etc" / "passwd").read_text(encoding="utf-8").splitlines()


def _make(root: Path) -> None:
    tool = shutil.which("mmdebstrap") or _install_mmdebstrap()
    include = f"--include={','.join(PACKAGES)}"
    command = [tool, "--quiet", "--variant=minbase", include, RELEASE, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(root, ignore_errors=True)
        raise ServiceError(f"mmdebstrap could not make the {RELEASE} tree:\n{done.stdout}{done.stderr}")


def _install_mmdebstrap() -> str:
    apt = shutil.which("apt-get")
    if apt is None:
        raise ServiceError(
            f"mmdebstrap is missing and this is no Debian: `docker compose up -d kafka timescaledb`, {ALTERNATIVE}"
        )
    print("timescaledb  installing the Debian package mmdebstrap with apt-get")
    for arguments in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", "mmdebstrap"]):
        done = subprocess.run([apt, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServiceError(f"`apt-get {' '.join(arguments)}` failed; install mmdebstrap:\n{done.stderr}")
    return shutil.which("mmdebstrap") or "/usr/bin/mmdebstrap"
