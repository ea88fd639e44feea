"""Footfall's own commands as real processes, and a client of its reports."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from ops.services import ports
from tests.commands import footfall

FOOTFALL = Path(sys.executable).with_name("footfall")
#: What a child takes over from our environment: nothing of an installation on this machine.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "JAVA_HOME")


def free_port() -> int:
    """Return a TCP port of loopback that nobody listens on now."""
    return ports.free()


def environment(**settings: str) -> dict[str, str]:
    """Return a clean environment with only these settings of ours."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | settings


@dataclass(kw_only=True)
class Process:
    """One `footfall` command with its log in a file."""

    arguments: list[str]
    environment: dict[str, str]
    log: Path
    popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the command; its log file is appended to."""
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [str(FOOTFALL), *self.arguments], env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    @property
    def running(self) -> subprocess.Popen[bytes]:
        """The process; an error if it was never started."""
        if self.popen is None:
            message = f"{self.arguments} was not started"
            raise RuntimeError(message)
        return self.popen

    def stop(self, within: float = 30) -> int:
        """SIGTERM; return the exit status, or fail after `within` seconds."""
        self.running.send_signal(signal.SIGTERM)
        try:
            return self.running.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            message = f"{self.arguments} did not end on SIGTERM:\n{self.tail()}"
            raise AssertionError(message) from None

    def kill(self) -> None:
        """SIGKILL and reap."""
        self.running.kill()
        self.running.wait()

    def tail(self, lines: int = 40) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def wait_for(self, url: str, within: float = 60) -> None:
        """Wait until `url` answers 200; fail with the log if the process ends or the time is up."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if self.running.poll() is not None:
                break
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(url, timeout=2).status_code == 200:
                    return
            time.sleep(0.05)
        message = f"{self.arguments} is not ready at {url}:\n{self.tail()}"
        raise AssertionError(message)


def command(*arguments: str, env: dict[str, str], within: float = 120) -> str:
    """Run one `footfall` command to its end and return what it printed; fail with its output if it fails."""
    done = subprocess.run(
        [str(FOOTFALL), *arguments], env=env, capture_output=True, text=True, timeout=within, check=False
    )
    if done.returncode:
        message = f"{arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        raise AssertionError(message)
    return done.stdout


def prepare(env: dict[str, str]) -> None:
    """Migrate a cluster's database and create its topic."""
    for arguments in (("migrate",), ("topics", "create")):
        done = footfall(*arguments, **env)
        assert done.returncode == 0, done.stderr


def key_of_an_admin(*arguments: str, env: dict[str, str]) -> str:
    """Return a new key of an admin of TinyTrail's API."""
    made = footfall("keys", "create", "--api", "tinytrail", "--role", "admin", "--json", *arguments, **env)
    assert made.returncode == 0, made.stderr
    key: str = json.loads(made.stdout)["key"]
    return key


@dataclass(kw_only=True)
class Installation:
    """A running Footfall: where it collects, where it reports, an admin's key, and the token of its metrics."""

    collect_url: str
    api_url: str
    key: str
    token: str = ""
    processes: dict[str, Process] = field(default_factory=dict)

    def create_site(self, domain: str, **fields: object) -> str:
        """Make a site and return its UUID."""
        answer = httpx.post(
            f"{self.api_url}/api/v1/websites", json={"domain": domain, **fields}, headers={"X-API-KEY": self.key}
        )
        assert answer.status_code == 201, answer.text
        site: str = answer.json()["data"]["id"]
        return site

    def report(self, name: str, site: str, **parameters: str) -> dict[str, Any]:
        """Return a report's data."""
        answer = httpx.get(
            f"{self.api_url}/api/v1/reports/{name}",
            params={"website_id": site, **parameters},
            headers={"X-API-KEY": self.key},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data

    def metrics(self) -> str:
        """Return what the collector shows Prometheus."""
        answer = httpx.get(
            f"{self.collect_url}/metrics", headers={"Authorization": f"Bearer {self.token or self.key}"}, timeout=5
        )
        assert answer.status_code == 200, answer.text
        return answer.text

    def aggregate(self, day: str) -> None:
        """Roll a UTC day of all sites up."""
        answer = httpx.post(
            f"{self.api_url}/api/v1/admin/aggregate", json={"date": day}, headers={"X-API-KEY": self.key}, timeout=60
        )
        assert answer.status_code == 200, answer.text

    def stop(self) -> None:
        """End every process; the first that does not end fails."""
        for process in self.processes.values():
            if process.popen is not None and process.popen.poll() is None:
                process.stop()


def single_node(folder: Path, **settings: str) -> Installation:
    """Start `footfall serve` on a fresh data folder and wait until it is ready."""
    port = free_port()
    data = folder / "data"
    token = secrets.token_urlsafe(32)
    env = environment(**{"FOOTFALL_RATE_LIMITS": "off", "FOOTFALL_METRICS_TOKEN": token} | settings)
    serve = Process(
        arguments=["serve", "--port", str(port), "--data", str(data)], environment=env, log=folder / "serve.log"
    )
    url = f"http://127.0.0.1:{port}"
    with contextlib.ExitStack() as begun:
        serve.start()
        begun.callback(serve.stop)
        serve.wait_for(f"{url}/health", within=150)
        key = key_of_an_admin("--data", str(data), env=env)
        begun.pop_all()
    return Installation(collect_url=url, api_url=url, key=key, token=token, processes={"serve": serve})


def cluster(folder: Path, *, bootstrap: str, dsn: str, workers: int = 1, **settings: str) -> Installation:
    """Start collector, workers, scheduler and API on an empty database and a topic of their own."""
    collect_port, api_port = free_port(), free_port()
    token = secrets.token_urlsafe(32)
    env = environment(
        KAFKA_BOOTSTRAP_SERVERS=bootstrap,
        DATABASE_URL=dsn,
        FOOTFALL_TOPIC_GENERATION=str(secrets.randbelow(1 << 30) + 1_000),  # a topic and group of its own
        FOOTFALL_RATE_LIMITS="off",
        FOOTFALL_BROKER_SESSION_TIMEOUT="6",
        FOOTFALL_METRICS_TOKEN=token,
        **settings,
    )
    prepare(env)
    key = key_of_an_admin(env=env)
    processes = {
        "collect": Process(
            arguments=["collect", "--port", str(collect_port)], environment=env, log=folder / "collect.log"
        ),
        "schedule": Process(
            arguments=["schedule"],
            environment=env | {"FOOTFALL_METRICS_PORT": str(free_port())},
            log=folder / "schedule.log",
        ),
        "api": Process(arguments=["api", "--port", str(api_port)], environment=env, log=folder / "api.log"),
    }
    for number in range(1, workers + 1):
        processes[f"work{number}"] = Process(
            arguments=["work"],
            environment=env | {"FOOTFALL_METRICS_PORT": str(free_port())},
            log=folder / f"work{number}.log",
        )
    collect_url, api_url = f"http://127.0.0.1:{collect_port}", f"http://127.0.0.1:{api_port}"
    with contextlib.ExitStack() as begun:
        for process in processes.values():
            process.start()
            begun.callback(process.kill)
        processes["collect"].wait_for(f"{collect_url}/health", within=120)
        processes["api"].wait_for(f"{api_url}/health", within=120)
        begun.pop_all()
    return Installation(collect_url=collect_url, api_url=api_url, key=key, token=token, processes=processes)
