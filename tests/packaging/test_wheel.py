"""The wheel, alone in a clean environment: nothing of the checkout is needed to run Footfall."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx
import psutil
import pytest

from ops.services import ports

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("core", "storage", "aggregations", "streams", "api", "ops", "tracker")
#: What developers need and a user does not: services for the tests, and what the scripts are built from.
LEFT_OUT: Final = (
    "ops/services/",
    "ops/compose/",
    "ops/prometheus/",
    "ops/grafana/",
    "tracker/src/",
    "tracker/node_modules/",
    "tracker/build.mjs",
    "tracker/peers.mjs",
    "tracker/downloads.json",
    "tracker/package.json",
    "tracker/package-lock.json",
    "tracker/.npmrc",
)
START_SECONDS: Final = 120
REPORT_SECONDS: Final = 15
STOP_SECONDS: Final = 30
BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def uv(*arguments: str | Path) -> None:
    """Runs the checkout's uv; its output is the failure's message."""
    done = subprocess.run(
        [Path(sys.executable).with_name("uv"), *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", folder, CHECKOUT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def footfall(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a clean environment that holds the wheel and what it asks for, in the versions of the lock."""
    folder = tmp_path_factory.mktemp("clean")
    constraints, environment = folder / "constraints.txt", folder / "venv"
    uv("export", "--quiet", "--frozen", "--no-default-groups", "--no-emit-project", "--no-hashes", "-o", constraints)
    uv("venv", "--quiet", "--python", sys.executable, environment)
    uv("pip", "install", "--quiet", "--python", environment, "--constraint", constraints, wheel)
    return environment / "bin" / "footfall"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder to run in that is not the checkout."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def environment(home: Path) -> dict[str, str]:
    """A login shell's variables, none of which leads to the checkout."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8"}


@pytest.fixture
def serve(footfall: Path, home: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The base address and the process of a running single node."""
    port = ports.free()
    base = f"http://127.0.0.1:{port}"
    log = home / "serve.log"
    command: list[str | Path] = [footfall, "serve", "--data", home / "data", "--port", str(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, cwd=home, env=environment(home), stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        ) as process,
    ):
        try:
            deadline = time.monotonic() + START_SECONDS
            while not healthy(base):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield base, process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def healthy(base: str) -> bool:
    """Whether the health route answers 200."""
    try:
        return httpx.get(f"{base}/health").status_code == 200
    except httpx.TransportError:
        return False


def test_it_holds_every_file_of_its_packages(wheel: Path) -> None:
    """SQL, migrations, templates and scripts are inside; the developers' services, tests and benches are not."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {
        path.relative_to(CHECKOUT).as_posix()
        for package in PACKAGES
        for path in (CHECKOUT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in expected if not name.startswith(LEFT_OUT)} == inside


def test_it_serves_outside_the_checkout(serve: tuple[str, subprocess.Popen[bytes]], footfall: Path, home: Path) -> None:
    """A page view sent to the installed command is in its summary, and SIGTERM leaves nothing running."""
    base, process = serve
    create: list[str | Path] = [
        footfall,
        "keys",
        "create",
        "--data",
        home / "data",
        "--api",
        "tinytrail",
        "--role",
        "admin",
        "--json",
    ]
    created = subprocess.run(create, cwd=home, env=environment(home), capture_output=True, check=True)
    key = {"X-API-KEY": json.loads(created.stdout)["key"]}
    domain = {"domain": "example.com"}
    website = httpx.post(f"{base}/api/v1/websites", headers=key, json=domain).raise_for_status().json()["data"]["id"]

    page_view = {
        "website_id": website,
        "event_type": "page_view",
        "url": "https://example.com/start",
        "path": "/start",
    }
    accepted = httpx.post(f"{base}/api/v1/collect", headers={"User-Agent": BROWSER}, json=page_view)
    assert (accepted.status_code, accepted.json()) == (202, {"status": "accepted"})

    summary = f"{base}/api/v1/reports/summary?website_id={website}&period=today"
    seen = None
    deadline = time.monotonic() + REPORT_SECONDS
    while seen != (1, 1) and time.monotonic() < deadline:
        metrics = httpx.get(summary, headers=key).raise_for_status().json()["data"]["metrics"]
        seen = (metrics["visits"]["value"], metrics["pageviews"]["value"])
        time.sleep(0.2)
    assert seen == (1, 1)

    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    process.send_signal(signal.SIGTERM)
    assert process.wait(STOP_SECONDS) == 0, (home / "serve.log").read_text()
    assert [member for member in family if member.is_running() and member.status() != psutil.STATUS_ZOMBIE] == []
