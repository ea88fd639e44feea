"""``python -m ops.services up|down|status|during|durable``: the broker and the database that ``make test`` uses."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from ops.services import home, ports, volatile
from ops.services.errors import ServiceError
from ops.services.kafka import Broker
from ops.services.lock import exclusive, shared
from ops.services.shared import shared_broker, shared_timescale
from ops.services.timescale import Timescale

if TYPE_CHECKING:
    from collections.abc import Sequence

EPILOG: Final = f"""\
environment:
  {home.DIRECTORY}             programs, logs and records of processes (~/.cache/footfall/services)
  {home.KAFKA_PORT}      the broker's port (29092; its controller takes the next one)
  {home.TIMESCALE_PORT}  the database's port (25432)

exit status: 0 done, all run; 1 a service could not be had or does not run; with a program, the program's.
What they store is gone when they end: it lies in {volatile.MEMORY} if there is room. A measurement needs what waits
for a disk: `durable` starts a pair of its own.
example: python -m ops.services during -- pytest -m kafka
"""
INTERRUPTED: Final = 130


class Service(Protocol):
    """What the command needs of a service."""

    @property
    def pid(self) -> int | None:
        """Its process, None when it does not run."""

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""

    @property
    def address(self) -> str:
        """What a client connects to."""

    def start(self) -> None:
        """Starts it and waits until it serves; nothing when it runs."""

    def stop(self) -> None:
        """Ends it cleanly; nothing when it does not run."""


def services() -> list[tuple[str, Service]]:
    """The shared services by the variable that points a program at them."""
    return [("KAFKA_BOOTSTRAP_SERVERS", shared_broker()), ("DATABASE_URL", shared_timescale())]


def up(variable: str, service: Service) -> bool:
    """Starts a service, fetching it first where needed; says in one line how that went."""
    began = time.monotonic()
    running = service.pid
    if running is None and ports.taken(service.port):
        print(
            f"{variable}: port {service.port} is taken by another program; `--help` says how to choose", file=sys.stderr
        )
        return False
    try:
        service.start()
    except ServiceError as error:
        print(f"{variable}: {error}", file=sys.stderr)
        return False
    how = "already running" if running else f"started in {time.monotonic() - began:.1f} s"
    print(f"{variable}={service.address}  # pid {service.pid}, {how}")
    return True


def down(variable: str, service: Service) -> bool:
    """Ends exactly the process that was started here, if it still runs."""
    pid = service.pid
    service.stop()
    print(f"{variable}: {'was not running' if pid is None else f'ended pid {pid}'}")
    return True


def status(variable: str, service: Service) -> bool:
    """Tells whether a service runs."""
    pid = service.pid
    if pid is None:
        print(f"{variable}: not running, start it with `make services`")
        return False
    print(f"{variable}={service.address}  # pid {pid}")
    return True


def during(command: Sequence[str]) -> int:
    """Runs ``command`` with both services up, as far as they can be had; ends those that it started itself.

    A service whose variable is set is somebody else's and is left alone, as is one that another ``during`` still uses.
    """
    wanted = [(variable, service) for variable, service in services() if variable not in os.environ]
    with shared(home.directory() / "users") as users:
        with exclusive(home.directory()):
            started = [pair for pair in wanted if pair[1].pid is None and up(*pair)]
        try:
            return subprocess.run(command, check=False).returncode
        except KeyboardInterrupt:
            return INTERRUPTED
        finally:
            if users.last():
                for variable, service in started:
                    down(variable, service)


def own_services(folder: Path) -> list[tuple[str, Service]]:
    """A pair that keeps its data in ``folder``, by the same variables."""
    return [
        ("KAFKA_BOOTSTRAP_SERVERS", Broker(folder / "kafka", measured=True)),
        ("DATABASE_URL", Timescale(folder / "timescale")),
    ]


def durable(command: Sequence[str]) -> int:
    """Runs ``command`` with a pair of its own that waits for the disk, named in its environment.

    A service whose variable is set is used instead; one that cannot be had is left out.
    """
    home.directory().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="durable-", dir=home.directory()) as folder:
        wanted = [pair for pair in own_services(Path(folder)) if pair[0] not in os.environ]
        try:
            started = {variable: service.address for variable, service in wanted if up(variable, service)}
            return subprocess.run(command, check=False, env=os.environ | started).returncode
        except KeyboardInterrupt:
            return INTERRUPTED
        finally:
            for pair in wanted:
                down(*pair)


COMMANDS: Final = {"up": up, "down": down, "status": status}
PROGRAMS: Final = {"during": during, "durable": durable}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command on both services; one that cannot be had does not keep the other from starting."""
    parser = argparse.ArgumentParser(
        prog="python -m ops.services",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=[*COMMANDS, *PROGRAMS])
    parser.add_argument("program", nargs="*", help="during, durable: what to run, after `--`")
    options = parser.parse_args(arguments)
    if options.command in PROGRAMS:
        return PROGRAMS[options.command](options.program)
    command = COMMANDS[options.command]
    with exclusive(home.directory()):
        results = [command(variable, service) for variable, service in services()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
