"""The realtime stream of real processes, whichever way Footfall runs: a view shows, and SIGTERM ends it in order."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.api.world import BROWSER
from tests.databases import fresh_database
from tests.end_to_end.processes import cluster, single_node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.processes import Installation


@pytest.fixture(params=["single node", "cluster"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Installation, str]]:
    """An installation of one's own, to be stopped, and the name of the process that answers reports."""
    with ExitStack() as stack:
        if request.param == "single node":
            installation, process = single_node(tmp_path), "serve"
        else:
            bootstrap = request.getfixturevalue("kafka_bootstrap")
            template = request.getfixturevalue("timescale_template")
            dsn = stack.enter_context(fresh_database(request.getfixturevalue("timescale_dsn"), template=template))
            installation, process = cluster(tmp_path, bootstrap=bootstrap, dsn=dsn), "api"
        stack.callback(installation.stop)
        yield installation, process


def test_a_view_shows_and_the_end_is_in_order(running: tuple[Installation, str]) -> None:
    """Within two seconds of the click; three open streams delay no shutdown."""
    installation, process = running
    site = installation.create_site("stream.example")
    with ExitStack() as stack:
        streams = [_lines(stack, installation, site) for _ in range(3)]
        assert [_message(lines)["active_visitors"] for lines in streams] == [0, 0, 0]
        sent = httpx.post(
            f"{installation.collect_url}/api/v1/collect",
            json={
                "website_id": site,
                "event_type": "page_view",
                "url": "https://stream.example/a",
                "path": "/a",
            },
            headers={"User-Agent": BROWSER, "Origin": "https://stream.example"},
            timeout=20,
        )
        assert sent.status_code == 202, sent.text
        begun = time.monotonic()
        expected = {
            "active_visitors": 1,
            "top_pages": [{"path": "/a", "visitors": 1}],
            "events_by_type": [{"eventType": "page_view", "count": 1}],
        }
        assert [_message(lines) for lines in streams] == [expected] * 3
        took = time.monotonic() - begun
        assert took < 2, f"the view took {took:.2f} s to show"

        begun = time.monotonic()
        assert installation.processes[process].stop() == 0
        assert time.monotonic() - begun < 15
        # A line that was cut would raise here.
        assert [line for lines in streams for line in lines if line] == []


def _lines(stack: ExitStack, installation: Installation, site: str) -> Iterator[str]:
    """The lines of a new stream."""
    response = stack.enter_context(
        httpx.stream(
            "GET",
            f"{installation.api_url}/api/v1/reports/realtime/stream",
            params={"website_id": site},
            headers={"X-API-KEY": installation.key},
            timeout=30,
        )
    )
    assert response.status_code == 200
    return response.iter_lines()


def _message(lines: Iterator[str]) -> dict[str, Any]:
    """The data of the next message."""
    data = next(line for line in lines if line.startswith("data: "))
    message: dict[str, Any] = json.loads(data.removeprefix("data: "))
    return message
