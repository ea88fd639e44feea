"""A cluster to be injured. The test is its supervisor: what has ended is started again."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import psutil
import psycopg

from core.errors import Unavailable
from streams.kafka import topics
from streams.kafka.ends import ends
from tests.end_to_end.processes import Process, free_port
from tests.faults.waiting import is_healthy, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ops.services.kafka import Broker
    from ops.services.timescale import Timescale
    from tests.end_to_end.processes import Installation

WORKERS: Final = ("work1", "work2")
#: The group misses a killed worker for 6 s; kills closer to one another would keep it rebalancing.
_BETWEEN_WORKERS: Final = 9.0
_READY: Final = 90.0
_CATCH_UP: Final = 120.0


@dataclass(kw_only=True)
class Cluster:
    """Processes, broker and database."""

    installation: Installation
    broker: Broker
    database: Timescale
    ended: list[str] = field(default_factory=list)  #: processes that ended by themselves, with their status
    _worker_killed: float = 0.0
    _turn: int = 0

    @property
    def processes(self) -> dict[str, Process]:
        """The processes by name."""
        return self.installation.processes

    @property
    def dsn(self) -> str:
        """The database's address."""
        return self.database.dsn

    @contextlib.contextmanager
    def joined_by(self, like: str, *, port: int | None = None) -> Iterator[Process]:
        """One more process beside the one named `like`, from here to the end of the block; `port` is its HTTP's."""
        first, name = self.processes[like], f"{like}-more"
        process = Process(
            arguments=first.arguments if port is None else [first.arguments[0], "--port", str(port)],
            environment=first.environment | {"FOOTFALL_METRICS_PORT": str(free_port())},
            log=first.log.with_name(f"{name}.log"),
        )
        process.start()
        self.processes[name] = process
        try:
            yield process
        finally:
            del self.processes[name]
            process.stop()

    def kinds(self) -> dict[str, Callable[[], None]]:
        """What kills, and starts again at once, one of each kind."""
        return {
            "collector": lambda: self._kill("collect"),
            "worker": self._kill_worker,
            "scheduler": lambda: self._kill("schedule"),
            "broker": self._kill_broker,
            "database": self._kill_database,
        }

    def may_kill_worker(self) -> bool:
        """Whether the group has had time to miss the last one."""
        return time.monotonic() - self._worker_killed > _BETWEEN_WORKERS

    def tend(self) -> None:
        """Start again what has ended by itself."""
        for name, process in self.processes.items():
            status = process.running.poll()
            if status is not None:
                self.ended.append(f"{name}: {status}")
                process.start()

    def restore(self) -> None:
        """Return when every part serves."""
        self.broker.start()
        self.database.start()
        self.tend()
        for url in (self.installation.collect_url, self.installation.api_url):
            until(f"{url} is ready", partial(is_healthy, url), within=_READY, meanwhile=self.tend)

    def catch_up(self) -> float:
        """Return when the store has applied all that the log holds, and how long that took."""
        return until("everything in the log is applied", self.has_caught_up, within=_CATCH_UP, meanwhile=self.tend)

    def has_caught_up(self) -> bool:
        """Whether the store has applied all that the log holds."""
        try:
            topic = topics.current(self.broker.bootstrap)
            found = ends(self.broker.bootstrap, topic)
            with psycopg.connect(self.dsn) as connection:
                rows = connection.execute("SELECT partition, next FROM positions WHERE log = %s", [topic.name])
                stored: dict[int, int] = dict(rows.fetchall())
        except (Unavailable, psycopg.OperationalError):
            return False
        return all(stored.get(number, 0) == where.end for number, where in found.items())

    def position(self) -> int:
        """How many messages were ever applied."""
        with psycopg.connect(self.dsn) as connection:
            return int(connection.execute("SELECT coalesce(sum(next), 0) FROM positions").fetchall()[0][0])

    def gauge(self, name: str) -> float:
        """A gauge of the collector without labels."""
        (line,) = (line for line in self.installation.metrics().splitlines() if line.startswith(f"{name} "))
        return float(line.split()[1])

    def assignments(self, name: str) -> int:
        """How often the worker was given partitions, by its log."""
        return self.processes[name].log.read_text(errors="replace").count("own partitions [")

    def pids(self) -> dict[str, int]:
        """The processes by number: another number is another process."""
        return {name: process.running.pid for name, process in self.processes.items() if process.running.poll() is None}

    def memory(self) -> dict[str, int]:
        """Resident bytes of each process."""
        return {name: psutil.Process(process.running.pid).memory_info().rss for name, process in self.processes.items()}

    def _kill(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].start()

    def _kill_worker(self) -> None:
        # In turn: over many kills each of them has been the older one.
        name = WORKERS[self._turn]
        self._turn = 1 - self._turn
        self._worker_killed = time.monotonic()
        self._kill(name)

    def _kill_broker(self) -> None:
        self.broker.kill()
        self.broker.start()

    def _kill_database(self) -> None:
        self.database.kill()
        self.database.start()
