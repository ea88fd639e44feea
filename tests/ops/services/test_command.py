"""``python -m ops.services``, with small stand-ins for the programs it starts."""

from __future__ import annotations

import os
import signal
import socket
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from ops.services import __main__ as command
from ops.services import home, ports
from ops.services.daemon import Daemon
from ops.services.errors import ServiceError
from ops.services.lock import shared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
VARIABLE = "FOOTFALL_TEST_ADDRESS"


@dataclass
class Sleeper:
    """A service whose process only sleeps."""

    daemon: Daemon
    port: int = field(default_factory=ports.free)
    broken: bool = False

    @property
    def pid(self) -> int | None:
        """Its process."""
        identity = self.daemon.identity
        return None if identity is None else identity.pid

    @property
    def address(self) -> str:
        """What a client would connect to."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it, unless it is broken or runs."""
        if self.broken:
            raise ServiceError("the cellar is flooded")
        if self.pid is None:
            self.daemon.start(SLEEP, port=self.port, env=os.environ)

    def stop(self) -> None:
        """Ends it."""
        self.daemon.end(signal.SIGTERM, timeout_seconds=10)


@pytest.fixture
def sleeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sleeper]:
    """The only service that the command knows, not started."""
    sleeper = Sleeper(Daemon(name="sleeper", folder=tmp_path / "sleeper"))
    monkeypatch.setenv(home.DIRECTORY, str(tmp_path))
    monkeypatch.setattr(command, "services", lambda: [(VARIABLE, sleeper)])
    yield sleeper
    sleeper.daemon.kill()


def test_up_twice_keeps_the_process(sleeper: Sleeper, capsys: pytest.CaptureFixture[str]) -> None:
    """The second `up` finds the first one's process and says so."""
    assert command.main(["up"]) == 0
    first = sleeper.pid
    assert command.main(["up"]) == 0
    assert first == sleeper.pid
    assert f"{VARIABLE}={sleeper.address}  # pid {first}, already running" in capsys.readouterr().out


def test_up_replaces_a_killed_process(sleeper: Sleeper) -> None:
    """After SIGKILL `status` tells and `up` starts another one."""
    command.main(["up"])
    first = sleeper.pid
    sleeper.daemon.kill()
    assert command.main(["status"]) == 1
    assert command.main(["up"]) == 0
    assert command.main(["status"]) == 0
    assert sleeper.pid not in {None, first}


def test_down_twice_is_fine(sleeper: Sleeper) -> None:
    """`down` ends what runs, and has nothing to do the second time."""
    command.main(["up"])
    assert command.main(["down"]) == 0
    assert sleeper.pid is None
    assert command.main(["down"]) == 0


def test_a_service_that_cannot_be_had_is_told(sleeper: Sleeper, capsys: pytest.CaptureFixture[str]) -> None:
    """`up` ends with status 1 and the reason."""
    sleeper.broken = True
    assert command.main(["up"]) == 1
    assert "the cellar is flooded" in capsys.readouterr().err


def test_a_taken_port_is_told(sleeper: Sleeper, capsys: pytest.CaptureFixture[str]) -> None:
    """`up` does not start beside another program on its port."""
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", sleeper.port))
        stranger.listen()
        assert command.main(["up"]) == 1
    assert f"port {sleeper.port} is taken" in capsys.readouterr().err
    assert sleeper.pid is None


def test_during_ends_what_it_started(sleeper: Sleeper) -> None:
    """The program finds the service, its status is passed on, and afterwards nothing runs."""
    record = str(sleeper.daemon.folder / "process.json")
    looks = [sys.executable, "-c", f"import os, sys; sys.exit(7 if os.path.exists({record!r}) else 8)"]
    assert command.main(["during", "--", *looks]) == 7
    assert sleeper.pid is None


def test_during_leaves_what_ran_before(sleeper: Sleeper) -> None:
    """A service that `up` started outlives a `during`."""
    command.main(["up"])
    assert command.main(["during", "--", "true"]) == 0
    assert sleeper.pid is not None


def test_during_leaves_what_another_one_uses(sleeper: Sleeper) -> None:
    """The first of two that run at the same time does not take the service from the second."""
    with shared(home.directory() / "users"):
        assert command.main(["during", "--", "true"]) == 0
        assert sleeper.pid is not None


def test_durable_is_a_pair_of_its_own(sleeper: Sleeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program finds its address in the environment; the shared service is not asked; afterwards nothing is left."""
    folders: list[Path] = []

    def own(folder: Path) -> list[tuple[str, Sleeper]]:
        folders.append(folder)
        return [(VARIABLE, Sleeper(Daemon(name="own", folder=folder / "own"), port=7))]

    monkeypatch.setattr(command, "own_services", own)
    looks = [sys.executable, "-c", f"import os, sys; sys.exit(os.environ[{VARIABLE!r}] != '127.0.0.1:7')"]
    assert command.main(["durable", "--", *looks]) == 0
    assert sleeper.pid is None
    (folder,) = folders
    assert folder.parent == tmp_path
    assert not folder.exists()


def test_during_leaves_a_service_of_somebody_else(sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment names an address, none is started."""
    monkeypatch.setenv(VARIABLE, "elsewhere:1")
    assert command.main(["during", "--", "true"]) == 0
    assert not sleeper.daemon.folder.exists()
