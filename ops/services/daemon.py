"""One background process that outlives the Python process which started it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

from ops.services.errors import ServiceError

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence

RECORD: Final = "process.json"
POLL_SECONDS: Final = 0.05
KILL_SECONDS: Final = 20.0
LOG_TAIL_CHARACTERS: Final = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which process it is, beyond doubt: pids are given out again, a pid with its birth is not.

    Attributes:
        pid: process id.
        birth: the kernel's boot id and the clock ticks from that boot to the start of the process.
        port: the TCP port it was told to listen on.
        log_offset: bytes of the log that were there before it started.
    """

    pid: int
    birth: str
    port: int
    log_offset: int


def birth(pid: int) -> str | None:
    """When ``pid`` started (see :class:`Identity`); None when it is gone or has nothing left to run."""
    process = Path(f"/proc/{pid}")
    try:
        stat = (process / "stat").read_text(encoding="utf-8", errors="replace")
        threads = len(list((process / "task").iterdir()))
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *numbers = stat.rpartition(")")[2].split()
    # The first thread of a dying process is a zombie while the others still hold its ports and files.
    if state == "Z" and threads <= 1:
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot} {numbers[18]}"


def recorded(folder: Path) -> Identity | None:
    """The running process of the daemon that lives in ``folder``, or None."""
    try:
        identity = Identity(**json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    return identity if birth(identity.pid) == identity.birth else None


class Daemon:
    """Starts, recognises and ends one process by the record in its folder.

    Any Python process that is given the same folder sees the same daemon.
    """

    def __init__(self, *, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.log = folder / "log"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def identity(self) -> Identity | None:
        """The running process, or None."""
        running = recorded(self.folder)
        if self._child is not None:
            self._child.poll()  # a dead child stays a zombie until its parent has asked
        return running

    def start(self, argv: Sequence[str | Path], *, port: int, env: Mapping[str, str]) -> None:
        """Starts ``argv`` in a session of its own, its output appended to the log.

        Raises:
            ServiceError: it ended at once.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            offset = log.tell()
            self._child = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(env),
                start_new_session=True,
            )
        born = birth(self._child.pid)
        if born is None:
            raise self.failed("ended at once", since=offset)
        identity = Identity(pid=self._child.pid, birth=born, port=port, log_offset=offset)
        fresh = self.folder / f"{RECORD}.new"
        fresh.write_text(json.dumps(asdict(identity)), encoding="utf-8")
        fresh.replace(self.folder / RECORD)

    def output(self, *, since: int) -> str:
        """The log from byte ``since`` on."""
        with self.log.open("rb") as log:
            log.seek(since)
            return log.read().decode(errors="replace")

    def failed(self, what: str, *, since: int = 0) -> ServiceError:
        """An error that shows the end of the log."""
        tail = self.output(since=since)[-LOG_TAIL_CHARACTERS:]
        return ServiceError(f"{self.name} {what}; the end of {self.log}:\n{tail}")

    def end(self, how: signal.Signals, *, timeout_seconds: float) -> None:
        """Asks the process to end by signal ``how`` and waits; kills it when it has not after the time-out."""
        identity = self.identity
        if identity is None:
            return
        os.kill(identity.pid, how)
        if not self._gone(timeout_seconds):
            self.kill()
        (self.folder / RECORD).unlink(missing_ok=True)

    def kill(self) -> None:
        """SIGKILL to the process and all its descendants, as a power failure would; returns when they are gone.

        Raises:
            ServiceError: it survived.
        """
        identity = self.identity
        if identity is None:
            return
        process = psutil.Process(identity.pid)
        victims = [process, *process.children(recursive=True)]
        for victim in victims:
            if victim.is_running():
                victim.kill()
        psutil.wait_procs(victims[1:], timeout=KILL_SECONDS)
        if not self._gone(KILL_SECONDS):
            raise ServiceError(f"{self.name} (pid {identity.pid}) survived SIGKILL")

    def _gone(self, timeout_seconds: float) -> bool:
        deadline = time.monotonic() + timeout_seconds
        while self.identity is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True
