"""Load over HTTP from a process of its own: wrk where it is installed, else `benches.tools.client`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

_SCRIPT: Final = Path(__file__).with_name("wrk.lua")
#: Seconds that a load may take beyond those it was asked for.
_GRACE: Final = 30


class Load(NamedTuple):
    """What came of a load."""

    answered: int
    wrong: int  #: of these, answers other than 2xx, and connections that failed
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds


def generator() -> str:
    """Return the name of what makes a closed-loop load here."""
    return "wrk" if shutil.which("wrk") else "a client in Python"


def drive(port: int, requests: Path, *, connections: int, seconds: int) -> Load:
    """Send requests as fast as they are answered.

    Raises:
        RuntimeError: some answers were wrong.
    """
    if wrk := shutil.which("wrk"):
        url = f"http://127.0.0.1:{port}"
        command = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={_GRACE}s", "-s", str(_SCRIPT), url]
        return _run(command, seconds, {**os.environ, "REQUESTS": str(requests)})
    return _run(_client(port, requests, connections=connections, seconds=seconds), seconds)


def pace(port: int, requests: Path, *, rate: int, connections: int, seconds: int) -> subprocess.Popen[str]:
    """Begin to send `rate` requests a second, however long the answers take; `paced` waits for the end."""
    command = [*_client(port, requests, connections=connections, seconds=seconds), "--rate", str(rate)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def paced(load: subprocess.Popen[str], *, seconds: float) -> Load:
    """Return what came of a load that `pace` began.

    Raises:
        RuntimeError: some answers were wrong.
        subprocess.TimeoutExpired: it does not end.
    """
    try:
        printed, _ = load.communicate(timeout=seconds + _GRACE)
    except subprocess.TimeoutExpired:
        load.kill()
        load.wait()
        raise
    return _checked(printed)


def _client(port: int, requests: Path, *, connections: int, seconds: int) -> list[str]:
    options = {"port": port, "requests": requests, "connections": connections, "seconds": seconds}
    return [
        sys.executable,
        "-m",
        "benches.tools.client",
        *(text for name, value in options.items() for text in (f"--{name}", str(value))),
    ]


def _run(command: list[str], seconds: int, environment: dict[str, str] | None = None) -> Load:
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=seconds + _GRACE
    )
    return _checked(done.stdout)


def _checked(printed: str) -> Load:
    load = Load(**json.loads(printed.splitlines()[-1]))
    if load.wrong:
        raise RuntimeError(f"{load.wrong} of {load.answered} answers were not 2xx")
    return load
