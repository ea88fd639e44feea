"""From the click to the realtime report, while 5,000 events a second are collected.

They come ten to a request, as trackers send what they have kept; and 1,000 a second come one by one.

A probe is a visitor of a small site of its own: the time runs from before the request is sent until a realtime report
of that site has counted the visitor. The reports are asked over HTTP again and again, as a dashboard would, and so is
the report of the busy site. Load and probes share the machine.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

import httpx

from benches.tools import installed, load, requests
from benches.tools.figures import percentile
from benches.tools.processors import shares, spent

if TYPE_CHECKING:
    from tests.end_to_end.processes import Installation

#: Events a second, and events in one request.
LOADS: Final = ((5_000, 10), (1_000, 1))
CONNECTIONS: Final = 100
SECONDS: Final = 15
#: Seconds before the first probe and after the last one begins.
SETTLE: Final = 2
PROBES: Final = 3
PROMISED_MS: Final = 1_000
_ASK_EVERY: Final = 0.04
_BUSY_EVERY: Final = 1.0


def run() -> None:
    """Print the percentiles of click to report, single node and cluster."""
    with installed.single_node() as installation:
        _measure_all("footfall serve", installation)
    running = installed.services()
    if running is None:
        print("no broker and database are named (`make bench`): the cluster is left out")
        return
    with installed.cluster(running) as installation:
        _measure_all("cluster", installation)


def _measure_all(name: str, installation: Installation) -> None:
    for rate, each in LOADS:
        _measure(name, installation, rate=rate, each=each)


def _measure(name: str, installation: Installation, *, rate: int, each: int) -> None:
    site = installation.create_site(f"of{each}.example.com")
    quiet = [installation.create_site(f"probe{number}.of{each}.example.com") for number in range(PROBES)]
    port = installed.port_of(installation.collect_url)
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as folder:
        file = Path(folder) / "requests"
        requests.write(requests.page_views(site, each=each), file)
        load.drive(port, file, connections=CONNECTIONS, seconds=1)  # caches and connections, as in service
        before = spent(installation)
        running = load.pace(port, file, rate=rate // each, connections=CONNECTIONS, seconds=SECONDS)
        try:
            seen, busy = asyncio.run(_probe(installation, quiet, busy=site))
        finally:
            driven = load.paced(running, seconds=SECONDS)
    used = {part: seconds - before.get(part, 0) for part, seconds in spent(installation).items()}
    print(
        f"{name:14} at {driven.rate * each:,.0f} events/s, {each} a request: {len(seen)} clicks, "
        f"to the report p50 {percentile(seen, 50):.0f} ms, p99 {percentile(seen, 99):.0f} ms, "
        f"{percentile(seen, 99) / PROMISED_MS:.2f} of the {PROMISED_MS:,} ms promised"
    )
    print(
        f"{'':14} acknowledged p50 {driven.p50_ms:.1f} ms, p99 {driven.p99_ms:.1f} ms; "
        f"realtime report of the busy site p50 {percentile(busy, 50):.0f} ms, at most {busy[-1]:.0f} ms; "
        f"processor time per event, us: {shares(used, driven.answered * each)}"
    )


async def _probe(installation: Installation, quiet: list[str], *, busy: str) -> tuple[list[float], list[float]]:
    """Return the times from click to report, and of the busy site's report, ms, rising."""
    seen: list[float] = []
    reports: list[float] = []
    async with httpx.AsyncClient(headers={"X-API-KEY": installation.key}, timeout=30) as client:
        await asyncio.sleep(SETTLE)
        until = time.perf_counter() + SECONDS - 2 * SETTLE
        await asyncio.gather(
            *(_click(client, installation, site, until, seen) for site in quiet),
            _watch(client, installation, busy, until, reports),
        )
    return sorted(seen), sorted(reports)


async def _click(
    client: httpx.AsyncClient, installation: Installation, site: str, until: float, seen: list[float]
) -> None:
    """Be one new visitor after the other."""
    random = Random(site)  # noqa: S311 - pauses, no secret
    number = 0
    while time.perf_counter() < until:
        # So that clicks meet every moment between two answers that the server gives anew.
        await asyncio.sleep(random.random() * 0.3)
        number += 1
        clicked = time.perf_counter()
        answer = await client.post(
            f"{installation.collect_url}/api/v1/collect",
            json={"website_id": site, "event_type": "page_view", "url": "https://example.com/", "path": "/"},
            headers={
                "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
                "X-Forwarded-For": f"192.0.2.{number}",
            },
        )
        answer.raise_for_status()
        while (await _realtime(client, installation, site))["active_visitors"] < number:  # noqa: ASYNC110 - asking again is what is measured
            await asyncio.sleep(_ASK_EVERY)
        seen.append((time.perf_counter() - clicked) * 1e3)


async def _watch(
    client: httpx.AsyncClient, installation: Installation, site: str, until: float, reports: list[float]
) -> None:
    while time.perf_counter() < until:
        asked = time.perf_counter()
        await _realtime(client, installation, site)
        reports.append((time.perf_counter() - asked) * 1e3)
        await asyncio.sleep(_BUSY_EVERY)


async def _realtime(client: httpx.AsyncClient, installation: Installation, site: str) -> dict[str, Any]:
    answer = await client.get(f"{installation.api_url}/api/v1/reports/realtime", params={"website_id": site})
    answer.raise_for_status()
    data: dict[str, Any] = answer.json()["data"]
    return data
