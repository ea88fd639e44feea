"""Many events a request: Tinylytics' batches of 1,000 hits beside the same events in TinyTrail's arrays of 32.

Through `footfall serve`, where an answer means that the rows are committed, and with services through `footfall
collect` before a real broker, where it means that they are in the log. The load is wrk on one thread, sharing the
machine.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx

from benches.tools import installed, load, requests
from benches.tools.figures import Spread
from benches.tools.processors import shares, spent
from core.accounts import Api
from tests.end_to_end.processes import Process, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.end_to_end.processes import Installation

ROWS: Final = 1_000
ARRAY: Final = 32
#: Requests of each kind that are sent in turn, and connections that have one under way.
BATCHES: Final = 60
ARRAYS: Final = 2_000
CONNECTIONS: Final = {ROWS: 8, ARRAY: 64}
ROUNDS: Final = 3
SECONDS: Final = 4
WARM_UP: Final = 2
#: Events a second that are promised of batches, by where they go.
PROMISED: Final = {"footfall serve": 60_000, "footfall collect": 150_000}


class Target(NamedTuple):
    """A way in: whose it is, where its requests are, and how many events each has."""

    name: str
    installation: Installation
    requests: Path
    each: int


class Run(NamedTuple):
    """A load, and the processor seconds of the parts."""

    events: int
    rate: float
    used: Mapping[str, float]

    @property
    def microseconds(self) -> float:
        """Processor time per event of all parts together."""
        return sum(self.used.values()) / self.events * 1e6


def run() -> None:
    """Print events a second and processor time per event of both, and their ratios."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footfall-bench-")))
        print(f"{load.generator()} beside it, {ROUNDS} rounds of {SECONDS} s in turn: median (least-greatest)")
        with installed.single_node() as node:
            _compare("footfall serve", _targets(node, folder))
        running = installed.services()
        if running is None:
            print("no broker and database are named (`make bench`): footfall collect is left out")
            return
        cluster = stack.enter_context(installed.cluster(running))
        targets = _targets(cluster, folder)
        # In a cluster they run elsewhere, and here they would be measured with the collector.
        for name, process in cluster.processes.items():
            if name != "collect":
                process.stop()
        _compare("footfall collect", targets)
        _two_collectors(cluster, targets[0], folder)


def _targets(installation: Installation, folder: Path) -> list[Target]:
    site = installation.create_site("example.com")
    key = installed.key(installation, Api.TINYLYTICS)
    listed = httpx.get(f"{installation.api_url}/api/v1/sites", headers={"Authorization": f"Bearer {key}"}).json()
    batches, arrays = folder / "batches", folder / "arrays"
    number = listed["sites"][0]["id"]
    requests.write(requests.batches(number, key, count=BATCHES, each=ROWS, of_one=ARRAY), batches)
    requests.write(requests.page_views(site, count=ARRAYS, each=ARRAY), arrays)
    return [
        Target(f"batches of {ROWS:,}", installation, batches, ROWS),
        Target(f"arrays of {ARRAY}", installation, arrays, ARRAY),
    ]


def _two_collectors(cluster: Installation, target: Target, folder: Path) -> None:
    """Print what two of them, each with a load of its own, take in together."""
    first, port = cluster.processes["collect"], free_port()
    ports = [installed.port_of(cluster.collect_url), port]
    second = Process(
        arguments=["collect", "--port", str(port)], environment=first.environment, log=folder / "collect-2.log"
    )
    second.start()
    try:
        second.wait_for(f"http://127.0.0.1:{port}/health")
        with ThreadPoolExecutor(len(ports)) as threads:

            def together(seconds: int) -> float:
                drive = partial(
                    load.drive, requests=target.requests, connections=CONNECTIONS[target.each], seconds=seconds
                )
                return sum(driven.answered * target.each / driven.seconds for driven in threads.map(drive, ports))

            together(WARM_UP)
            rates = Spread.of(together(SECONDS) for _ in range(ROUNDS))
    finally:
        second.stop()
    promised = PROMISED["footfall collect"]
    print(
        f"two of them:\n  {target.name:17} {rates!s:>26} events/s,"
        f" {rates.median / promised:.2f} of the {promised:,} promised"
    )


def _compare(name: str, targets: list[Target]) -> None:
    for target in targets:
        _drive(target, WARM_UP)
    runs: dict[str, list[Run]] = {target.name: [] for target in targets}
    for _ in range(ROUNDS):
        for target in targets:
            runs[target.name].append(_drive(target, SECONDS))
    print(f"{name}:")
    rates = {way: Spread.of(one.rate for one in done) for way, done in runs.items()}
    batches, arrays = rates.values()
    for way, done in runs.items():
        least = min(done, key=lambda one: one.microseconds)
        print(f"  {way:17} {rates[way]!s:>26} events/s; us of the processors: {shares(least.used, least.events)}")
    print(
        f"  batches are {batches.median / arrays.median:.2f} times as fast as arrays,"
        f" and {batches.median / PROMISED[name]:.2f} of the {PROMISED[name]:,} promised"
    )


def _drive(target: Target, seconds: int) -> Run:
    before = spent(target.installation)
    port = installed.port_of(target.installation.collect_url)
    driven = load.drive(port, target.requests, connections=CONNECTIONS[target.each], seconds=seconds)
    used = {name: now - before.get(name, 0) for name, now in spent(target.installation).items()}
    events = driven.answered * target.each
    return Run(events, events / driven.seconds, used)
