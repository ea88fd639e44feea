"""A single node to be injured: its supervisor mends everything but itself."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psutil

from storage.embedded import EmbeddedPostgres
from tests.faults.waiting import is_healthy, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.end_to_end.processes import Installation, Process

_READY: Final = 90.0


@dataclass(kw_only=True)
class Node:
    """The processes of `footfall serve`."""

    installation: Installation
    data: Path

    @property
    def dsn(self) -> str:
        """The database's address."""
        return EmbeddedPostgres(self.data).dsn

    @property
    def supervisor(self) -> Process:
        """The process that was started."""
        return self.installation.processes["serve"]

    def kinds(self) -> dict[str, Callable[[], None]]:
        """What kills one of each kind; only a supervisor needs somebody to start it again."""
        return {
            "supervisor": self._kill_supervisor,
            "http": lambda: self.find("http").kill(),
            "engine": lambda: self.find("engine").kill(),
            "postgres": lambda: self.find("postgres").kill(),
        }

    def find(self, name: str) -> psutil.Process:
        """Return the child of that name, waiting until there is one."""
        found: list[psutil.Process] = []

        def there() -> bool:
            found[:] = self._children(name)
            return bool(found)

        until(f"{name} runs", there, within=_READY)
        return found[0]

    def pids(self) -> dict[str, int]:
        """The processes by number: another number is another process."""
        return {name: self.find(name).pid for name in ("http", "engine", "postgres")}

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Stop a child and all its own for as long as the block lasts; whoever talks to it hears nothing."""
        child = self.find(name)
        stopped = [child, *child.children(recursive=True)]
        for process in stopped:
            process.suspend()
        try:
            yield
        finally:
            for process in stopped:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()

    def memory(self) -> dict[str, int]:
        """Resident bytes of each of our processes."""
        return {name: self.find(name).memory_info().rss for name in ("http", "engine")}

    def recover(self) -> float:
        """Return when it takes events and answers reports, and how long that took."""
        return until("the node is ready", self._is_ready, within=_READY)

    def _is_ready(self) -> bool:
        assert self.supervisor.running.poll() is None, self.supervisor.tail()
        return is_healthy(self.installation.api_url)

    def _children(self, name: str) -> list[psutil.Process]:
        found = []
        for child in psutil.Process(self.supervisor.running.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                command = child.cmdline()
                if name in command or (command and command[0].endswith(f"/bin/{name}")):
                    found.append(child)
        return found

    def _kill_supervisor(self) -> None:
        self.supervisor.kill()
        self.supervisor.start()
