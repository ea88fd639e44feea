"""A process of ours that is kept alive: started, watched, started again after a pause, ended in order."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_log = logging.getLogger(__name__)

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
#: Seconds after which a process counts as well and its next crash is again its first.
_WELL_AFTER: Final = 60.0


@dataclass(kw_only=True)
class Child:
    """One process `python -m ops.node NAME`.

    Its standard input is a pipe that only we hold: when we end, however, it reads the end of it and ends too. It says
    that it is ready by a line on another pipe.
    """

    name: str
    environment: Mapping[str, str]
    arguments: tuple[str, ...] = ()
    descriptors: tuple[int, ...] = ()  #: inherited under the same numbers
    _process: subprocess.Popen[bytes] | None = None
    _ready: int = field(default=-1, repr=False)
    _pause: float = _FIRST_PAUSE
    _started: float = 0.0
    _due: float = 0.0

    def start(self) -> None:
        """Start the process; do not wait for it."""
        self._ready, ready = os.pipe()
        command = [sys.executable, "-P", "-m", "ops.node", self.name, "--ready", str(ready), *self.arguments]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                command,
                stdin=subprocess.PIPE,
                env=dict(self.environment),
                pass_fds=(*self.descriptors, ready),
                start_new_session=True,  # a Ctrl-C at the terminal is ours to pass on, in order
            )
        finally:
            os.close(ready)
        self._started = time.monotonic()
        self._due = 0.0

    def wait_ready(self, *, patience: float, given_up: Callable[[], bool]) -> None:
        """Return when the process says that it is ready.

        Raises:
            Unavailable: it ended instead, or did not say so in time, or the start was given up.
        """
        deadline = time.monotonic() + patience
        with selectors.DefaultSelector() as selector:
            selector.register(self._ready, selectors.EVENT_READ)
            while not selector.select(0.1):
                if given_up():
                    raise Unavailable(f"the start of {self.name} was given up")
                if time.monotonic() > deadline:
                    raise Unavailable(f"{self.name} is not ready after {patience:.0f} s; see its log")
        said = os.read(self._ready, 16)
        os.close(self._ready)
        self._ready = -1
        if not said:
            raise Unavailable(f"{self.name} ended before it was ready; see its log")

    def tend(self) -> None:
        """Start the process again if it has ended and its pause is over. Returns at once."""
        now = time.monotonic()
        if self._process is None:
            return
        if self._due:
            if now >= self._due:
                _log.info("starting %s again", self.name)
                self._forget()
                self.start()
            return
        status = self._process.poll()
        if status is None:
            return
        if now - self._started > _WELL_AFTER:
            self._pause = _FIRST_PAUSE
        _log.error("%s ended with status %d; starting it again in %.1f s", self.name, status, self._pause)
        self._due = now + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def stop(self, *, patience: float) -> None:
        """Ask the process to end, and end it if it has not done so in time. Returns when it has ended."""
        if self._process is None:
            return
        for how, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 10.0)):
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
                break
            _log.warning("%s did not end within %.0f s", self.name, seconds)
        self._forget()

    def _forget(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        if self._ready >= 0:
            os.close(self._ready)
            self._ready = -1
        self._process = None
