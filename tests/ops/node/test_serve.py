"""`footfall serve` as a real process: its first start, its life, its ends."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import time
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest

from ops.services import ports
from tests.commands import footfall
from tests.end_to_end.processes import FOOTFALL, Installation, Process, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.commands import Ended

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
#: Seconds after which something that should happen at once has not happened.
SOON = 60.0


class Node(Installation):
    """A single node of a test's own."""

    data: Path

    @property
    def serve(self) -> Process:
        """Its supervisor."""
        return self.processes["serve"]

    def family(self) -> list[psutil.Process]:
        """The supervisor and all below it."""
        supervisor = psutil.Process(self.serve.running.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def part(self, name: str) -> psutil.Process:
        """The process `engine`, `http` or `postgres` right below the supervisor."""
        for child in psutil.Process(self.serve.running.pid).children():
            if name in child.cmdline() or child.name() == name:
                return child
        raise LookupError(f"no {name} runs:\n{self.serve.tail()}")

    def collect(self, site: str, path: str) -> int:
        """Send a page view and return the status."""
        body = {"website_id": site, "event_type": "page_view", "url": f"https://example.com{path}", "path": path}
        try:
            return httpx.post(
                f"{self.collect_url}/api/v1/collect", json=body, headers={"User-Agent": CHROME}, timeout=20
            ).status_code
        except httpx.TransportError:
            return 0

    def footfall(self, *arguments: str) -> Ended:
        """Run a command on this installation."""
        return footfall(*arguments, "--data", str(self.data))

    def pageviews(self, site: str, period: str = "today") -> int:
        """The summary's page views."""
        value: int = self.report("summary", site, period=period)["metrics"]["pageviews"]["value"]
        return value

    def start(self) -> None:
        """Start and wait until it answers."""
        self.serve.start()
        self.serve.wait_for(f"{self.api_url}/health", within=120)


def _serve(port: int | str, data: Path) -> subprocess.CompletedProcess[str]:
    """Start another one, which is to end by itself."""
    return subprocess.run(
        [str(FOOTFALL), "serve", "--port", str(port), "--data", str(data)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _until(what: Callable[[], Any]) -> None:
    deadline = time.monotonic() + SOON
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A running single node; tests leave it running."""
    folder = tmp_path_factory.mktemp("node")
    port = ports.free()
    url = f"http://127.0.0.1:{port}"
    serve = Process(
        arguments=["serve", "--port", str(port), "--data", str(folder / "data")],
        environment=environment(FOOTFALL_RATE_LIMITS="off"),
        log=folder / "serve.log",
    )
    made = Node(collect_url=url, api_url=url, key="", processes={"serve": serve})
    made.data = folder / "data"
    try:
        made.start()
        _until(lambda: re.search(r"\n {4}(tt_\S+)\n", serve.tail(10_000)))
        made.key = re.findall(r"\n {4}(tt_\S+)\n", serve.tail(10_000))[0]
        yield made
    finally:
        made.stop()


@pytest.fixture
def site(node: Node) -> str:
    """A new site of it."""
    return node.create_site(f"{os.urandom(4).hex()}.example.com")


def test_the_first_start_says_how_to_go_on(node: Node) -> None:
    """It prints the address, a key that works, and the script tag; a later start prints no key."""
    said = node.serve.tail(10_000)
    assert f"Dashboard: {node.api_url}/" in said
    assert "Sign in with it" in said
    assert httpx.get(f"{node.api_url}/js/tracker.js").status_code == 200
    assert httpx.get(f"{node.api_url}/api/v1/websites", headers={"X-API-KEY": node.key}).status_code == 200


def test_a_visit_is_in_realtime_and_summary(node: Node, site: str) -> None:
    """What was answered with 202 is in both reports at once."""
    assert node.collect(site, "/start") == 202
    assert node.report("realtime", site)["active_visitors"] == 1
    assert node.pageviews(site) == 1


def test_a_second_start_says_so(node: Node) -> None:
    """It ends with status 1, names the folder, and disturbs nothing."""
    second = _serve(ports.free(), node.data)
    assert (second.returncode, f"already runs in {node.data}" in second.stderr) == (1, True)
    assert httpx.get(f"{node.api_url}/health").status_code == 200


def test_keys_are_made_while_it_runs(node: Node) -> None:
    """The new key works at once; the JSON has it as `key`."""
    made = node.footfall("keys", "create", "--api", "tinytrail", "--role", "user", "--account", "shop", "--json")
    key = json.loads(made.stdout)["key"]
    assert httpx.get(f"{node.api_url}/api/v1/websites", headers={"X-API-KEY": key}).status_code == 200


def test_keys_are_shown_again(node: Node) -> None:
    """The first key too; what they are encrypted with lies beside the database, for its owner alone."""
    headers = {"X-API-KEY": node.key}
    (first, *_) = httpx.get(f"{node.api_url}/api/v1/users", headers=headers).json()["data"]
    shown = httpx.get(f"{node.api_url}/api/v1/users/{first['id']}/api-key", headers=headers).json()
    assert shown["data"] == {"id": first["id"], "apiKey": node.key}
    assert stat.S_IMODE((node.data / "secret.key").stat().st_mode) == 0o600
    rotated = node.footfall("keys", "rotate-secret")
    assert (rotated.returncode, rotated.stderr) == (0, "")
    assert httpx.get(f"{node.api_url}/api/v1/users/{first['id']}/api-key", headers=headers).json() == shown


def test_a_deleted_site_is_gone(node: Node, site: str) -> None:
    """From the reports at once, from the collector within seconds, from the database a moment later."""
    assert node.collect(site, "/gone") == 202
    headers = {"X-API-KEY": node.key}
    gone = httpx.delete(f"{node.api_url}/api/v1/websites/{site}", headers=headers)
    assert (gone.status_code, gone.json()["data"]["id"]) == (200, site)
    asked = httpx.get(f"{node.api_url}/api/v1/reports/summary", params={"website_id": site}, headers=headers)
    assert asked.status_code == 404
    began = time.monotonic()
    _until(lambda: node.collect(site, "/late") == 204)
    assert time.monotonic() - began < 5
    _until(lambda: re.search(r"Sweep 1 of 3 of deleted site \d+ removed .*rows of events", node.serve.tail(10_000)))


def test_metrics_of_both_processes_are_one_exposition(node: Node, site: str) -> None:
    """No family is there twice, and both the collector's and the engine's count."""
    node.collect(site, "/")
    assert httpx.get(f"{node.api_url}/metrics").status_code == 401
    text = httpx.get(f"{node.api_url}/metrics", headers={"Authorization": f"Bearer {node.key}"}).text
    families = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    assert len(families) == len(set(families))
    counted = {
        name: float(value) for name, value in re.findall(r"^(footfall_\w+)(?:{[^}]*})? (\S+)$", text, re.MULTILINE)
    }
    assert counted["footfall_events_accepted_total"] >= 1
    assert counted["footfall_events_stored_total"] >= 1
    assert {'process="http"', 'process="engine"'} <= set(re.findall(r'process="\w+"', text))
    assert counted["footfall_postgres_up"] == 1
    assert set(re.findall(r'^footfall_build_info{process="(\w+)",version="[^"]+"} 1.0$', text, re.MULTILINE)) == {
        "engine",
        "http",
    }
    assert httpx.get(f"{node.api_url}/health/ready").json() == {"status": "ok"}
    assert site not in text


def test_history_is_imported_beside_it(node: Node, site: str, tmp_path: Path) -> None:
    """Old events are in the reports, not in realtime; a bad line ends the command with status 4."""
    good = {"event_type": "page_view", "url": "https://example.com/", "path": "/old", "time": "2026-01-31T12:00:00Z"}
    file = tmp_path / "history.ndjson"
    file.write_text(json.dumps(good | {"ip": "192.0.2.9", "user_agent": CHROME}) + "\nno json\n")
    done = node.footfall("import", "events", str(file), "--site", site)
    assert (done.returncode, "2 lines: 1 imported on 1 days, 1 refused" in done.stdout) == (4, True)
    assert "line 2: not one JSON object" in done.stdout
    assert node.pageviews(site, "all") == 1
    assert node.report("realtime", site)["active_visitors"] == 0


@pytest.mark.parametrize("part", ["engine", "http", "postgres"])
def test_a_killed_part_comes_back(node: Node, site: str, part: str) -> None:
    """Each part may be killed; it is started again, and every event that was acknowledged is counted once."""
    assert node.collect(site, "/before") == 202
    pid = node.part(part).pid
    os.kill(pid, signal.SIGKILL)
    _until(lambda: not psutil.pid_exists(pid))
    _until(lambda: node.collect(site, "/after") == 202)
    _until(lambda: httpx.get(f"{node.api_url}/health").status_code == 200)
    pages = {page["path"]: page["pageviews"] for page in node.report("pages", site, period="today")["rows"]}
    assert pages["/before"] == 1
    assert pages["/after"] >= 1


def test_a_killed_supervisor_takes_all_with_it_and_the_next_start_recovers(node: Node, site: str) -> None:
    """After SIGKILL of the supervisor nothing stays, and what was acknowledged is there after the next start."""
    assert node.collect(site, "/kept") == 202
    family = node.family()
    node.serve.kill()
    node.start()
    assert [member for member in family if _lives(member)] == []
    assert node.pageviews(site) == 1
    assert node.collect(site, "/more") == 202
    assert node.pageviews(site) == 2


def test_sigterm_leaves_nothing_running(node: Node, site: str) -> None:
    """It ends with status 0 and with all its processes; keys are made while it is stopped; then it starts again."""
    assert node.collect(site, "/") == 202
    family = node.family()
    assert len(family) > 3
    assert node.serve.stop() == 0
    assert [member for member in family if _lives(member)] == []
    assert not (node.data / "postgres" / "postmaster.pid").exists()
    made = node.footfall("keys", "create", "--api", "tinytrail", "--role", "admin", "--json")
    key = json.loads(made.stdout)["key"]
    node.start()
    assert httpx.get(f"{node.api_url}/api/v1/websites", headers={"X-API-KEY": key}).status_code == 200
    assert node.pageviews(site) == 1
    assert len(set(re.findall(r"\n {4}(tt_\S+)\n", node.serve.log.read_text()))) == 1


def test_a_taken_port_is_said(tmp_path: Path, node: Node) -> None:
    """It ends with status 1 before it makes anything."""
    port = node.api_url.rpartition(":")[2]
    ended = _serve(port, tmp_path / "other")
    assert (ended.returncode, f"cannot listen on 127.0.0.1 port {port}" in ended.stderr) == (1, True)
    assert not (tmp_path / "other" / "postgres").exists()
