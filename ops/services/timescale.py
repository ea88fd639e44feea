"""A real TimescaleDB: PostgreSQL with the extension, on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Final

import psycopg

from ops.services import debian, ports, volatile
from ops.services.daemon import POLL_SECONDS, Daemon
from ops.services.home import cache_directory

if TYPE_CHECKING:
    from pathlib import Path

BIN: Final = "/usr/lib/postgresql/17/bin"
ROLE: Final = "footfall"
READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
ENVIRONMENT: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
SETTINGS: Final = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "shared_preload_libraries=timescaledb",
    "timescaledb.telemetry_level=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "max_connections=200",
)


class Timescale:
    """A database cluster that lives in ``directory``; it is there again after every restart, unless it is fleeting.

    Args:
        directory: its own folder: data, log and the record of its process.
        port: where clients connect on 127.0.0.1; a free one when None.
        fleeting: begins empty at each start and keeps its data in memory, where there is room; waits for no disk.
    """

    def __init__(self, directory: Path, port: int | None = None, *, fleeting: bool = False) -> None:
        self.directory = directory
        self.fleeting = fleeting
        self.port = port or ports.free()
        self._daemon = Daemon(name="TimescaleDB", folder=directory)

    @property
    def dsn(self) -> str:
        """Superuser access to the maintenance database of the cluster."""
        return f"postgresql://{ROLE}@127.0.0.1:{self.port}/postgres"

    @property
    def address(self) -> str:
        """What a client connects to: :attr:`dsn`."""
        return self.dsn

    @property
    def pid(self) -> int | None:
        """The postmaster's process, None when it does not run."""
        identity = self._daemon.identity
        return None if identity is None else identity.pid

    def start(self, *, ready_seconds: float = READY_SECONDS) -> None:
        """Starts it, over the data that are there, and waits until it answers; nothing when it runs.

        Raises:
            ServiceError: it cannot be had here or does not come up; the message says why.
        """
        if self.pid is None:
            tree = debian.fetch(cache_directory())
            data = self._cluster(tree)
            chosen = [*SETTINGS, *(volatile.POSTGRES if self.fleeting else ()), f"port={self.port}"]
            settings = [part for setting in chosen for part in ("-c", setting)]
            argv = tree.enter(data, [f"{BIN}/postgres", "-D", "/srv", *settings])
            self._daemon.start(argv, port=self.port, env=ENVIRONMENT)
        self.wait_ready(ready_seconds)

    def wait_ready(self, timeout_seconds: float = READY_SECONDS) -> None:
        """Returns when it answers queries.

        Raises:
            ServiceError: it ended or took longer than the time-out.
        """
        deadline = time.monotonic() + timeout_seconds
        offset = 0
        while (identity := self._daemon.identity) is not None:
            offset = identity.log_offset
            try:
                psycopg.connect(self.dsn, connect_timeout=2).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    what = f"does not answer after {timeout_seconds:.0f} s"
                    raise self._daemon.failed(what, since=offset) from error
            else:
                return
            time.sleep(POLL_SECONDS)
        raise self._daemon.failed("ended while starting", since=offset)

    def stop(self) -> None:
        """A clean end that does not wait for clients (SIGINT)."""
        self._daemon.end(signal.SIGINT, timeout_seconds=STOP_SECONDS)
        if self.fleeting:
            volatile.clear(self.directory / volatile.NAME)

    def kill(self) -> None:
        """SIGKILL to the postmaster and all its backends; returns when they are gone."""
        self._daemon.kill()

    def _cluster(self, tree: debian.Tree) -> Path:
        data = volatile.renew(self.directory / volatile.NAME) if self.fleeting else self.directory / "data"
        if (data / "PG_VERSION").exists():
            return data
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chown(data, tree.uid, tree.gid)  # a no-op for all but root
        arguments = ["-D", "/srv", "-U", ROLE, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(
            tree.enter(data, [f"{BIN}/initdb", *arguments]),
            capture_output=True,
            text=True,
            check=False,
            env=ENVIRONMENT,
        )
        self._daemon.log.write_text(done.stdout + done.stderr, encoding="utf-8")
        if done.returncode != 0:
            raise self._daemon.failed(f"cannot make its data folder (instead: {debian.ALTERNATIVE})")
        return data
