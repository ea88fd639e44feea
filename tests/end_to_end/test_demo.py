"""`footfall demo` beside a running node: a past, visitors of now, and nothing left when it is removed."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx

from ops.demo.running import FILLED
from ops.demo.world import DOMAIN
from tests.end_to_end.processes import Process, command, environment, single_node

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.processes import Installation

_PATIENCE = 60


def _sites(footfall: Installation) -> dict[str, str]:
    answer = httpx.get(f"{footfall.api_url}/api/v1/websites", headers={"X-API-KEY": footfall.key})
    return {site["domain"]: site["id"] for site in answer.json()["data"]}


def test_a_demo_fills_lives_and_goes(tmp_path: Path) -> None:
    """Two days are there, somebody is here now within seconds, and one command removes it all."""
    data = str(tmp_path / "data")
    with ExitStack() as stack:
        footfall = single_node(tmp_path)
        stack.callback(footfall.stop)
        demo = Process(
            arguments=["demo", "--data", data, "--days", "2", "--events", "2000"],
            environment=environment(),
            log=tmp_path / "demo.log",
        )
        demo.start()
        stack.callback(demo.kill)
        deadline = time.monotonic() + _PATIENCE
        here = 0
        while not here or FILLED not in demo.tail():
            assert time.monotonic() < deadline, demo.tail()
            assert demo.running.poll() is None, demo.tail()
            time.sleep(0.2)
            site = _sites(footfall).get(DOMAIN)
            here = footfall.report("realtime", site)["active_visitors"] if site else 0
        assert footfall.report("summary", site or "", period="7d")["metrics"]["pageviews"]["value"] > 200
        assert demo.stop() == 0
        assert "footfall demo --remove" in demo.tail()

        assert DOMAIN in command("demo", "--remove", "--data", data, env=environment())
        assert DOMAIN not in _sites(footfall)
