"""PostgreSQL with TimescaleDB out of Debian's packages, unpacked into a folder and entered by a private namespace."""

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
PACKAGES: Final = ("base-files", "dash", "postgresql-17", "postgresql-17-timescaledb")
# What is mounted inside the namespace vanishes with its last process, whatever way that ends: nothing to clean up.
ENTER: Final = """
mount --rbind /dev "$1/dev"
mount --rbind /proc "$1/proc"
mount --bind "$2" "$1/srv"
root=$1
shift 2
exec chroot "$@"
"""
#: PostgreSQL refuses to be root: root runs it as nobody, everybody else as themselves.
NOBODY: Final = 65534
ALTERNATIVE: Final = "ops/compose/checkout.yml, which tells how; or set DATABASE_URL to a superuser's address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The unpacked packages, and who runs the programs in them."""

    root: Path
    uid: int
    gid: int

    def enter(self, data: Path, argv: Sequence[str]) -> list[str]:
        """The command that runs ``argv`` inside the tree, with ``data`` at ``/srv``.

        The process keeps its pid: signals reach the program itself.
        """
        namespace = ["unshare", "--mount", "--propagation", "private"]
        chroot = [str(self.root)]
        if os.geteuid() == 0:
            chroot = [f"--userspec={self.uid}:{self.gid}", "--groups=", *chroot]
        else:
            namespace += ["--user", "--map-current-user", "--keep-caps"]
        return [*namespace, "sh", "-ec", ENTER, "sh", str(self.root), str(data), *chroot, *argv]


def fetch(cache: Path) -> Tree:
    """The tree; downloads it (100 MB of packages) when ``cache`` does not hold it yet.

    Raises:
        ServiceError: mmdebstrap is missing or failed.
    """
    root = cache / f"timescaledb-{RELEASE}"
    uid, gid = (NOBODY, NOBODY) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    with exclusive(cache):
        if not root.exists():
            partial = cache / f"{root.name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            _unpack(partial)
            for mount_point in ("dev", "proc", "srv"):
                (partial / mount_point).mkdir(exist_ok=True)
            # No maintainer script has run: the one account that the server looks up is made here.
            account = f"postgres:x:{uid}:{gid}::/:/bin/sh\n"
            (partial / "etc" / "passwd").write_text(account, encoding="ascii")
            partial.rename(root)
    return Tree(root=root, uid=uid, gid=gid)


def _unpack(root: Path) -> None:
    tool = shutil.which("mmdebstrap") or _install_mmdebstrap()
    command = [tool, "--quiet", "--mode=chrootless", "--variant=extract", f"--include={','.join(PACKAGES)}"]
    done = subprocess.run([*command, RELEASE, str(root)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(root, ignore_errors=True)
        raise ServiceError(f"mmdebstrap could not fetch TimescaleDB from Debian {RELEASE}:\n{done.stdout}{done.stderr}")


def _install_mmdebstrap() -> str:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise ServiceError(
            f"the Debian package mmdebstrap is missing: `sudo apt-get install mmdebstrap`; instead: {ALTERNATIVE}"
        )
    print("DATABASE_URL: installing the Debian package mmdebstrap with apt-get")
    for arguments in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", "mmdebstrap"]):
        done = subprocess.run([apt, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServiceError(f"`apt-get {' '.join(arguments)}` failed; install mmdebstrap:\n{done.stderr}")
    return shutil.which("mmdebstrap") or "/usr/bin/mmdebstrap"
