"""One event per HTTP request, answered when it is durable, from the socket to the disk.

`footfall serve`, and with services `footfall collect` before a real broker, against a route that does nothing under the
same server and against FastAPI with Pydantic doing nothing. The load is wrk on one thread, sharing the machine.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from benches.tools import installed, load, peers, requests
from benches.tools.figures import Spread
from benches.tools.processors import shares, spent, spent_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benches.tools.load import Load
    from benches.tools.peers import Peer
    from tests.end_to_end.processes import Installation

CONNECTIONS: Final = (50, 200)
ROUNDS: Final = 3
SECONDS: Final = 3
WARM_UP: Final = 2
#: What is promised, by name.
PROMISED: Final = {"footfall serve": 15_000, "footfall collect": 12_000}
_NOWHERE: Final = "00000000-0000-4000-8000-000000000000"


class Target(NamedTuple):
    """Something that takes events."""

    name: str
    port: int
    requests: Path
    spent: Callable[[], Mapping[str, float]]  #: processor seconds of its parts


class Run(NamedTuple):
    """A load on a target, and the processor seconds of its parts."""

    load: Load
    used: Mapping[str, float]

    @property
    def microseconds(self) -> float:
        """Processor time per event of all parts together."""
        return sum(self.used.values()) / self.load.answered * 1e6


def run() -> None:
    """Print requests a second, percentiles and processor time, and the ratios to the route that does nothing."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footfall-bench-")))
        node = stack.enter_context(installed.single_node())
        targets = [
            _peer("bare ASGI route", stack.enter_context(peers.serving("bare")), folder),
            _peer("FastAPI and Pydantic", stack.enter_context(peers.serving("fastapi")), folder),
            _installation("footfall serve", node, folder),
        ]
        running = installed.services()
        if running is None:
            print("no broker and database are named (`make bench`): footfall collect is left out")
        else:
            cluster = stack.enter_context(installed.cluster(running))
            targets.append(_installation("footfall collect", cluster, folder))
            _leave_only_collect(cluster)
        for target in targets:
            load.drive(target.port, target.requests, connections=CONNECTIONS[-1], seconds=WARM_UP)
        print(f"{load.generator()} beside it, {ROUNDS} rounds of {SECONDS} s in turn: median (least-greatest)")
        for connections in CONNECTIONS:
            _compare(targets, connections)
            _check_stored(node)


def _peer(name: str, peer: Peer, folder: Path) -> Target:
    return Target(name, peer.port, _write(folder, name, _NOWHERE), partial(spent_by, {name: peer.pid}))


def _installation(name: str, installation: Installation, folder: Path) -> Target:
    site = installation.create_site("example.com")
    port = installed.port_of(installation.collect_url)
    return Target(name, port, _write(folder, name, site), partial(spent, installation))


def _write(folder: Path, name: str, site: str) -> Path:
    file = folder / f"{name}.requests"
    requests.write(requests.page_views(site), file)
    return file


def _leave_only_collect(cluster: Installation) -> None:
    """End the other processes: in a cluster they run elsewhere, and here they would be measured with the others."""
    for name, process in cluster.processes.items():
        if name != "collect":
            process.stop()


def _compare(targets: list[Target], connections: int) -> None:
    runs: dict[str, list[Run]] = {target.name: [] for target in targets}
    for _ in range(ROUNDS):
        for target in targets:
            runs[target.name].append(_drive(target, connections))
    nothing = runs[targets[0].name]
    print(f"{connections} connections:")
    for name, done in runs.items():
        _print(name, done, nothing)


def _drive(target: Target, connections: int) -> Run:
    before = target.spent()
    driven = load.drive(target.port, target.requests, connections=connections, seconds=SECONDS)
    return Run(driven, {name: seconds - before.get(name, 0) for name, seconds in target.spent().items()})


def _print(name: str, done: list[Run], nothing: list[Run]) -> None:
    rate = Spread.of(one.load.rate for one in done)
    p50, p99 = median(one.load.p50_ms for one in done), median(one.load.p99_ms for one in done)
    share = rate.median / median(one.load.rate for one in nothing)
    promised = PROMISED.get(name)
    print(
        f"  {name:21} {rate!s:>24}/s  p50 {p50:5.1f} ms  p99 {p99:5.1f} ms  {share:4.2f} of the bare route"
        + (f", {rate.median / promised:4.2f} of the {promised:,} promised" if promised else "")
    )
    times = min(one.microseconds for one in done) / min(one.microseconds for one in nothing)
    least = min(done, key=lambda one: one.microseconds)
    print(f"  {'':21} processor time per event, us: {shares(least.used, least.load.answered)}; {times:.1f} times")


def _check_stored(installation: Installation) -> None:
    """Nothing that was answered may be missing: what is stored cannot be less."""
    samples = {}
    for line in installation.metrics().splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            samples[name] = float(value)
    accepted = samples['footfall_events_accepted_total{traffic="human"}']
    stored = samples["footfall_events_stored_total"]
    if stored < accepted:
        raise AssertionError(f"{accepted:.0f} events were acknowledged, {stored:.0f} are stored")
