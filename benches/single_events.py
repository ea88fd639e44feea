"""One event per HTTP request, answered when it is durable, from the socket to the disk.

`footfall serve`, and with services `footfall collect` before a real broker, against a route that does nothing under the
same server and against FastAPI with Pydantic doing nothing. The load is wrk on one thread, sharing the machine.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx

from benches.tools import installed, load, peers, requests
from benches.tools.figures import Spread
from benches.tools.processors import shares, spent

if TYPE_CHECKING:
    from benches.tools.load import Load
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
    installation: Installation | None = None


def run() -> None:
    """Print requests a second, percentiles and processor time, and the ratios to the route that does nothing."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footfall-bench-")))
        targets = [
            _peer("bare ASGI route", stack.enter_context(peers.serving("bare")), folder),
            _peer("FastAPI and Pydantic", stack.enter_context(peers.serving("fastapi")), folder),
            _installation("footfall serve", stack.enter_context(installed.single_node()), folder),
        ]
        running = installed.services()
        if running is None:
            print("no broker and database run (`make services`): footfall collect is left out")
        else:
            cluster = stack.enter_context(installed.cluster(running))
            targets.append(_installation("footfall collect", cluster, folder))
            _leave_only_collect(cluster)
        for target in targets:
            load.drive(target.port, target.requests, connections=CONNECTIONS[-1], seconds=WARM_UP)
        print(f"{load.generator()} beside it, {ROUNDS} rounds of {SECONDS} s in turn: median (least-greatest)")
        for connections in CONNECTIONS:
            _compare(targets, connections)


def _peer(name: str, port: int, folder: Path) -> Target:
    return _target(name, port, _NOWHERE, folder, None)


def _installation(name: str, installation: Installation, folder: Path) -> Target:
    site = installation.create_site("example.com")
    return _target(name, installed.port_of(installation.collect_url), site, folder, installation)


def _target(name: str, port: int, site: str, folder: Path, installation: Installation | None) -> Target:
    file = folder / f"{name}.requests"
    requests.write(requests.page_views(site), file)
    return Target(name, port, file, installation)


def _leave_only_collect(cluster: Installation) -> None:
    """End the other processes: in a cluster they run elsewhere, and here they would be measured with the others."""
    for name, process in cluster.processes.items():
        if name != "collect":
            process.stop()


def _compare(targets: list[Target], connections: int) -> None:
    print(f"{connections} connections:")
    loads: dict[str, list[Load]] = {target.name: [] for target in targets}
    used: dict[str, str] = {}
    for _ in range(ROUNDS):
        for target in targets:
            before = spent(target.installation) if target.installation else None
            driven = load.drive(target.port, target.requests, connections=connections, seconds=SECONDS)
            loads[target.name].append(driven)
            if target.installation is not None and before is not None:
                used[target.name] = shares(before, spent(target.installation), driven.answered)
    nothing = Spread.of(one.rate for one in loads[targets[0].name])
    for target in targets:
        rate = Spread.of(one.rate for one in loads[target.name])
        p50 = Spread.of(one.p50_ms for one in loads[target.name])
        p99 = Spread.of(one.p99_ms for one in loads[target.name])
        promised = PROMISED.get(target.name)
        print(
            f"  {target.name:21} {rate!s:>24}/s  p50 {p50.median:5.1f} ms  p99 {p99.median:5.1f} ms  "
            f"{rate.median / nothing.median:4.2f} of the bare route"
            + (f", {rate.median / promised:4.2f} of the {promised:,} promised" if promised else "")
        )
        if target.name in used:
            print(f"  {'':21} processor time per event, us: {used[target.name]}")
        if target.installation is not None and "serve" in target.name:
            _check_stored(target.installation)


def _check_stored(installation: Installation) -> None:
    """Nothing that was answered may be missing: what is stored cannot be less."""
    samples = {}
    for line in httpx.get(f"{installation.collect_url}/metrics").text.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            samples[name] = float(value)
    accepted = samples['footfall_events_accepted_total{traffic="human"}']
    stored = samples["footfall_events_stored_total"]
    if stored < accepted:
        raise AssertionError(f"{accepted:.0f} events were acknowledged, {stored:.0f} are stored")
