"""The record of a background process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ops.services.daemon import RECORD, Daemon, birth
from ops.services.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator

SLEEP = "import time; time.sleep(600)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEP!r}])"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """A daemon that is not started yet and leaves nothing running."""
    daemon = Daemon(name="sleeper", folder=tmp_path)
    yield daemon
    daemon.kill()


def start(daemon: Daemon, script: str) -> int:
    """The pid of the daemon that now runs ``script``."""
    daemon.start([sys.executable, "-c", script], port=1, env=os.environ)
    identity = daemon.identity
    assert identity is not None
    return identity.pid


def test_another_process_with_the_folder_sees_it(daemon: Daemon) -> None:
    """A second object with the same folder finds the process and can end it."""
    pid = start(daemon, SLEEP)
    other = Daemon(name="sleeper", folder=daemon.folder)

    seen = other.identity
    assert (pid, 1) == (None if seen is None else (seen.pid, seen.port))
    os.kill(pid, signal.SIGTERM)
    other.end(signal.SIGTERM, timeout_seconds=0)
    assert daemon.identity is None
    assert birth(pid) is None


def test_a_pid_given_out_again_is_left_alone(daemon: Daemon) -> None:
    """A process that merely has the recorded pid is neither reported nor ended."""
    with subprocess.Popen([sys.executable, "-c", SLEEP]) as stranger:
        record = {"pid": stranger.pid, "birth": "another boot 1", "port": 1, "log_offset": 0}
        (daemon.folder / RECORD).write_text(json.dumps(record), encoding="utf-8")
        try:
            assert daemon.identity is None
            daemon.end(signal.SIGTERM, timeout_seconds=1)
            daemon.kill()
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_deaf_process_is_killed_after_the_time_out(daemon: Daemon) -> None:
    """SIGTERM that is ignored is followed by SIGKILL."""
    pid = start(daemon, DEAF)
    while "deaf" not in daemon.output(since=0):
        assert birth(pid) is not None
    daemon.end(signal.SIGTERM, timeout_seconds=0.2)
    assert birth(pid) is None


def test_kill_takes_the_descendants_along(daemon: Daemon) -> None:
    """SIGKILL leaves no child behind that would hold a port or a data folder."""
    pid = start(daemon, PARENT)
    children = Path(f"/proc/{pid}/task/{pid}/children")
    child = 0
    while not child:
        child = int(children.read_text(encoding="ascii").strip() or 0)
    daemon.kill()
    assert (birth(pid), birth(child)) == (None, None)


def test_a_failure_shows_the_log(daemon: Daemon) -> None:
    """The error of a service that does not come up carries the end of its output."""
    start(daemon, "print('no space left', flush=True); " + SLEEP)
    while "no space" not in daemon.output(since=0):
        assert daemon.identity is not None
    error = daemon.failed("is not ready")
    assert isinstance(error, ServiceError)
    assert "sleeper is not ready" in str(error)
    assert "no space left" in str(error)
