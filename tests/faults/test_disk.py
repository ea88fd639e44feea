"""A disk that fills up: a single node stops taking events before its database has to stop, and goes on by itself."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from ops.disk import MEGABYTE, RETRY_AFTER, free_bytes
from storage.embedded import EmbeddedPostgres
from tests.end_to_end.processes import single_node
from tests.faults.counting import assert_exact
from tests.faults.load import Load
from tests.faults.waiting import until
from tests.services import require

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

#: MB: of the file system, to stay free, and left when it is full.
SIZE: Final = 600
RESERVE: Final = 100
LEFT: Final = 50
WITHIN: Final = 60.0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        require("only root can mount a file system: run this test as root")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=755", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        require("no file system can be mounted here: run this test where root may mount one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_full_disk(small_disk: Path) -> None:
    """503 comes before PostgreSQL stops, 202 comes again with room, and all that was acknowledged is counted once."""
    ballast = small_disk / "ballast"
    with ExitStack() as stack:
        node = single_node(small_disk, FOOTFALL_DISK_RESERVE=str(RESERVE))
        stack.callback(node.stop)
        site = node.create_site("full.example")
        with Load(node.collect_url, site, per_second=100) as load:
            until("events are taken", lambda: len(load.acknowledged) > 100, within=WITHIN)
            with ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, free_bytes(small_disk) - LEFT * MEGABYTE)
            until("events are refused", lambda: load.answers["503"] > 5, within=WITHIN)
            refusal = httpx.post(
                f"{node.collect_url}/api/v1/collect",
                json={"website_id": site, "event_type": "page_view", "url": "https://full.example/", "path": "/"},
            )
            ready = httpx.get(f"{node.collect_url}/health/ready")
            assert (503, str(RETRY_AFTER)) == (refusal.status_code, refusal.headers["Retry-After"])
            assert "FOOTFALL_DISK_RESERVE" in refusal.text
            assert ready.status_code == 503
            assert "FOOTFALL_DISK_RESERVE" in ready.text
            assert node.report("summary", site, period="7d")["metrics"]["pageviews"]["value"] > 0
            ballast.unlink()
            taken = len(load.acknowledged)
            until("events are taken again", lambda: len(load.acknowledged) > taken + 50, within=WITHIN)
            load.stop()
        assert {"202", "503"} == set(load.answers)
        log = node.processes["serve"].log.read_text()
        assert "No space left" not in log
        assert 1 <= log.count("no event is taken") <= 2  # once by what collects, once if files were to be written
        metrics = httpx.get(f"{node.collect_url}/metrics", headers={"Authorization": f"Bearer {node.token}"}).text
        assert "footfall_disk_free_bytes" in metrics
        assert_exact(node, EmbeddedPostgres(small_disk / "data").dsn, site, load)
