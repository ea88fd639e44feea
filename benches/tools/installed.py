"""Installations of Footfall's own commands that live for one bench, each with one site."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from benches.tools.requests import TRUSTED
from tests.databases import fresh_database
from tests.end_to_end import processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.accounts import Api
    from tests.end_to_end.processes import Installation


class Services(NamedTuple):
    """A broker and a database that run."""

    bootstrap: str
    dsn: str  #: a superuser's


def services() -> Services | None:
    """Return the services of the environment; None without. Those of `make services` wait for no disk."""
    bootstrap, dsn = os.environ.get("KAFKA_BOOTSTRAP_SERVERS"), os.environ.get("DATABASE_URL")
    return Services(bootstrap, dsn) if bootstrap and dsn else None


@contextmanager
def single_node() -> Iterator[Installation]:
    """`footfall serve` on an empty folder."""
    with _folder() as folder, ExitStack() as stack:
        installation = processes.single_node(folder, **TRUSTED)
        stack.callback(_end, installation)
        yield installation


@contextmanager
def cluster(running: Services, *, workers: int = 1) -> Iterator[Installation]:
    """`footfall collect`, `work`, `schedule` and `api` on an empty database and topic."""
    with _folder() as folder, fresh_database(running.dsn) as dsn, ExitStack() as stack:
        installation = processes.cluster(folder, bootstrap=running.bootstrap, dsn=dsn, workers=workers, **TRUSTED)
        stack.callback(_end, installation)
        yield installation


def key(installation: Installation, api: Api) -> str:
    """Return a new key of an admin, for another API than TinyTrail's."""
    running = next(iter(installation.processes.values()))
    folder = running.arguments[running.arguments.index("--data") :][:2] if "--data" in running.arguments else []
    arguments = ["keys", "create", *folder, "--api", api, "--role", "admin", "--json"]
    made: str = json.loads(processes.command(*arguments, env=running.environment))["key"]
    return made


def port_of(url: str) -> int:
    """Return the port of an installation's address."""
    port = urlsplit(url).port
    if port is None:
        raise ValueError(f"no port in {url}")
    return port


def _end(installation: Installation) -> None:
    """End every process, one that hangs by force, so that none is left whatever happens."""
    try:
        installation.stop()
    finally:
        for process in installation.processes.values():
            if process.running.poll() is None:
                process.kill()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="footfall-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
